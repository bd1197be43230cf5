package import KubeCore

/// A CustomResourceDefinition's schema as the API server applies it: defaults, pruning, validation.
///
/// Guarantees: everything is done in sorted order, so equal objects give equal answers; time grows with object and schema,
/// bounded by the cost limits that the server has for rules.
/// Errors: making one refuses what is not structural, keywords it does not know, patterns and rules that do not compile,
/// rules that may cost more than the server allows, and defaults that the schema itself would refuse.
package struct StructuralSchema: Sendable {
    package let root: SchemaNode
    let rules: RuleTree?

    /// `field` is what the server calls the place of the schema in its definition.
    package init(json: JSONValue, field: String = "spec.validation.openAPIV3Schema") throws(SchemaError) {
        var reader = SchemaReader()
        root = reader.read(json, at: field, place: .root)
        guard reader.problems.isEmpty else { throw SchemaError(reader.problems) }
        var compiler = RuleCompiler()
        rules = compiler.compile(root, at: field)
        guard compiler.problems.isEmpty else { throw SchemaError(compiler.problems) }
        let problems = DefaultChecker.problems(of: root, rules, at: field)
        guard problems.isEmpty else { throw SchemaError(problems) }
    }

    /// Fills in defaults at every level that exists once the levels above have theirs. Nulls that are not allowed give way
    /// to the default, or go.
    package func applyDefaults(to value: inout JSONValue) {
        root.dropDisallowedNulls(in: &value)
        root.fillDefaults(in: &value)
    }

    /// Removes every field that the schema does not have, and says which, sorted. `apiVersion`, `kind` and `metadata` of
    /// the object stay.
    package func prune(_ value: inout JSONValue) -> [FieldPath] {
        var removed: [FieldPath] = []
        root.prune(&value, at: FieldPath(), isResource: true, removed: &removed)
        return removed.sorted { $0.description < $1.description }
    }

    /// What the server would answer 422 with: schema, list keys and rules; empty when the object is accepted.
    ///
    /// With `old`, as for an update: transition rules are evaluated, and values that did not change are not complained
    /// about (ratcheting, on by default since Kubernetes 1.30). The object has its defaults and is pruned already;
    /// `metadata` is the server's own business. `statusOnly` is an update of the status subresource.
    package func validate(_ value: JSONValue, old: JSONValue? = nil, statusOnly: Bool = false) -> [Problem] {
        var problems: [Problem] = []
        let validator = ValueValidator(ratchets: old != nil)
        if !statusOnly {
            problems += validator.validate(value, root, at: FieldPath(), field: "", old: old)
        } else if let status = value["status"], let node = root.properties["status"] {
            problems += validator.validate(status, node, at: FieldPath().member("status"), field: "status", old: old?["status"])
        }
        problems += EmbeddedResources.problems(in: value, root, at: FieldPath())
        if old.map({ ListKeys.problems(in: $0, root).isEmpty }) != false { problems += ListKeys.problems(in: value, root) }
        guard let rules else { return problems }
        if problems.contains(where: { Self.blockingReasons.contains($0.reason) }) {
            problems.append(
                Problem(
                    .invalid, path: FieldPath(), field: "", value: .null,
                    detail: "some validation rules were not checked because the object was invalid; "
                        + "correct the existing errors to complete validation"))
            return problems
        }
        var evaluation = RuleEvaluation(ratchets: old != nil)
        evaluation.evaluate(rules, RuleEvaluation.Subject(value: value, old: old, path: FieldPath(), field: ""))
        return problems + evaluation.problems
    }

    /// With one of these the shape of the object is in doubt, and rules are not evaluated.
    private static let blockingReasons: Set<Problem.Reason> = [.notSupported, .required, .tooLong, .tooMany, .typeInvalid]
}
