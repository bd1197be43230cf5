/// `policy/v1.PodDisruptionBudget`.
package struct PodDisruptionBudget: KubeResource {
    package static let type = ResourceType(
        group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", isNamespaced: true)

    package var apiVersion: String? = "policy/v1"
    package var kind: String? = "PodDisruptionBudget"
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec?) {
        self.metadata = metadata
        self.spec = spec
    }

    package struct Spec: Sendable, Hashable, Codable {
        package var minAvailable: IntOrString?
        package var maxUnavailable: IntOrString?
        package var selector: LabelSelector?

        package init(minAvailable: IntOrString? = nil, maxUnavailable: IntOrString? = nil, selector: LabelSelector?) {
            self.minAvailable = minAvailable
            self.maxUnavailable = maxUnavailable
            self.selector = selector
        }
    }

    package struct Status: Sendable, Hashable, Codable {
        package var observedGeneration: Int64?
        package var disruptionsAllowed: Int?
        package var currentHealthy: Int?
        package var desiredHealthy: Int?
        package var expectedPods: Int?
    }
}
