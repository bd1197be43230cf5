/// Finds the type of an expression, what is wrong with it, and the most it can cost; all before any value is seen.
struct CELChecker {
    /// What an expression gives and at most costs, in the server's units.
    struct Typed {
        var type: CELType
        var cost: UInt64
    }

    private var variables: [(name: String, type: CELType)]
    private(set) var issues: [CELIssue] = []
    private(set) var usedVariables: Set<String> = []

    init(variables: [(name: String, type: CELType)]) { self.variables = variables }

    private static let typeNames: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "google.protobuf.Duration",
    ]

    private mutating func report(_ message: String, at expression: CELExpression) -> Typed {
        issues.append(CELIssue(message: message, offset: expression.offset))
        return Typed(type: .dyn, cost: 1)
    }

    mutating func check(_ expression: CELExpression) -> Typed {
        switch expression {
        case .literal(let value, _): return Typed(type: Self.type(of: value), cost: 0)
        case .identifier(let name, _): return checkIdentifier(name, expression)
        case .select(let operand, let field, let isOptional, _): return checkSelect(operand, field, isOptional: isOptional, expression)
        case .presence(let operand, let field, _):
            let select = checkSelect(operand, field, isOptional: false, expression)
            return Typed(type: .bool, cost: select.cost == 0 ? 0 : select.cost - 1)
        case .call(let name, let target, let arguments, _): return checkCall(name, target, arguments, expression)
        case .list(let elements, _): return checkList(elements)
        case .map(let entries, _): return checkMap(entries)
        case .comprehension(let comprehension, _): return checkComprehension(comprehension, expression)
        }
    }

    private static func type(of value: CELValue) -> CELType {
        switch value {
        case .null: CELType(.null)
        case .bool: .bool
        case .int: .int
        case .uint: CELType(.uint)
        case .double: CELType(.double)
        case .string(let text): CELType(.string, maximumSize: UInt64(text.unicodeScalars.count))
        case .bytes(let bytes): CELType(.bytes, maximumSize: UInt64(bytes.count))
        default: .dyn
        }
    }

    private mutating func checkIdentifier(_ name: String, _ expression: CELExpression) -> Typed {
        if let variable = variables.last(where: { $0.name == name }) {
            usedVariables.insert(name)
            return Typed(type: variable.type, cost: 1)
        }
        if Self.typeNames.contains(name) { return Typed(type: CELType(.type), cost: 1) }
        return report("undeclared reference to '\(name)' (in container '')", at: expression)
    }

    private mutating func checkSelect(_ operand: CELExpression, _ field: String, isOptional: Bool, _ expression: CELExpression) -> Typed {
        let target = check(operand)
        let cost = CELCost.sum(target.cost, 1)
        var type = target.type
        var makesOptional = isOptional
        if case .optional(let wrapped) = type.kind {
            type = wrapped
            makesOptional = true
        }
        var result: CELType
        switch type.kind {
        case .object(let object):
            guard let found = object.fields[field] else { return report("undefined field '\(field)'", at: expression) }
            result = found
        case .map(_, let value): result = value
        case .dyn: result = .dyn
        default: return report("type '\(type.name)' does not support field selection", at: expression)
        }
        if makesOptional { result = CELType(.optional(result)) }
        return Typed(type: result, cost: cost)
    }

    private mutating func checkCall(
        _ name: String, _ target: CELExpression?, _ arguments: [CELExpression], _ expression: CELExpression
    ) -> Typed {
        if case .identifier("optional", _) = target, !variables.contains(where: { $0.name == "optional" }) {
            if name == "of", arguments.count == 1 {
                let value = check(arguments[0])
                return Typed(type: CELType(.optional(value.type)), cost: CELCost.sum(value.cost, 1))
            }
            if name == "none", arguments.isEmpty { return Typed(type: CELType(.optional(.dyn)), cost: 1) }
        }
        let operands = ([target].compactMap { $0 } + arguments).map { check($0) }
        let types = operands.map(\.type)
        let inner = operands.reduce(0) { CELCost.sum($0, $1.cost) }
        switch name {
        case "_&&_", "_||_":
            guard types.allSatisfy({ CELType.bool.accepts($0) }) else { break }
            return Typed(type: .bool, cost: inner)
        case "_?_:_":
            guard CELType.bool.accepts(types[0]), types[1].accepts(types[2]) else { break }
            var type = types[1].isDynamic ? types[1] : types[2].isDynamic ? types[2] : types[1]
            if case .null = type.kind { type = types[2] }
            type.maximumSize = max(types[1].maximumSize, types[2].maximumSize)
            return Typed(type: type, cost: CELCost.sum(operands[0].cost, max(operands[1].cost, operands[2].cost)))
        case "_==_", "_!=_":
            guard types[0].accepts(types[1]) else { break }
            return Typed(type: .bool, cost: CELCost.sum(inner, Self.equality(types)))
        default:
            let overloads = CELLibrary.overloads(name, isMember: target != nil)
            guard !overloads.isEmpty else { return report("undeclared reference to '\(name)' (in container '')", at: expression) }
            if let (type, cost) = resolve(overloads, types) { return Typed(type: type, cost: CELCost.sum(inner, cost)) }
        }
        let names = types.map(\.name)
        let signature = target == nil ? "(\(names.joined(separator: ", ")))" : "\(names[0]).(\(names.dropFirst().joined(separator: ", ")))"
        return report("found no matching overload for '\(name)' applied to '\(signature)'", at: expression)
    }

    private static func equality(_ types: [CELType]) -> UInt64 {
        let sizes = types.map { type in
            if case .object = type.kind { UInt64(1) } else { type.maximumSize }
        }
        return CELCost.traversal(min(sizes[0], sizes[1]))
    }

    /// The overloads that the types allow: their common result, or `dyn` when only the values can tell.
    private func resolve(_ overloads: [CELFunction], _ types: [CELType]) -> (CELType, UInt64)? {
        var matches: [(CELType, UInt64)] = []
        for overload in overloads where overload.parameters.count == types.count {
            guard zip(overload.parameters, types).allSatisfy({ $0.accepts($1) }), let result = overload.result(types) else { continue }
            matches.append((result, overload.cost(types)))
        }
        guard let first = matches.first else { return nil }
        let cost = matches.reduce(0) { max($0, $1.1) }
        let isCertain = matches.count == 1 || matches.dropFirst().allSatisfy { $0.0.name == first.0.name }
        return (isCertain ? first.0 : .dyn, cost)
    }

    private mutating func checkList(_ elements: [CELExpression]) -> Typed {
        var cost: UInt64 = 10
        var element: CELType?
        for expression in elements {
            let typed = check(expression)
            cost = CELCost.sum(cost, typed.cost)
            element = join(element, typed.type, at: expression)
        }
        return Typed(type: CELType(.list(element ?? .dyn), maximumSize: UInt64(elements.count)), cost: cost)
    }

    private mutating func checkMap(_ entries: [(key: CELExpression, value: CELExpression)]) -> Typed {
        var cost: UInt64 = 30
        var (key, value): (CELType?, CELType?)
        for entry in entries {
            let (typedKey, typedValue) = (check(entry.key), check(entry.value))
            cost = CELCost.sum(cost, CELCost.sum(typedKey.cost, typedValue.cost))
            key = join(key, typedKey.type, at: entry.key)
            value = join(value, typedValue.type, at: entry.value)
        }
        return Typed(type: CELType(.map(key ?? .dyn, value ?? .dyn), maximumSize: UInt64(entries.count)), cost: cost)
    }

    /// Elements of one literal are of one type.
    private mutating func join(_ known: CELType?, _ next: CELType, at expression: CELExpression) -> CELType {
        guard var known else { return next }
        if !known.accepts(next) { _ = report("expected type '\(known.name)' but found '\(next.name)'", at: expression) }
        known.maximumSize = max(known.maximumSize, next.maximumSize)
        return known.isDynamic ? .dyn : known
    }

    private mutating func checkComprehension(_ comprehension: CELExpression.Comprehension, _ expression: CELExpression) -> Typed {
        let range = check(comprehension.range)
        let element: CELType
        switch range.type.kind {
        case .list(let inner): element = inner
        case .map(let key, _): element = key
        case .dyn: element = .dyn
        default:
            return report(
                "expression of type '\(range.type.name)' cannot be range of a comprehension (must be list, map, or dynamic)",
                at: comprehension.range)
        }
        variables.append((comprehension.variable, element))
        defer { variables.removeLast() }
        let body = check(comprehension.body)
        var step = body.cost
        if comprehension.macro != .map, !CELType.bool.accepts(body.type) {
            return report("found no matching overload for '_&&_' applied to '(bool, \(body.type.name))'", at: expression)
        }
        if let condition = comprehension.condition {
            let typed = check(condition)
            step = CELCost.sum(step, typed.cost)
            if !CELType.bool.accepts(typed.type) {
                return report("found no matching overload for '_?_:_' applied to '(\(typed.type.name), list, list)'", at: expression)
            }
        }
        // What the unrolled macro does beside its body: conditions, accumulator, new lists.
        let (start, overhead): (UInt64, UInt64) =
            switch comprehension.macro {
            case .all: (1, 3)
            case .exists: (1, 4)
            case .existsOne: (3, 2)
            case .map: (11, 12)
            case .filter: (11, 13)
            }
        let loop = CELCost.product(range.type.maximumSize, CELCost.sum(step, overhead))
        let cost = CELCost.sum(CELCost.sum(range.cost, start), loop)
        switch comprehension.macro {
        case .all, .exists, .existsOne: return Typed(type: .bool, cost: cost)
        // The server does not follow the size of what is made of an element.
        case .map: return Typed(type: CELType(.list(CELType(body.type.kind)), maximumSize: range.type.maximumSize), cost: cost)
        case .filter: return Typed(type: CELType(.list(element), maximumSize: range.type.maximumSize), cost: cost)
        }
    }
}
