import KubeCore

/// One reason why an object is invalid: a `StatusCause` to be.
struct FieldProblem: Sendable, Hashable {
    /// `FieldValueInvalid`, `FieldValueRequired`, …
    var reason: String
    var field: String
    /// Without the field's path.
    var message: String

    static func invalid(_ field: String, _ value: JSONValue, _ detail: String) -> FieldProblem {
        FieldProblem(reason: "FieldValueInvalid", field: field, message: "Invalid value: \(value.text().goEscaped): \(detail)")
    }

    static func required(_ field: String, _ detail: String = "") -> FieldProblem {
        FieldProblem(reason: "FieldValueRequired", field: field, message: detail.isEmpty ? "Required value" : "Required value: \(detail)")
    }

    static func forbidden(_ field: String, _ detail: String) -> FieldProblem {
        FieldProblem(reason: "FieldValueForbidden", field: field, message: "Forbidden: \(detail)")
    }

    static func unsupported(_ field: String, _ value: String, supported: [String]) -> FieldProblem {
        let values = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        return FieldProblem(
            reason: "FieldValueNotSupported", field: field, message: "Unsupported value: \"\(value)\": supported values: \(values)")
    }
}

extension String {
    /// Go's JSON encoder writes these three characters as escapes.
    var goEscaped: String {
        var output = ""
        for character in self {
            switch character {
            case "<": output += "\\u003c"
            case ">": output += "\\u003e"
            case "&": output += "\\u0026"
            default: output.append(character)
            }
        }
        return output
    }
}

extension JSONValue {
    /// `%+v` of the decoded value: `map[spec:map[size:3]]`.
    var goText: String {
        switch self {
        case .null: "<nil>"
        case .string(let text): text
        case .array(let items): "[\(items.map(\.goText).joined(separator: " "))]"
        case .object(let members):
            "map[\(members.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.goText)" }.joined(separator: " "))]"
        default: text()
        }
    }
}
