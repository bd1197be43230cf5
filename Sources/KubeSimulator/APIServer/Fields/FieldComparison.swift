import KubeCore

/// What a write changed, path by path.
struct FieldComparison {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()

    var isSame: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

    init(from old: JSONValue, to new: JSONValue, _ type: FieldType) {
        var path: [String] = []
        compare(old, new, type, &path)
    }

    private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, _ type: FieldType, _ path: inout [String]) {
        if let old, let new, old == new { return }
        // A value that is not there takes the form of the other; where the forms differ both count.
        let newForm = new.map { type.form(for: $0) }
        let oldForm = old.map { type.form(for: $0) }
        switch (oldForm ?? newForm, newForm ?? oldForm) {
        case (.leaf, .leaf), (.none, _), (_, .none): leaf(old, new, path)
        case (.members, .members(let typeOf)):
            let left = old?.object ?? [:]
            let right = new?.object ?? [:]
            for name in Set(left.keys).union(right.keys) {
                path.append("f:\(name)")
                compare(left[name], right[name], typeOf(name), &path)
                path.removeLast()
            }
            branch(old, new, path)
        case (.items, .items(let element, let topology)):
            let left = Self.items(old, topology)
            let right = Self.items(new, topology)
            for identity in Set(left.keys).union(right.keys) {
                path.append(identity)
                if case .set = topology {
                    // An item of a set is its own identity: it is there or not.
                    if left[identity] == nil || right[identity] == nil { leaf(left[identity], right[identity], path) }
                } else {
                    compare(left[identity], right[identity], element, &path)
                }
                path.removeLast()
            }
            branch(old, new, path)
        default:
            compare(old, nil, type, &path)
            compare(nil, new, type, &path)
        }
    }

    private mutating func leaf(_ old: JSONValue?, _ new: JSONValue?, _ path: [String]) {
        if old == nil { added.insert(path) } else if new == nil { removed.insert(path) } else { modified.insert(path) }
    }

    private mutating func branch(_ old: JSONValue?, _ new: JSONValue?, _ path: [String]) {
        if old == nil { added.insert(path) } else if new == nil { removed.insert(path) }
    }

    private static func items(_ value: JSONValue?, _ topology: FieldType.Topology) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for item in value?.array ?? [] {
            if let identity = FieldType.identity(of: item, topology) { result[identity] = item }
        }
        return result
    }
}

extension FieldType {
    /// All paths that a configuration names, as applying it owns them.
    func fieldSet(of value: JSONValue) -> FieldSet {
        var set = FieldSet()
        switch form(for: value) {
        case .leaf: set.isMember = true
        case .members(let typeOf):
            for (name, member) in value.object ?? [:] {
                var child = typeOf(name).fieldSet(of: member)
                if member.isNull || member.object?.isEmpty == true || member.array?.isEmpty == true { child.isMember = true }
                if !child.isEmpty { set.children["f:\(name)"] = child }
            }
        case .items(let element, let topology):
            for item in value.array ?? [] {
                guard let identity = Self.identity(of: item, topology) else { continue }
                var child = FieldSet()
                if case .map = topology { child = element.fieldSet(of: item) }
                child.isMember = true
                set.children[identity] = child
            }
        }
        return set
    }
}
