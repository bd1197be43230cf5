import KubeCore

extension CELLibrary {
    static let conversions: [CELFunction] = [
        CELFunction("size", [.any], typed: sized) { values throws(CELError) in size(values[0]) },
        CELFunction("size", member: true, [.any], typed: sized) { values throws(CELError) in size(values[0]) },
        CELFunction(
            "string", [.any],
            // As the server's estimate: nothing is known of the size, even of a number's text, unless it was bytes or anything.
            typed: { $0[0].isTextual ? CELType(.string, maximumSize: $0[0].keepsSizeAsText ? $0[0].maximumSize : .max) : nil },
            cost: { $0[0].keepsSizeAsText ? CELCost.traversal($0[0].maximumSize) : 1 }
        ) {
            values throws(CELError) in
            switch values[0] {
            case .list, .map, .optional, .quantity, .null: return nil
            case .ip(let address): return .string(address.description)
            case .cidr(let network): return .string("\(network.address)/\(network.prefixLength)")
            default: return .string(CELText.of(values[0]))
            }
        },
        CELFunction("int", [.any], typed: { $0[0].isConvertibleToNumber ? .int : nil }) { values throws(CELError) in
            switch values[0] {
            case .int: return values[0]
            case .uint(let value): return .int(try converted(Int64(exactly: value), "integer overflow"))
            case .double(let value): return .int(try converted(abs(value) < 9.2e18 ? Int64(value) : nil, "integer overflow"))
            case .string(let text):
                return .int(try converted(Int64(text), "strconv.ParseInt: parsing \(GoText.quoted(text)): invalid syntax"))
            case .timestamp(let time): return .int(time.seconds)
            case .duration(let duration): return .int(duration.nanoseconds)
            default: return nil
            }
        },
        CELFunction("uint", [.any], typed: { $0[0].isConvertibleToNumber ? CELType(.uint) : nil }) { values throws(CELError) in
            switch values[0] {
            case .uint: return values[0]
            case .int(let value): return .uint(try converted(UInt64(exactly: value), "unsigned integer overflow"))
            case .double(let value):
                return .uint(try converted(value >= 0 && value < 1.8e19 ? UInt64(value) : nil, "unsigned integer overflow"))
            case .string(let text):
                return .uint(try converted(UInt64(text), "strconv.ParseUint: parsing \(GoText.quoted(text)): invalid syntax"))
            default: return nil
            }
        },
        CELFunction("double", [.any], typed: { $0[0].isConvertibleToNumber ? CELType(.double) : nil }) { values throws(CELError) in
            switch values[0] {
            case .double: return values[0]
            case .int(let value): return .double(Double(value))
            case .uint(let value): return .double(Double(value))
            case .string(let text):
                return .double(try converted(Double(text), "strconv.ParseFloat: parsing \(GoText.quoted(text)): invalid syntax"))
            default: return nil
            }
        },
        CELFunction("bool", [.any], .bool) { values throws(CELError) in
            switch values[0] {
            case .bool: return values[0]
            case .string(let text):
                if ["true", "True", "TRUE", "t", "1"].contains(text) { return .bool(true) }
                if ["false", "False", "FALSE", "f", "0"].contains(text) { return .bool(false) }
                throw CELError("strconv.ParseBool: parsing \(GoText.quoted(text)): invalid syntax")
            default: return nil
            }
        },
        CELFunction(
            "bytes", [.any], typed: { CELType(.bytes, maximumSize: $0[0].maximumSize) }, cost: { CELCost.traversal($0[0].maximumSize) }
        ) {
            values throws(CELError) in
            switch values[0] {
            case .bytes: return values[0]
            case .string(let text): return .bytes(Array(text.utf8))
            default: return nil
            }
        },
        CELFunction("dyn", [.any], typed: { CELType(.dyn, maximumSize: $0[0].maximumSize) }) { values throws(CELError) in values[0] },
        CELFunction("type", [.any], .type) { values throws(CELError) in .type(values[0].typeName) },
    ]

    @Sendable private static func sized(_ types: [CELType]) -> CELType? {
        switch types[0].kind {
        case .string, .bytes, .list, .map, .dyn: .int
        default: nil
        }
    }

    private static func size(_ value: CELValue) -> CELValue? {
        switch value {
        case .string(let text): .int(Int64(text.unicodeScalars.count))
        case .bytes(let bytes): .int(Int64(bytes.count))
        case .list(let list): .int(Int64(list.count))
        case .map(let map): .int(Int64(map.count))
        default: nil
        }
    }

    private static func converted<Number>(_ value: Number?, _ message: String) throws(CELError) -> Number {
        guard let value else { throw CELError(message) }
        return value
    }
}

extension CELType {
    var isText: Bool {
        switch kind {
        case .string, .bytes, .dyn: true
        default: false
        }
    }

    /// Whether `string` takes it.
    var isTextual: Bool {
        switch kind {
        case .list, .map, .object, .optional, .quantity, .null, .type: false
        default: true
        }
    }

    var keepsSizeAsText: Bool {
        switch kind {
        case .bytes, .dyn: true
        default: false
        }
    }

    var isConvertibleToNumber: Bool {
        switch kind {
        case .int, .uint, .double, .string, .timestamp, .duration, .dyn: true
        default: false
        }
    }
}
