package import KubeCore

/// One reason why an object, or a schema, is refused: in the API server's own words, with the place of it.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// `causes[].reason` of the server's Status.
    package enum Reason: String, Sendable, Hashable {
        case invalid = "FieldValueInvalid"
        case typeInvalid = "FieldValueTypeInvalid"
        case required = "FieldValueRequired"
        case notSupported = "FieldValueNotSupported"
        case duplicate = "FieldValueDuplicate"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case internalError = "InternalError"

        var words: String {
            switch self {
            case .invalid, .typeInvalid: "Invalid value"
            case .required: "Required value"
            case .notSupported: "Unsupported value"
            case .duplicate: "Duplicate value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .internalError: "Internal error"
            }
        }
    }

    package var reason: Reason
    /// Where the value stands, for looking it up in a document.
    package var path: FieldPath
    /// The path as the server spells it, in which map keys stand in brackets at times; `<nil>` for the object itself.
    package var field: String
    /// `Invalid value: 0: spec.size in body should be greater than or equal to 1`
    package var message: String
    /// The part of `message` behind reason and value, for a person; the reason's words when there is nothing else.
    package var detail: String

    /// `value` nil: left out of the message.
    package init(_ reason: Reason, path: FieldPath, field: String, value: JSONValue?, detail: String) {
        self.reason = reason
        self.path = path
        self.field = field.isEmpty ? "<nil>" : field
        var message = reason.words
        if let value { message += ": \(GoText.fieldValue(value))" }
        if !detail.isEmpty { message += ": \(detail)" }
        self.message = message
        self.detail = detail.isEmpty ? reason.words : detail
    }

    package var description: String { "\(field): \(message)" }

    package var cause: Status.Cause { Status.Cause(reason: reason.rawValue, message: message, field: field) }
}

extension Sequence<Problem> {
    /// The problems as one text: bare when there is one, in brackets and without repetitions when there are several.
    package var aggregatedMessage: String {
        var seen: Set<String> = []
        let texts = map(\.description).filter { seen.insert($0).inserted }
        return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
    }
}

/// Why a schema cannot be used.
package struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    package var problems: [Problem]

    package init(_ problems: [Problem]) { self.problems = problems }

    package var description: String { problems.aggregatedMessage }
}
