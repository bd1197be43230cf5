/// One filter as Fluent Bit's `grep` has it: `exclude: FIELD PATTERN` drops a record whose field matches.
enum CollectorFilter {
    /// nil when the block that the type names is absent, which the review refuses.
    static func properties(_ filter: AuditPolicy.Filter) -> [CollectorDocument.Property]? {
        let exclusion: (field: String, pattern: String)? =
            switch filter.type {
            case .dropRecordTypes: filter.dropRecordTypes.map { ("_AUDIT_TYPE_NAME", whole($0.recordTypes)) }
            case .dropMatching: filter.dropMatching.map { ($0.field, pattern($0)) }
            }
        return exclusion.map { exclusion in
            [
                .init("name", "grep"), .init("alias", filter.name), .init("match", CollectorConfiguration.tag),
                .init("exclude", "\(exclusion.field) \(exclusion.pattern)"),
            ]
        }
    }

    private static func pattern(_ settings: AuditPolicy.DropMatching) -> String {
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
