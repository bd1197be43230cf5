/// A number or a percentage, as `maxUnavailable` fields take it.
package enum IntOrString: Sendable, Hashable, Codable {
    case int(Int)
    case string(String)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = .int(try container.decode(Int.self))
        } catch DecodingError.typeMismatch {
            self = .string(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        }
    }

    /// The percentage of `10%`, else nil.
    package var percent: Int? {
        guard case .string(let text) = self, text.hasSuffix("%") else { return nil }
        return Int(text.dropLast())
    }

    /// The number itself, or the percentage of `total`, rounded as asked; nil for a text that is no percentage.
    package func scaled(to total: Int, roundingUp: Bool) -> Int? {
        switch self {
        case .int(let value): return value
        case .string:
            guard let percent else { return nil }
            return (total * percent + (roundingUp ? 99 : 0)) / 100
        }
    }
}
