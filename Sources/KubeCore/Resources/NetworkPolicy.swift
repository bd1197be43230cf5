/// `networking.k8s.io/v1.NetworkPolicy`.
package struct NetworkPolicy: KubeResource {
    package static let type = ResourceType(
        group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies", isNamespaced: true)

    package var apiVersion: String? = "networking.k8s.io/v1"
    package var kind: String? = "NetworkPolicy"
    package var metadata: ObjectMeta
    package var spec: Spec?

    package init(metadata: ObjectMeta, spec: Spec?) {
        self.metadata = metadata
        self.spec = spec
    }

    package struct Spec: Sendable, Hashable, Codable {
        package var podSelector: LabelSelector
        package var policyTypes: [String]?
        package var ingress: [Rule]?
        package var egress: [Rule]?

        package init(podSelector: LabelSelector, policyTypes: [String], ingress: [Rule]? = nil, egress: [Rule]? = nil) {
            self.podSelector = podSelector
            self.policyTypes = policyTypes
            self.ingress = ingress
            self.egress = egress
        }
    }

    /// A rule with no peers and no ports allows everything.
    package struct Rule: Sendable, Hashable, Codable {
        package var ports: [Port]?

        package init(ports: [Port]? = nil) { self.ports = ports }
    }

    package struct Port: Sendable, Hashable, Codable {
        package var `protocol`: String?
        package var port: IntOrString?

        package init(protocol: String?, port: IntOrString?) {
            self.protocol = `protocol`
            self.port = port
        }
    }
}
