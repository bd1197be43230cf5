import KubeCore

extension CELLibrary {
    static let lists: [CELFunction] = [
        CELFunction("_+_", [.list, .list], typed: concatenated) { values throws(CELError) in
            guard case .list(let a) = values[0], case .list(let b) = values[1] else { return nil }
            return .list(CELList(a.elements + b.elements))
        },
        CELFunction("isSorted", member: true, [.list], .bool, cost: elementwise) { values throws(CELError) in
            guard case .list(let list) = values[0] else { return nil }
            let elements = list.elements
            for (first, second) in zip(elements, elements.dropFirst()) {
                guard let order = order(first, second) else { return nil }
                if order > 0 { return .bool(false) }
            }
            return .bool(true)
        },
        extreme("min") { $0 < 0 }, extreme("max") { $0 > 0 },
        CELFunction("sum", member: true, [.list], typed: { elementType(of: $0[0]) }, cost: elementwise) { values throws(CELError) in
            guard case .list(let list) = values[0] else { return nil }
            return try sum(list.elements)
        },
        CELFunction("indexOf", member: true, [.list, .any], .int, cost: elementwise) { values throws(CELError) in
            guard case .list(let list) = values[0] else { return nil }
            return .int(Int64(list.elements.firstIndex { CELEquality.areEqual($0, values[1]) } ?? -1))
        },
        CELFunction("lastIndexOf", member: true, [.list, .any], .int, cost: elementwise) { values throws(CELError) in
            guard case .list(let list) = values[0] else { return nil }
            return .int(Int64(list.elements.lastIndex { CELEquality.areEqual($0, values[1]) } ?? -1))
        },
    ]

    private static func extreme(_ name: String, _ wins: @escaping @Sendable (Int) -> Bool) -> CELFunction {
        CELFunction(name, member: true, [.list], typed: { elementType(of: $0[0]) }, cost: elementwise) { values throws(CELError) in
            guard case .list(let list) = values[0] else { return nil }
            guard list.count > 0 else { throw CELError("\(name) called on empty list") }
            var best = list[0]
            for element in list.elements.dropFirst() {
                guard let order = order(element, best) else { return nil }
                if wins(order) { best = element }
            }
            return best
        }
    }

    private static func sum(_ elements: [CELValue]) throws(CELError) -> CELValue? {
        guard var total = elements.first else { return .int(0) }
        for element in elements.dropFirst() {
            var next: CELValue?
            for function in overloads("_+_", isMember: false) where next == nil { next = try function.body([total, element]) }
            guard let next else { return nil }
            total = next
        }
        return total
    }

    @Sendable private static func concatenated(_ types: [CELType]) -> CELType? {
        guard case .list(let left) = types[0].kind, case .list(let right) = types[1].kind else { return .dyn }
        guard left.accepts(right) else { return nil }
        return CELType(
            .list(left.maximumSize >= right.maximumSize ? left : right),
            maximumSize: CELCost.sum(types[0].maximumSize, types[1].maximumSize))
    }

    /// One for each element, and the reading of it when it is a string.
    @Sendable private static func elementwise(_ types: [CELType]) -> UInt64 {
        var each: UInt64 = 1
        if let element = elementType(of: types[0]), element.isText, !element.isDynamic {
            each = CELCost.sum(each, CELCost.traversal(element.maximumSize))
        }
        return CELCost.product(types[0].maximumSize, each)
    }
}
