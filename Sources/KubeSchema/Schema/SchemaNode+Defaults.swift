import KubeCore

extension SchemaNode {
    /// Nulls without a default go, where the schema does not allow null; with one they wait for it.
    func dropDisallowedNulls(in value: inout JSONValue) {
        switch value {
        case .object(var members):
            guard !properties.isEmpty || hasAdditionalSchema else { return }
            value = .null
            for name in members.keys.sorted() {
                guard let node = schema(ofMember: name), var member = members[name] else { continue }
                if member.isNull, !node.isNullable, node.defaultValue == nil {
                    members[name] = nil
                } else if !member.isScalar {
                    node.dropDisallowedNulls(in: &member)
                    members[name] = member
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let items else { return }
            value = .null
            for index in elements.indices where !elements[index].isScalar { items.dropDisallowedNulls(in: &elements[index]) }
            value = .array(elements)
        default: break
        }
    }

    func fillDefaults(in value: inout JSONValue) {
        switch value {
        case .object(var members):
            value = .null
            for name in propertyNames {
                guard let node = properties[name], let fallback = node.defaultValue else { continue }
                let member = members[name]
                if member == nil || (member == .null && !node.isNullable) { members[name] = fallback }
            }
            for name in members.keys.sorted() {
                guard let node = schema(ofMember: name), var member = members[name] else { continue }
                if member.isNull, !node.isNullable, let fallback = node.defaultValue { member = fallback }
                node.fillDefaults(in: &member)
                members[name] = member
            }
            value = .object(members)
        case .array(var elements):
            guard let items else { return }
            value = .null
            for index in elements.indices {
                if elements[index].isNull, !items.isNullable, let fallback = items.defaultValue { elements[index] = fallback }
                items.fillDefaults(in: &elements[index])
            }
            value = .array(elements)
        default: break
        }
    }

    private var hasAdditionalSchema: Bool {
        if case .schema = additionalProperties { true } else { false }
    }
}

extension JSONValue {
    var isScalar: Bool {
        switch self {
        case .object, .array: false
        default: true
        }
    }
}

/// Defaults must survive the schema they stand in.
enum DefaultChecker {
    static func problems(of node: SchemaNode, at field: String) -> [Problem] {
        var problems: [Problem] = []
        if let value = node.defaultValue {
            var pruned = value
            var removed: [FieldPath] = []
            node.prune(&pruned, at: FieldPath(), isResource: node.isEmbeddedResource, removed: &removed)
            if !removed.isEmpty {
                problems.append(
                    Problem(.invalid, path: FieldPath(), field: "\(field).default", value: value, detail: "must not have unknown fields"))
            }
            // Defaults further down complete it before anybody sees it.
            node.fillDefaults(in: &pruned)
            problems += ValueValidator(ratchets: false).validate(pruned, node, at: FieldPath(), field: "\(field).default", old: nil)
        }
        for name in node.propertyNames {
            guard let property = node.properties[name] else { continue }
            problems += Self.problems(of: property, at: "\(field).properties[\(name)]")
        }
        if let items = node.items { problems += Self.problems(of: items, at: "\(field).items") }
        return problems
    }
}
