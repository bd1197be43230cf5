extension AuditPolicy {
    /// One step between journal and outputs. Exactly the block that `type` names is present; the schema sees to it.
    package struct Filter: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case dropRecordTypes = "DropRecordTypes"
            case dropMatching = "DropMatching"
            case keepMatching = "KeepMatching"
            case pruneFields = "PruneFields"
            case rateLimit = "RateLimit"

            /// The name of the type's block.
            package var block: String {
                switch self {
                case .dropRecordTypes: "dropRecordTypes"
                case .dropMatching: "dropMatching"
                case .keepMatching: "keepMatching"
                case .pruneFields: "pruneFields"
                case .rateLimit: "rateLimit"
                }
            }
        }

        package var name: String
        package var type: Kind
        package var dropRecordTypes: DropRecordTypes?
        package var dropMatching: Matching?
        package var keepMatching: Matching?
        package var pruneFields: PruneFields?
        package var rateLimit: RateLimit?

        package init(name: String, type: Kind) {
            self.name = name
            self.type = type
        }

        package init(name: String, dropping recordTypes: [String]) {
            self.init(name: name, type: .dropRecordTypes)
            dropRecordTypes = DropRecordTypes(recordTypes: recordTypes)
        }

        package init(name: String, dropMatching: Matching) {
            self.init(name: name, type: .dropMatching)
            self.dropMatching = dropMatching
        }
    }

    /// Whole record types by name, such as `PATH` or `CWD`: the journal's `_AUDIT_TYPE_NAME`.
    package struct DropRecordTypes: Sendable, Hashable, Codable {
        package var recordTypes: [String]

        package init(recordTypes: [String]) { self.recordTypes = recordTypes }
    }

    /// Records in which a journal field has one of the values (or starts with, contains, matches one of them).
    package struct Matching: Sendable, Hashable, Codable {
        package enum Operator: String, Sendable, Hashable, Codable, CaseIterable {
            case `in` = "In"
            case prefix = "Prefix"
            case contains = "Contains"
            /// Regular expressions as Fluent Bit's `grep` reads them (Onigmo, Ruby syntax), not anchored.
            case regex = "Regex"
        }

        /// A journal field: `MESSAGE`, `_EXE`, `_COMM`, `_UID`, `_AUDIT_FIELD_KEY`, …
        package var field: String
        package var `operator`: Operator = .in
        package var values: [String]

        package init(field: String, operator: Operator = .in, values: [String]) {
            self.field = field
            self.operator = `operator`
            self.values = values
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            field = try fields.decode(String.self, forKey: .field)
            `operator` = try fields.decode(.operator, default: .in)
            values = try fields.decode([String].self, forKey: .values)
        }
    }

    /// Takes fields off records, for their size or for what they tell.
    package struct PruneFields: Sendable, Hashable, Codable {
        package enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
            case remove = "Remove"
            /// These alone, and the protected ones.
            case keep = "Keep"
        }

        package var mode: Mode = .remove
        package var fields: [String]

        /// What a record is, of which event, when and where: never taken away. Destinations make identities, severities and
        /// lines of them.
        package static let protected = [
            "MESSAGE", "_AUDIT_ID", "_AUDIT_TYPE_NAME", "_BOOT_ID", "_HOSTNAME", "_SOURCE_REALTIME_TIMESTAMP",
        ]

        package init(mode: Mode = .remove, fields: [String]) {
            self.mode = mode
            self.fields = fields
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            mode = try fields.decode(.mode, default: .remove)
            self.fields = try fields.decode([String].self, forKey: .fields)
        }
    }

    /// No more than so many records a second on a node, on the average of the window; what is beyond is dropped.
    package struct RateLimit: Sendable, Hashable, Codable {
        package var recordsPerSecond: Int
        package var windowSeconds: Int = 5

        package init(recordsPerSecond: Int, windowSeconds: Int = 5) {
            self.recordsPerSecond = recordsPerSecond
            self.windowSeconds = windowSeconds
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            recordsPerSecond = try fields.decode(Int.self, forKey: .recordsPerSecond)
            windowSeconds = try fields.decode(.windowSeconds, default: 5)
        }
    }
}
