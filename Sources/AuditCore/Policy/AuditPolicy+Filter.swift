extension AuditPolicy {
    /// One step between journal and outputs. Exactly the block that `type` names is present; the schema sees to it.
    package struct Filter: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case dropRecordTypes = "DropRecordTypes"
            case dropMatching = "DropMatching"
        }

        package var name: String
        package var type: Kind
        package var dropRecordTypes: DropRecordTypes?
        package var dropMatching: DropMatching?

        package init(name: String, dropping recordTypes: [String]) {
            self.name = name
            type = .dropRecordTypes
            dropRecordTypes = DropRecordTypes(recordTypes: recordTypes)
        }

        package init(name: String, dropMatching: DropMatching) {
            self.name = name
            type = .dropMatching
            self.dropMatching = dropMatching
        }
    }

    /// Whole record types by name, such as `PATH` or `CWD`: the journal's `_AUDIT_TYPE_NAME`.
    package struct DropRecordTypes: Sendable, Hashable, Codable {
        package var recordTypes: [String]

        package init(recordTypes: [String]) { self.recordTypes = recordTypes }
    }

    /// Records in which a journal field has one of the values (or starts with, contains, matches one of them).
    package struct DropMatching: Sendable, Hashable, Codable {
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
}
