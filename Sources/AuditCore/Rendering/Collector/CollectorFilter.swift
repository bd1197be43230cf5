/// One filter as Fluent Bit has it. The alias is the filter's name in the collector's metrics, which count what each one drops
/// (`fluentbit_filter_drop_records_total{name="…"}`).
enum CollectorFilter {
    /// The journal's field with the type of a record.
    static let typeField = "_AUDIT_TYPE_NAME"

    /// nil when the block that the type names is absent, which the review refuses.
    static func properties(_ filter: AuditPolicy.Filter) -> [CollectorDocument.Property]? {
        let own: (plugin: String, properties: [CollectorDocument.Property])? =
            switch filter.type {
            case .dropRecordTypes: filter.dropRecordTypes.map { ("grep", [.init("exclude", "\(typeField) \(pattern($0))")]) }
            case .dropMatching: filter.dropMatching.map { ("grep", [.init("exclude", "\($0.field) \(pattern($0))")]) }
            case .keepMatching: filter.keepMatching.map { ("grep", [.init("regex", "\($0.field) \(pattern($0))")]) }
            case .pruneFields: filter.pruneFields.map { ("record_modifier", pruning($0)) }
            case .rateLimit: filter.rateLimit.map { ("throttle", rate($0)) }
            }
        return own.map { plugin, properties in
            [.init("name", plugin), .init("alias", filter.name), .init("match", CollectorConfiguration.tag)] + properties
        }
    }

    private static func pruning(_ settings: AuditPolicy.PruneFields) -> [CollectorDocument.Property] {
        switch settings.mode {
        case .remove: [.init("remove_key", .list(settings.fields.map { .text($0) }))]
        case .keep:
            [.init("allowlist_key", .list(Set(settings.fields + AuditPolicy.PruneFields.protected).sorted().map { .text($0) }))]
        }
    }

    private static func rate(_ settings: AuditPolicy.RateLimit) -> [CollectorDocument.Property] {
        [.init("rate", settings.recordsPerSecond), .init("window", settings.windowSeconds), .init("interval", "1s")]
    }

    private static func pattern(_ settings: AuditPolicy.DropRecordTypes) -> String {
        whole(settings.recordTypes.flatMap(NameTable.journalNames))
    }

    private static func pattern(_ settings: AuditPolicy.Matching) -> String {
        switch settings.operator {
        case .in: whole(settings.values)
        case .prefix: "\\A" + group(settings.values.map(escaped))
        case .contains: group(settings.values.map(escaped))
        // Each in a group of its own: an alternative of one is none of the others, and slashes around it mean nothing.
        case .regex: group(settings.values.map { "(?:\($0))" })
        }
    }

    /// Matches exactly these texts. `^` and `$` would match at line breaks inside the value.
    private static func whole(_ values: [String]) -> String { "\\A" + group(values.map(escaped)) + "\\z" }

    private static func group(_ alternatives: [String]) -> String { "(?:" + alternatives.joined(separator: "|") + ")" }

    /// A pattern that matches the text and nothing else. Blanks are written as numbers, since blanks part field and pattern.
    static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": output.unicodeScalars.append(scalar)
            case "!"..."~":
                output += "\\"
                output.unicodeScalars.append(scalar)
            case "\u{0}"..." ", "\u{7F}": output += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
