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

/// Defaults must survive the schema they stand in, as they are written: rules see them before the defaults further down.
enum DefaultChecker {
    static func problems(of node: SchemaNode, _ rules: RuleTree?, at field: String) -> [Problem] {
        var problems: [Problem] = []
        if let value = node.defaultValue { problems += Self.problems(of: value, node, rules, at: "\(field).default") }
        for name in node.propertyNames {
            guard let property = node.properties[name] else { continue }
            problems += Self.problems(of: property, rules?.properties[name], at: "\(field).properties[\(name)]")
        }
        if let items = node.items { problems += Self.problems(of: items, rules?.items, at: "\(field).items") }
        return problems
    }

    private static func problems(of value: JSONValue, _ node: SchemaNode, _ rules: RuleTree?, at field: String) -> [Problem] {
        var pruned = value
        var removed: [FieldPath] = []
        node.prune(&pruned, at: FieldPath(), isResource: node.isEmbeddedResource, removed: &removed)
        guard removed.isEmpty else {
            return [Problem(.invalid, path: FieldPath(), field: field, value: value, detail: "must not have unknown fields")]
        }
        let problems = ValueValidator(ratchets: false).validate(value, node, at: FieldPath(), field: field, old: nil)
        guard problems.isEmpty, let rules else { return problems }
        var evaluation = RuleEvaluation(ratchets: false)
        evaluation.evaluate(rules, RuleEvaluation.Subject(value: value, old: value, path: FieldPath(), field: field))
        evaluation.evaluate(rules, RuleEvaluation.Subject(value: value, path: FieldPath(), field: field))
        return evaluation.problems
    }
}
