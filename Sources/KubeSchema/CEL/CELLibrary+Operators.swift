import KubeCore

extension CELLibrary {
    static let operators: [CELFunction] =
        arithmetic + orders + [
            CELFunction("!_", [.bool], .bool) { values throws(CELError) in
                guard case .bool(let value) = values[0] else { return nil }
                return .bool(!value)
            },
            CELFunction("@in", [.any, .list], typed: membership, cost: { $0[1].maximumSize }) { values throws(CELError) in
                guard case .list(let list) = values[1] else { return nil }
                return .bool(list.elements.contains { CELEquality.areEqual($0, values[0]) })
            },
            CELFunction("@in", [.any, .map], typed: membership) { values throws(CELError) in
                guard case .map(let map) = values[1] else { return nil }
                return .bool(map[values[0]] != nil)
            },
            CELFunction("_[_]", [.list, .int], typed: { elementType(of: $0[0]) }) { values throws(CELError) in
                guard case .list(let list) = values[0], case .int(let index) = values[1] else { return nil }
                guard index >= 0, index < list.count else { throw CELError("index out of bounds: \(index)") }
                return list[Int(index)]
            },
            CELFunction("_[_]", [.map, .any], typed: { elementType(of: $0[0]) }) { values throws(CELError) in
                guard case .map(let map) = values[0] else { return nil }
                guard let value = map[values[1]] else { throw CELError("no such key: \(CELText.of(values[1]))") }
                return value
            },
            CELFunction("_[?_]", [.any, .any], typed: { CELType(.optional(elementType(of: $0[0]) ?? .dyn)) }) { values throws(CELError) in
                switch (values[0], values[1]) {
                case (.list(let list), .int(let index)):
                    return .optional(index >= 0 && index < list.count ? list[Int(index)] : nil)
                case (.map(let map), _): return .optional(map[values[1]])
                case (.optional(nil), _): return .optional(nil)
                case (.optional(.some(.map(let map))), _): return .optional(map[values[1]])
                default: return nil
                }
            },
        ]

    static func elementType(of type: CELType) -> CELType? {
        switch type.kind {
        case .list(let element): element
        case .map(_, let value): value
        case .dyn: .dyn
        case .optional(let wrapped): elementType(of: wrapped)
        default: nil
        }
    }

    @Sendable private static func membership(_ types: [CELType]) -> CELType? {
        switch types[1].kind {
        case .list(let element): element.accepts(types[0]) ? .bool : nil
        case .map(let key, _): key.accepts(types[0]) ? .bool : nil
        default: .bool
        }
    }

    private static let arithmetic: [CELFunction] = {
        var functions: [CELFunction] = []
        let integers: [(String, @Sendable (Int64, Int64) throws(CELError) -> Int64)] = [
            ("_+_", { (a, b) throws(CELError) in try checked(a.addingReportingOverflow(b)) }),
            ("_-_", { (a, b) throws(CELError) in try checked(a.subtractingReportingOverflow(b)) }),
            ("_*_", { (a, b) throws(CELError) in try checked(a.multipliedReportingOverflow(by: b)) }),
            (
                "_/_",
                { (a, b) throws(CELError) in
                    guard b != 0 else { throw CELError("division by zero") }
                    return try checked(a.dividedReportingOverflow(by: b))
                }
            ),
            (
                "_%_",
                { (a, b) throws(CELError) in
                    guard b != 0 else { throw CELError("modulus by zero") }
                    return try checked(a.remainderReportingOverflow(dividingBy: b))
                }
            ),
        ]
        for (name, operation) in integers {
            functions.append(
                CELFunction(name, [.int, .int], .int) { values throws(CELError) in
                    guard case .int(let a) = values[0], case .int(let b) = values[1] else { return nil }
                    return .int(try operation(a, b))
                })
        }
        let unsigned: [(String, @Sendable (UInt64, UInt64) -> (partialValue: UInt64, overflow: Bool))] = [
            ("_+_", { $0.addingReportingOverflow($1) }), ("_-_", { $0.subtractingReportingOverflow($1) }),
            ("_*_", { $0.multipliedReportingOverflow(by: $1) }), ("_/_", { $0.dividedReportingOverflow(by: $1) }),
            ("_%_", { $0.remainderReportingOverflow(dividingBy: $1) }),
        ]
        for (name, operation) in unsigned {
            functions.append(
                CELFunction(name, [.uint, .uint], .uint) { values throws(CELError) in
                    guard case .uint(let a) = values[0], case .uint(let b) = values[1] else { return nil }
                    if b == 0, name == "_/_" { throw CELError("division by zero") }
                    if b == 0, name == "_%_" { throw CELError("modulus by zero") }
                    let (result, overflow) = operation(a, b)
                    guard !overflow else { throw CELError("unsigned integer overflow") }
                    return .uint(result)
                })
        }
        let doubles: [(String, @Sendable (Double, Double) -> Double)] = [
            ("_+_", { $0 + $1 }), ("_-_", { $0 - $1 }), ("_*_", { $0 * $1 }), ("_/_", { $0 / $1 }),
        ]
        for (name, operation) in doubles {
            functions.append(
                CELFunction(name, [.double, .double], .double) { values throws(CELError) in
                    guard case .double(let a) = values[0], case .double(let b) = values[1] else { return nil }
                    return .double(operation(a, b))
                })
        }
        functions.append(
            CELFunction("-_", [.number], typed: { $0[0] }) { values throws(CELError) in
                switch values[0] {
                case .int(let value): return .int(try checked((0 as Int64).subtractingReportingOverflow(value)))
                case .double(let value): return .double(-value)
                default: return nil
                }
            })
        return functions
    }()

    static func checked(_ result: (partialValue: Int64, overflow: Bool)) throws(CELError) -> Int64 {
        guard !result.overflow else { throw CELError("integer overflow") }
        return result.partialValue
    }

    /// `<` and its kin: numbers across their types, and strings, bytes, booleans, times and spans among themselves.
    private static let orders: [CELFunction] = {
        let kinds: [CELFunction.Parameter] = [.number, .string, .bytes, .bool, .duration, .timestamp]
        let tests: [(String, @Sendable (Int) -> Bool)] = [
            ("_<_", { $0 < 0 }), ("_<=_", { $0 <= 0 }), ("_>_", { $0 > 0 }), ("_>=_", { $0 >= 0 }),
        ]
        return tests.flatMap { name, test in
            kinds.map { kind in
                CELFunction(name, [kind, kind], .bool, cost: { comparison($0) }) { values throws(CELError) in
                    guard let order = order(values[0], values[1]) else {
                        if CELNumber(values[0]) != nil, CELNumber(values[1]) != nil { throw CELError("NaN values cannot be ordered") }
                        return nil
                    }
                    return .bool(test(order))
                }
            }
        }
    }()

    /// Strings are compared up to the end of the shorter one.
    static func comparison(_ types: [CELType]) -> UInt64 { max(1, CELCost.traversal(min(types[0].maximumSize, types[1].maximumSize))) }

    static func order(_ left: CELValue, _ right: CELValue) -> Int? {
        switch (left, right) {
        case (.string(let a), .string(let b)): lexicographic(Array(a.utf8), Array(b.utf8))
        case (.bytes(let a), .bytes(let b)): lexicographic(a, b)
        case (.bool(let a), .bool(let b)): a == b ? 0 : b ? -1 : 1
        case (.duration(let a), .duration(let b)):
            (a.nanoseconds - b.nanoseconds).signum() == 0 ? 0 : a.nanoseconds < b.nanoseconds ? -1 : 1
        case (.timestamp(let a), .timestamp(let b)): a == b ? 0 : a < b ? -1 : 1
        default: CELNumber(left).flatMap { first in CELNumber(right).flatMap { first.compare($0) } }
        }
    }

    private static func lexicographic(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }
}

/// Values as text: for messages and for `string()`.
enum CELText {
    static func of(_ value: CELValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): GoText.plain(value)
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .duration(let duration): GoText.plain(Double(duration.nanoseconds) / 1e9) + "s"
        case .timestamp(let time): time.nanoseconds == 0 ? time.description : time.rfc3339(fractionDigits: 9)
        case .type(let name): name
        default: value.typeName
        }
    }
}
