package import KubeCore

/// What is kept of a task's pod: what it was sent for, and what came of it.
package struct TaskPodView: Sendable, Hashable {
    package enum Ending: Sendable, Hashable {
        /// Not at its end yet; why the scheduler or the kubelet makes it wait, if they say.
        case open(reason: String, message: String)
        case reported(NodeReport, at: Timestamp?)
        /// It ended without a report that can be read.
        case unreadable(String)
    }

    package var key: ObjectKey
    package var uid: String
    package var nodeName: String
    package var policyName: String
    package var task: NodeReport.Task
    /// The only boot that it may change.
    package var bootID: String
    package var isDeleting: Bool
    package var creationTimestamp: Timestamp
    package var ending: Ending
    /// ConfigMaps that it mounts, sorted.
    package var configMaps: [String]

    /// nil for a pod that does not say whose it is, where and what for.
    package init?(_ pod: Pod) {
        guard let nodeName = pod.nodeName ?? pod.pinnedNodeName, let policyName = pod.labels[WellKnown.Label.policy],
            pod.labels[WellKnown.Label.component] == WellKnown.Component.task,
            let task = pod.metadata.annotations?[WellKnown.Annotation.task].flatMap(NodeReport.task)
        else { return nil }
        key = pod.key
        uid = pod.uid
        self.nodeName = nodeName
        self.policyName = policyName
        self.task = task
        bootID = pod.metadata.annotations?[WellKnown.Annotation.bootID] ?? ""
        isDeleting = pod.metadata.isDeleting
        creationTimestamp = pod.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        ending = Self.ending(of: pod)
        configMaps = (pod.spec?.volumes ?? []).compactMap(\.configMap?.name).sorted()
    }

    private static func ending(of pod: Pod) -> Ending {
        let state = pod.container(WellKnown.ContainerName.task)?.state
        if let terminated = state?.terminated {
            switch NodeReport.parse(terminated.message ?? "") {
            case .success(let report): return .reported(report, at: terminated.finishedAt)
            case .failure(let problem):
                return .unreadable("it ended with exit code \(terminated.exitCode) and its report is no evidence: \(problem)")
            }
        }
        if pod.isFinished { return .unreadable("the pod ended before it ran: \(pod.status?.reason ?? "for no reason given")") }
        if let waiting = state?.waiting, !(waiting.reason ?? "").isTransientWaiting {
            return .open(reason: waiting.reason ?? "", message: waiting.message ?? "")
        }
        let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
        return .open(reason: scheduled?.status == .false ? scheduled?.reason ?? "Unschedulable" : "", message: "")
    }
}
