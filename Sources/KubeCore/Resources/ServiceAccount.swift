/// `v1.ServiceAccount`.
package struct ServiceAccount: KubeResource {
    package static let type = ResourceType(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", isNamespaced: true)

    package var apiVersion: String? = "v1"
    package var kind: String? = "ServiceAccount"
    package var metadata: ObjectMeta
    package var automountServiceAccountToken: Bool?

    package init(metadata: ObjectMeta, automountServiceAccountToken: Bool? = nil) {
        self.metadata = metadata
        self.automountServiceAccountToken = automountServiceAccountToken
    }
}

/// `v1.Namespace`.
package struct Namespace: KubeResource {
    package static let type = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    package var apiVersion: String? = "v1"
    package var kind: String? = "Namespace"
    package var metadata: ObjectMeta
    package var status: Status?

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    package struct Status: Sendable, Hashable, Codable {
        /// Active | Terminating
        package var phase: String?
    }
}
