import KubeCore

/// The rules of a schema, compiled, in the shape of the schema; only branches that hold rules exist.
final class RuleTree: Sendable {
    let node: SchemaNode
    let isResourceRoot: Bool
    let rules: [CompiledRule]
    let properties: [String: RuleTree]
    let additionalProperties: RuleTree?
    let items: RuleTree?

    init(
        _ node: SchemaNode, isResourceRoot: Bool, rules: [CompiledRule], properties: [String: RuleTree], additionalProperties: RuleTree?,
        items: RuleTree?
    ) {
        self.node = node
        self.isResourceRoot = isResourceRoot
        self.rules = rules
        self.properties = properties
        self.additionalProperties = additionalProperties
        self.items = items
    }

    /// The schema's type as messages name it.
    var typeName: String { node.type?.rawValue ?? "" }
}

/// A rule that has been parsed and checked.
struct CompiledRule: Sendable {
    let rule: ValidationRule
    let expression: CELExpression
    let messageExpression: CELExpression?
    let usesOldSelf: Bool
    /// Where `fieldPath` leads from the place of the rule.
    let fieldPath: FieldPath

    /// What stands in a message for the rule.
    var label: String { rule.message.isEmpty ? rule.rule.trimmedSpace : rule.message.trimmedSpace }
}
