import KubeCore

/// What a CustomResourceDefinition says about the kind it makes, beyond its names.
struct CustomKind: Sendable {
    var crdName: String
    var versions: [Version]

    struct Version: Sendable {
        var name: String
        var isServed: Bool
        var isStorage: Bool
        var hasStatus: Bool
        var schema: CustomSchema
        var columns: [PrinterColumn]
        var openAPI: JSONValue
    }
}

/// Prunes, defaults and checks objects of one version of a custom kind.
struct CustomSchema: Sendable {
    /// Removes fields that the schema does not know; returns their paths.
    var prune: @Sendable (inout JSONValue) -> [String] = { _ in [] }
    var applyDefaults: @Sendable (inout JSONValue) -> Void = { _ in }
    var validate: @Sendable (_ object: JSONValue, _ old: JSONValue?) -> [FieldProblem] = { _, _ in [] }
}
