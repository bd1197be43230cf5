import KubeCore
import KubeSchema

/// What a CustomResourceDefinition says about the kind it makes, beyond its names.
struct CustomKind: Sendable {
    var crdName: String
    /// The definition's `spec`.
    var spec: JSONValue
    var versions: [Version]

    struct Version: Sendable {
        var name: String
        var isServed: Bool
        var isStorage: Bool
        var hasStatus: Bool
        var schema: StructuralSchema?
        var columns: [PrinterColumn]
        var openAPI: JSONValue
    }
}
