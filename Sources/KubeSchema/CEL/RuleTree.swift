import KubeCore

/// The rules of a schema, compiled, in the shape of the schema; only branches that hold rules exist.
final class RuleTree: Sendable { init() {} }
struct RuleCompiler {
    var problems: [Problem] = []
    mutating func compile(_ node: SchemaNode, at field: String) -> RuleTree? { nil }
}
struct RuleEvaluation {
    let ratchets: Bool
    var problems: [Problem] = []
    init(ratchets: Bool) { self.ratchets = ratchets }
    mutating func evaluate(_ tree: RuleTree, _ value: JSONValue, old: JSONValue?, at path: FieldPath, field: String, isUnchanged: Bool) {}
}
