/// `apps/v1.DaemonSet`.
package struct DaemonSet: KubeResource {
    package static let type = ResourceType(group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets", isNamespaced: true)

    package var apiVersion: String? = "apps/v1"
    package var kind: String? = "DaemonSet"
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil) {
        self.metadata = metadata
        self.spec = spec
    }

    package struct Spec: Sendable, Hashable, Codable {
        package var selector: LabelSelector
        package var template: PodTemplate
        package var updateStrategy: UpdateStrategy?
        package var minReadySeconds: Int?
        package var revisionHistoryLimit: Int?

        package init(selector: LabelSelector, template: PodTemplate) {
            self.selector = selector
            self.template = template
        }
    }

    package struct UpdateStrategy: Sendable, Hashable, Codable {
        package var type: String?
        package var rollingUpdate: RollingUpdate?

        package init(type: String?, rollingUpdate: RollingUpdate? = nil) {
            self.type = type
            self.rollingUpdate = rollingUpdate
        }
    }

    package struct RollingUpdate: Sendable, Hashable, Codable {
        package var maxUnavailable: IntOrString?
        package var maxSurge: IntOrString?

        package init(maxUnavailable: IntOrString? = nil, maxSurge: IntOrString? = nil) {
            self.maxUnavailable = maxUnavailable
            self.maxSurge = maxSurge
        }
    }

    package struct Status: Sendable, Hashable, Codable {
        package var observedGeneration: Int64?
        package var desiredNumberScheduled: Int?
        package var currentNumberScheduled: Int?
        package var updatedNumberScheduled: Int?
        package var numberReady: Int?
        package var numberAvailable: Int?
        package var numberUnavailable: Int?
        package var numberMisscheduled: Int?
    }
}

package struct PodTemplate: Sendable, Hashable, Codable {
    package var metadata: ObjectMeta?
    package var spec: PodSpec

    package init(metadata: ObjectMeta?, spec: PodSpec) {
        self.metadata = metadata
        self.spec = spec
    }
}
