import KubeCore

extension SchemaNode {
    static let metadataFields: Set<String> = ["apiVersion", "kind", "metadata"]

    /// Removes what the schema does not have. `isResource`: the value is an object with metadata of its own.
    func prune(_ value: inout JSONValue, at path: FieldPath, isResource: Bool, removed: inout [FieldPath]) {
        switch value {
        case .object(var members):
            value = .null
            for name in members.keys.sorted() {
                if isResource, Self.metadataFields.contains(name) { continue }
                if let node = properties[name] {
                    node.descend(into: name, of: &members, at: path, removed: &removed)
                    continue
                }
                switch additionalProperties {
                case .schema(let node): node.descend(into: name, of: &members, at: path, removed: &removed)
                case .anything: if !preservesUnknownFields { Self.empty(name, of: &members, at: path, removed: &removed) }
                case .undefined:
                    guard !preservesUnknownFields else { continue }
                    members[name] = nil
                    removed.append(path.member(name))
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let items else {
                if !preservesUnknownFields { Self.empty(&value, at: path, removed: &removed) }
                return
            }
            value = .null
            for index in elements.indices {
                items.prune(&elements[index], at: path.index(index), isResource: items.isEmbeddedResource, removed: &removed)
            }
            value = .array(elements)
        default: break
        }
    }

    private func descend(into name: String, of members: inout [String: JSONValue], at path: FieldPath, removed: inout [FieldPath]) {
        guard var member = members[name], !member.isScalar else { return }
        members[name] = .null
        prune(&member, at: path.member(name), isResource: isEmbeddedResource, removed: &removed)
        members[name] = member
    }

    private static func empty(_ name: String, of members: inout [String: JSONValue], at path: FieldPath, removed: inout [FieldPath]) {
        guard var member = members[name] else { return }
        empty(&member, at: path.member(name), removed: &removed)
        members[name] = member
    }

    /// Without a schema nothing is known: objects lose all their fields.
    private static func empty(_ value: inout JSONValue, at path: FieldPath, removed: inout [FieldPath]) {
        switch value {
        case .object(let members):
            removed += members.keys.sorted().map { path.member($0) }
            value = .object([:])
        case .array(var elements):
            for index in elements.indices { empty(&elements[index], at: path.index(index), removed: &removed) }
            value = .array(elements)
        default: break
        }
    }
}
