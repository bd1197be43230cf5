/// A kind as the API serves it: enough to build every URL and to label every object.
package struct ResourceType: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var version: String
    package var kind: String
    package var plural: String
    package var isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// `v1` or `apps/v1`.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `pods` or `daemonsets.apps`, as messages of the API server name it.
    package var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The path of the collection (all namespaces when `namespace` is nil or empty), or of one object, or of its subresource.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace, !namespace.isEmpty { path += "/namespaces/\(namespace.percentEncodedPathSegment)" }
        path += "/\(plural)"
        if let name { path += "/\(name.percentEncodedPathSegment)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

/// A typed Kubernetes object. Types model only the fields that are read or written; absent is `nil`.
package protocol KubeResource: Codable, Sendable, Equatable {
    static var type: ResourceType { get }
    var metadata: ObjectMeta { get set }
}

extension KubeResource {
    package var name: String { metadata.name ?? "" }
    package var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "") }
    package var uid: String { metadata.uid ?? "" }
}
