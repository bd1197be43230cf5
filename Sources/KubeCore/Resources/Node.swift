/// `v1.Node`, the fields that auditing and recreation look at.
package struct Node: KubeResource {
    package static let type = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    package var apiVersion: String? = "v1"
    package var kind: String? = "Node"
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package struct Spec: Sendable, Hashable, Codable {
        package var providerID: String?
        package var unschedulable: Bool?
        package var taints: [Taint]?

        package init(providerID: String? = nil, unschedulable: Bool? = nil, taints: [Taint]? = nil) {
            self.providerID = providerID
            self.unschedulable = unschedulable
            self.taints = taints
        }
    }

    package struct Status: Sendable, Hashable, Codable {
        package var conditions: [NodeCondition]?
        package var nodeInfo: NodeInfo?
        package var volumesAttached: [AttachedVolume]?

        package init(conditions: [NodeCondition]? = nil, nodeInfo: NodeInfo? = nil) {
            self.conditions = conditions
            self.nodeInfo = nodeInfo
        }
    }

    /// One volume that the attach-detach controller holds attached.
    package struct AttachedVolume: Sendable, Hashable, Codable {
        package var name: String
        package var devicePath: String

        package init(name: String, devicePath: String = "") {
            self.name = name
            self.devicePath = devicePath
        }
    }

    /// Ready as the node controller last judged it; an unknown condition is not ready.
    package var isReady: Bool {
        status?.conditions?.first { $0.type == "Ready" }?.status == .true
    }

    package var bootID: String? { status?.nodeInfo?.bootID }
    package var labels: Labels { metadata.labels ?? [:] }
}

package struct NodeCondition: Sendable, Hashable, Codable {
    package var type: String
    package var status: Condition.Status
    package var reason: String?
    package var message: String?
    package var lastHeartbeatTime: Timestamp?
    package var lastTransitionTime: Timestamp?

    package init(
        type: String, status: Condition.Status, reason: String? = nil, message: String? = nil,
        lastHeartbeatTime: Timestamp? = nil, lastTransitionTime: Timestamp? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastHeartbeatTime = lastHeartbeatTime
        self.lastTransitionTime = lastTransitionTime
    }
}

package struct NodeInfo: Sendable, Hashable, Codable {
    /// The identity of a running kernel: changes with every boot.
    package var bootID: String?
    package var osImage: String?
    package var architecture: String?
    package var kernelVersion: String?
    package var kubeletVersion: String?

    package init(
        bootID: String? = nil, osImage: String? = nil, architecture: String? = nil, kernelVersion: String? = nil,
        kubeletVersion: String? = nil
    ) {
        self.bootID = bootID
        self.osImage = osImage
        self.architecture = architecture
        self.kernelVersion = kernelVersion
        self.kubeletVersion = kubeletVersion
    }
}

package struct Taint: Sendable, Hashable, Codable {
    package var key: String
    package var value: String?
    /// NoSchedule | PreferNoSchedule | NoExecute
    package var effect: String

    package init(key: String, value: String? = nil, effect: String) {
        self.key = key
        self.value = value
        self.effect = effect
    }
}

package struct Toleration: Sendable, Hashable, Codable {
    package var key: String?
    /// Equal (default) | Exists
    package var `operator`: String?
    package var value: String?
    package var effect: String?
    package var tolerationSeconds: Int64?

    package init(
        key: String? = nil, operator: String? = nil, value: String? = nil, effect: String? = nil, tolerationSeconds: Int64? = nil
    ) {
        self.key = key
        self.operator = `operator`
        self.value = value
        self.effect = effect
        self.tolerationSeconds = tolerationSeconds
    }

    /// The scheduler's rule: an empty key with Exists tolerates all keys, an empty effect all effects.
    package func tolerates(_ taint: Taint) -> Bool {
        if let effect, !effect.isEmpty, effect != taint.effect { return false }
        if let key, !key.isEmpty, key != taint.key { return false }
        if `operator` == "Exists" { return true }
        return key?.isEmpty == false && (value ?? "") == (taint.value ?? "")
    }
}
