import KubeCore

/// Kubernetes' own patch for built-in kinds: lists with a merge key merge item by item, and `$patch`, `$deleteFromPrimitiveList/…`,
/// `$setElementOrder/…` and `$retainKeys` say what a plain merge cannot.
enum StrategicMergePatch {
    static func apply(_ patch: JSONValue, to target: JSONValue?, _ type: FieldType) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        if changes["$patch"] == "replace" {
            var whole = changes
            whole["$patch"] = nil
            return .object(whole)
        }
        if changes["$patch"] == "delete" { return .object([:]) }
        var members = target?.object ?? [:]
        if let retained = changes["$retainKeys"]?.array {
            let kept = Set(retained.compactMap(\.string))
            members = members.filter { kept.contains($0.key) }
        }
        for (name, change) in changes where !name.hasPrefix("$") {
            guard !change.isNull else {
                members[name] = nil
                continue
            }
            members[name] = merge(change, into: members[name], member(name, of: type))
        }
        for (directive, value) in changes.sorted(by: { $0.key < $1.key }) where directive.hasPrefix("$") {
            guard let slash = directive.firstIndex(of: "/") else { continue }
            let name = String(directive[directive.index(after: slash)...])
            guard let items = members[name]?.array else { continue }
            switch directive[..<slash] {
            case "$deleteFromPrimitiveList":
                let removed = Set(value.array ?? [])
                members[name] = .array(items.filter { !removed.contains($0) })
            case "$setElementOrder":
                members[name] = .array(ordered(items, by: value.array ?? [], mergeKey(of: member(name, of: type))))
            default: break
            }
        }
        return .object(members)
    }

    private static func merge(_ change: JSONValue, into old: JSONValue?, _ type: FieldType) -> JSONValue {
        switch (change, type) {
        case (.object, _): return apply(change, to: old, type)
        case (.array(let items), .list(let element, .map(let keys))) where !keys.isEmpty:
            return mergeItems(items, into: old?.array ?? [], element, key: keys[0].name)
        case (.array(let items), .list(_, .set)):
            let present = Set(old?.array ?? [])
            return .array((old?.array ?? []) + items.filter { !present.contains($0) })
        default: return change
        }
    }

    private static func mergeItems(_ changes: [JSONValue], into old: [JSONValue], _ element: FieldType, key: String) -> JSONValue {
        if changes.contains(where: { $0["$patch"] == "replace" }) {
            return .array(changes.filter { $0["$patch"] != "replace" })
        }
        var items = old
        for change in changes {
            let index = items.firstIndex { $0[key] != nil && $0[key] == change[key] }
            if change["$patch"] == "delete" {
                if let index { items.remove(at: index) }
            } else if let index {
                items[index] = apply(change, to: items[index], element)
            } else {
                items.append(apply(change, to: nil, element))
            }
        }
        return .array(items)
    }

    /// Named items first and in the given order where both know them; the rest keeps its place after what it followed.
    private static func ordered(_ items: [JSONValue], by order: [JSONValue], _ key: String?) -> [JSONValue] {
        func identity(_ item: JSONValue) -> JSONValue? { key.map { item[$0] } ?? item }
        var rank: [JSONValue: Int] = [:]
        for (index, item) in order.enumerated() { if let identity = identity(item) { rank[identity] = index } }
        let named = items.filter { identity($0).map { rank[$0] != nil } ?? false }
            .sorted { left, right in (identity(left).flatMap { rank[$0] } ?? 0) < (identity(right).flatMap { rank[$0] } ?? 0) }
        var result = named
        for (index, item) in items.enumerated() where identity(item).map({ rank[$0] == nil }) ?? true {
            let before = index > 0 ? result.firstIndex { identity($0) == identity(items[index - 1]) } : nil
            result.insert(item, at: before.map { $0 + 1 } ?? 0)
        }
        return result
    }

    private static func member(_ name: String, of type: FieldType) -> FieldType {
        switch type {
        case .object(let object, _): object.members[name]?.type ?? .any
        case .map(let element, _): element
        default: .any
        }
    }

    private static func mergeKey(of type: FieldType) -> String? {
        guard case .list(_, .map(let keys)) = type else { return nil }
        return keys.first?.name
    }
}
