/// `v1.Pod`: agents and tasks, and what a drain meets.
package struct Pod: KubeResource, Hashable {
    package static let type = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods", isNamespaced: true)

    package var apiVersion: String? = "v1"
    package var kind: String? = "Pod"
    package var metadata: ObjectMeta
    package var spec: PodSpec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: PodSpec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package struct Status: Sendable, Hashable, Codable {
        /// Pending | Running | Succeeded | Failed | Unknown
        package var phase: String?
        package var reason: String?
        package var message: String?
        package var podIP: String?
        package var hostIP: String?
        package var startTime: Timestamp?
        package var conditions: [Condition]?
        package var initContainerStatuses: [ContainerStatus]?
        package var containerStatuses: [ContainerStatus]?

        package init(phase: String? = nil) { self.phase = phase }
    }

    /// `v1.PodCondition`; unlike `metav1.Condition` its reason may be absent.
    package struct Condition: Sendable, Hashable, Codable {
        package var type: String
        package var status: KubeCore.Condition.Status
        package var reason: String?
        package var message: String?
        package var lastTransitionTime: Timestamp?

        package init(
            type: String, status: KubeCore.Condition.Status, reason: String? = nil, message: String? = nil,
            lastTransitionTime: Timestamp? = nil
        ) {
            self.type = type
            self.status = status
            self.reason = reason
            self.message = message
            self.lastTransitionTime = lastTransitionTime
        }
    }

    package var nodeName: String? { spec?.nodeName }
    package var labels: Labels { metadata.labels ?? [:] }
    package var isReady: Bool { status?.conditions?.first { $0.type == "Ready" }?.status == .true }
    package var isFinished: Bool { status?.phase == "Succeeded" || status?.phase == "Failed" }

    package func initContainer(_ name: String) -> ContainerStatus? {
        status?.initContainerStatuses?.first { $0.name == name }
    }

    package func container(_ name: String) -> ContainerStatus? {
        status?.containerStatuses?.first { $0.name == name }
    }
}

package struct ContainerStatus: Sendable, Hashable, Codable {
    package var name: String
    package var ready: Bool?
    package var started: Bool?
    package var restartCount: Int?
    package var image: String?
    package var imageID: String?
    package var containerID: String?
    package var state: ContainerState?
    package var lastState: ContainerState?

    package init(name: String, ready: Bool? = nil, restartCount: Int? = 0, state: ContainerState? = nil, lastState: ContainerState? = nil) {
        self.name = name
        self.ready = ready
        self.restartCount = restartCount
        self.state = state
        self.lastState = lastState
    }
}

package struct ContainerState: Sendable, Hashable, Codable {
    package var waiting: Waiting?
    package var running: Running?
    package var terminated: Terminated?

    package init(waiting: Waiting? = nil, running: Running? = nil, terminated: Terminated? = nil) {
        self.waiting = waiting
        self.running = running
        self.terminated = terminated
    }

    package struct Waiting: Sendable, Hashable, Codable {
        package var reason: String?
        package var message: String?

        package init(reason: String?, message: String? = nil) {
            self.reason = reason
            self.message = message
        }
    }

    package struct Running: Sendable, Hashable, Codable {
        package var startedAt: Timestamp?

        package init(startedAt: Timestamp? = nil) { self.startedAt = startedAt }
    }

    package struct Terminated: Sendable, Hashable, Codable {
        package var exitCode: Int
        package var reason: String?
        /// What the container wrote to its termination message path, cut by the kubelet at 4,096 bytes.
        package var message: String?
        package var startedAt: Timestamp?
        package var finishedAt: Timestamp?

        package init(
            exitCode: Int, reason: String? = nil, message: String? = nil, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil
        ) {
            self.exitCode = exitCode
            self.reason = reason
            self.message = message
            self.startedAt = startedAt
            self.finishedAt = finishedAt
        }
    }
}
