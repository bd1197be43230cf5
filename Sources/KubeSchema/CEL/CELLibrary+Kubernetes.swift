import KubeCore

extension CELLibrary {
    static let quantities: [CELFunction] =
        [
            CELFunction("quantity", [.string], .quantity, cost: traversal) { values throws(CELError) in
                guard case .string(let text) = values[0] else { return nil }
                guard let quantity = Quantity(text) else {
                    throw CELError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
                }
                return .quantity(quantity)
            },
            CELFunction("isQuantity", [.string], .bool, cost: traversal) { values throws(CELError) in
                guard case .string(let text) = values[0] else { return nil }
                return .bool(Quantity(text) != nil)
            },
            CELFunction("asInteger", member: true, [.quantity], .int) { values throws(CELError) in
                guard case .quantity(let quantity) = values[0] else { return nil }
                guard let integer = quantity.integer else { throw CELError("cannot convert value to integer") }
                return .int(integer)
            },
            property("sign", .int) { .int($0.sign) },
            property("isInteger", .bool) { .bool($0.isInteger) },
            property("asApproximateFloat", .double) { .double($0.double) },
        ]
        + pair("compareTo", .int) { .int($0.compare($1)) }
        + pair("isLessThan", .bool) { .bool($0.compare($1) < 0) }
        + pair("isGreaterThan", .bool) { .bool($0.compare($1) > 0) }
        + pair("add", .quantity, takesInt: true) { .quantity($0.adding($1)) }
        + pair("sub", .quantity, takesInt: true) { .quantity($0.subtracting($1)) }

    private static func property(
        _ name: String, _ result: CELType.Kind, _ body: @escaping @Sendable (Quantity) -> CELValue
    ) -> CELFunction {
        CELFunction(name, member: true, [.quantity], result) { values throws(CELError) in
            guard case .quantity(let quantity) = values[0] else { return nil }
            return body(quantity)
        }
    }

    private static func pair(
        _ name: String, _ result: CELType.Kind, takesInt: Bool = false, _ body: @escaping @Sendable (Quantity, Quantity) -> CELValue
    ) -> [CELFunction] {
        (takesInt ? [CELFunction.Parameter.quantity, .int] : [.quantity]).map { second in
            CELFunction(name, member: true, [.quantity, second], result) { values throws(CELError) in
                guard case .quantity(let left) = values[0] else { return nil }
                switch values[1] {
                case .quantity(let right): return body(left, right)
                case .int(let right): return takesInt ? Quantity(String(right)).map { body(left, $0) } : nil
                default: return nil
                }
            }
        }
    }

    static let addresses: [CELFunction] =
        [
            parse("ip", .ip) { IPAddress($0).map { .ip($0) } },
            parse("cidr", .cidr) { CIDR($0).map { .cidr($0) } },
            check("isIP") { IPAddress($0) != nil },
            check("isCIDR") { CIDR($0) != nil },
            CELFunction("family", member: true, [.ip], .int) { values throws(CELError) in
                guard case .ip(let address) = values[0] else { return nil }
                return .int(address.isV4 ? 4 : 6)
            },
            CELFunction("prefixLength", member: true, [.cidr], .int) { values throws(CELError) in
                guard case .cidr(let network) = values[0] else { return nil }
                return .int(Int64(network.prefixLength))
            },
            CELFunction("ip", member: true, [.cidr], .ip) { values throws(CELError) in
                guard case .cidr(let network) = values[0] else { return nil }
                return .ip(network.address)
            },
        ]
        + [CELFunction.Parameter.ip, .string].map { parameter in
            CELFunction(
                "containsIP", member: true, [.cidr, parameter], .bool, cost: { CELCost.sum(4, CELCost.traversal($0[1].maximumSize)) }
            ) {
                values throws(CELError) in
                guard case .cidr(let network) = values[0] else { return nil }
                switch values[1] {
                case .ip(let address): return .bool(network.contains(address))
                case .string(let text):
                    guard let address = IPAddress(text) else { throw invalid("IP Address", text) }
                    return .bool(network.contains(address))
                default: return nil
                }
            }
        }

    private static func invalid(_ what: String, _ text: String) -> CELError {
        CELError("\(what) \(GoText.quoted(text)) parse error during conversion from string")
    }

    private static func parse(_ name: String, _ result: CELType.Kind, _ body: @escaping @Sendable (String) -> CELValue?) -> CELFunction {
        CELFunction(name, [.string], result, cost: traversal) { values throws(CELError) in
            guard case .string(let text) = values[0] else { return nil }
            guard let value = body(text) else { throw invalid(name == "ip" ? "IP Address" : "network address", text) }
            return value
        }
    }

    private static func check(_ name: String, _ body: @escaping @Sendable (String) -> Bool) -> CELFunction {
        CELFunction(name, [.string], .bool, cost: traversal) { values throws(CELError) in
            guard case .string(let text) = values[0] else { return nil }
            return .bool(body(text))
        }
    }
}
