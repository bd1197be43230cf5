import KubeCore

extension FieldType {
    /// The live value with an applied configuration laid over it.
    func merged(_ live: JSONValue?, _ applied: JSONValue) -> JSONValue {
        guard let live else { return applied }
        switch form(for: applied) {
        case .leaf: return applied
        case .members(let typeOf):
            guard var members = live.object, let new = applied.object else { return applied }
            for (name, value) in new { members[name] = typeOf(name).merged(members[name], value) }
            return .object(members)
        case .items(let element, let topology):
            guard let old = live.array, let new = applied.array else { return applied }
            return .array(Self.mergedItems(old, new, element, topology))
        }
    }

    /// The applied order leads; items that only the live list has keep their place between the shared ones.
    private static func mergedItems(
        _ old: [JSONValue], _ new: [JSONValue], _ element: FieldType, _ topology: Topology
    ) -> [JSONValue] {
        var oldItems: [String: JSONValue] = [:]
        for item in old { if let identity = identity(of: item, topology) { oldItems[identity] = item } }
        let newIdentities = new.map { identity(of: $0, topology) }
        let shared = Set(newIdentities.compactMap { $0 })
        var result: [JSONValue] = []
        var rest = old[...]
        func takeOwnOfOld() {
            while let first = rest.first, let identity = identity(of: first, topology), !shared.contains(identity) {
                result.append(first)
                rest.removeFirst()
            }
        }
        for (item, identity) in zip(new, newIdentities) {
            takeOwnOfOld()
            guard let identity, let live = oldItems[identity] else {
                result.append(item)
                continue
            }
            if case .set = topology { result.append(item) } else { result.append(element.merged(live, item)) }
            if let first = rest.first, Self.identity(of: first, topology) == identity { rest.removeFirst() }
        }
        for item in rest where identity(of: item, topology).map({ !shared.contains($0) }) ?? true { result.append(item) }
        return result
    }

    /// Without what `last` owned and `kept` does not: what an applier gave up and nobody else holds.
    func removing(_ last: FieldSet, except kept: FieldSet?, from value: JSONValue) -> JSONValue {
        switch form(for: value) {
        case .leaf: return value
        case .members(let typeOf):
            guard var members = value.object else { return value }
            for (edge, child) in last.children where edge.hasPrefix("f:") {
                let name = String(edge.dropFirst(2))
                guard let member = members[name] else { continue }
                let keptChild = kept?.children[edge]
                if keptChild == nil, child.isMember || hasNamedMember(name) {
                    members[name] = nil
                } else if !child.children.isEmpty {
                    members[name] = typeOf(name).removing(child, except: keptChild, from: member)
                }
            }
            return .object(members)
        case .items(let element, let topology):
            guard let items = value.array else { return value }
            return .array(
                items.compactMap { item in
                    guard let identity = Self.identity(of: item, topology), let child = last.children[identity] else { return item }
                    let keptChild = kept?.children[identity]
                    if keptChild == nil { return nil }
                    return element.removing(child, except: keptChild, from: item)
                })
        }
    }
}
