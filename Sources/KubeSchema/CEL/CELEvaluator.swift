/// Evaluates an expression that has been checked. Costs are counted while it runs, and it stops at the limit.
struct CELEvaluator {
    private var variables: [(name: String, value: CELValue)]
    private(set) var cost: UInt64 = 0
    private let limit: UInt64

    /// `limit`: the server allows one expression 1,000,000 units, which is about a tenth of a second.
    init(variables: [(name: String, value: CELValue)], limit: UInt64 = 1_000_000) {
        self.variables = variables
        self.limit = limit
    }

    private mutating func charge(_ amount: UInt64) throws(CELError) {
        cost = CELCost.sum(cost, amount)
        if cost > limit { throw .costLimit }
    }

    mutating func evaluate(_ expression: CELExpression) throws(CELError) -> CELValue {
        switch expression {
        case .literal(let value, _): return value
        case .identifier(let name, _):
            try charge(1)
            return variables.last { $0.name == name }?.value ?? .type(name)
        case .select(let operand, let field, let isOptional, _):
            let value = try evaluate(operand)
            try charge(1)
            return try select(field, from: value, isOptional: isOptional)
        case .presence(let operand, let field, _): return try presence(of: field, in: evaluate(operand))
        case .call(let name, let target, let arguments, _): return try call(name, target, arguments)
        case .list(let elements, _):
            try charge(10)
            var values: [CELValue] = []
            for element in elements { values.append(try evaluate(element)) }
            return .list(CELList(values))
        case .map(let entries, _):
            try charge(30)
            var values: [(key: CELValue, value: CELValue)] = []
            for entry in entries { values.append((try evaluate(entry.key), try evaluate(entry.value))) }
            return .map(CELMap(values))
        case .comprehension(let comprehension, _): return try run(comprehension)
        }
    }

    private func select(_ field: String, from value: CELValue, isOptional: Bool) throws(CELError) -> CELValue {
        switch value {
        case .map(let map):
            if isOptional { return .optional(map.field(field)) }
            guard let member = map.field(field) else { throw CELError("no such key: \(field)") }
            return member
        case .optional(let wrapped):
            guard case .some(.map(let map)) = wrapped else { return .optional(nil) }
            return .optional(map.field(field))
        default: throw .noSuchOverload
        }
    }

    private func presence(of field: String, in value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .map(let map): return .bool(map.field(field) != nil)
        case .optional(.some(.map(let map))): return .bool(map.field(field) != nil)
        case .optional: return .bool(false)
        default: throw .noSuchOverload
        }
    }

    private mutating func call(_ name: String, _ target: CELExpression?, _ arguments: [CELExpression]) throws(CELError) -> CELValue {
        switch name {
        case "_&&_": return try connect(arguments, decisive: false)
        case "_||_": return try connect(arguments, decisive: true)
        case "_?_:_":
            guard case .bool(let condition) = try evaluate(arguments[0]) else { throw .noSuchOverload }
            return try evaluate(arguments[condition ? 1 : 2])
        case "_==_", "_!=_":
            let (left, right) = (try evaluate(arguments[0]), try evaluate(arguments[1]))
            try charge(max(1, CELCost.traversal(min(left.size, right.size))))
            return .bool(CELEquality.areEqual(left, right) == (name == "_==_"))
        default: break
        }
        if case .identifier("optional", _) = target, !variables.contains(where: { $0.name == "optional" }) {
            try charge(1)
            return .optional(arguments.isEmpty ? nil : try evaluate(arguments[0]))
        }
        var values: [CELValue] = []
        if let target { values.append(try evaluate(target)) }
        for argument in arguments { values.append(try evaluate(argument)) }
        try charge(price(of: name, values))
        for function in CELLibrary.overloads(name, isMember: target != nil) where function.parameters.count == values.count {
            if let result = try function.body(values) { return result }
        }
        throw .noSuchOverload
    }

    /// `&&` and `||`: one side may decide although the other has no value.
    private mutating func connect(_ arguments: [CELExpression], decisive: Bool) throws(CELError) -> CELValue {
        var failure: CELError?
        for argument in arguments {
            do throws(CELError) {
                guard case .bool(let value) = try evaluate(argument) else { throw .noSuchOverload }
                if value == decisive { return .bool(decisive) }
            } catch {
                if error == .costLimit { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    /// The price of a call by the sizes at hand: reading strings, walking lists.
    private func price(of name: String, _ values: [CELValue]) -> UInt64 {
        let first = values.first?.size ?? 1
        switch name {
        case "matches": return CELCost.match(first, values.count > 1 ? values[1].size : 1)
        case "contains": return max(1, CELCost.product(CELCost.traversal(first), CELCost.traversal(values[1].size)))
        case "startsWith", "endsWith": return max(1, CELCost.traversal(values[1].size))
        case "@in": if case .list(let list) = values[1] { return UInt64(list.count) }
        case "isSorted", "sum", "min", "max": return max(1, first)
        case "size": return 1
        default: break
        }
        if case .string? = values.first { return max(1, CELCost.traversal(first, factor: 0.2)) }
        return 1
    }

    private mutating func run(_ comprehension: CELExpression.Comprehension) throws(CELError) -> CELValue {
        let elements: [CELValue]
        switch try evaluate(comprehension.range) {
        case .list(let list): elements = list.elements
        case .map(let map): elements = map.keys
        default: throw .noSuchOverload
        }
        try charge(1)
        variables.append((comprehension.variable, .null))
        defer { variables.removeLast() }
        switch comprehension.macro {
        case .all: return try quantify(comprehension, elements, decisive: false)
        case .exists: return try quantify(comprehension, elements, decisive: true)
        case .existsOne:
            var count = 0
            for element in elements where try test(comprehension.body, element) { count += 1 }
            return .bool(count == 1)
        case .filter:
            var kept: [CELValue] = []
            for element in elements where try test(comprehension.body, element) { kept.append(element) }
            return .list(CELList(kept))
        case .map:
            var results: [CELValue] = []
            for element in elements {
                if let condition = comprehension.condition, !(try test(condition, element)) { continue }
                variables[variables.count - 1].value = element
                try charge(12)
                results.append(try evaluate(comprehension.body))
            }
            return .list(CELList(results))
        }
    }

    private mutating func test(_ condition: CELExpression, _ element: CELValue) throws(CELError) -> Bool {
        variables[variables.count - 1].value = element
        try charge(3)
        guard case .bool(let value) = try evaluate(condition) else { throw .noSuchOverload }
        return value
    }

    /// `all` and `exists`: one element may decide although another has no value.
    private mutating func quantify(
        _ comprehension: CELExpression.Comprehension, _ elements: [CELValue], decisive: Bool
    ) throws(CELError) -> CELValue {
        var failure: CELError?
        for element in elements {
            do throws(CELError) {
                if try test(comprehension.body, element) == decisive { return .bool(decisive) }
            } catch {
                if error == .costLimit { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }
}
