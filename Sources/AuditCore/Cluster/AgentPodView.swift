package import KubeCore

/// What is kept of an agent's pod: whose it is, what it runs, what its set-up reported and whether its collector started.
package struct AgentPodView: Sendable, Hashable {
    package var key: ObjectKey
    package var uid: String
    package var nodeName: String
    package var policyName: String
    /// `status.revision` of the policy when this pod was made.
    package var revision: String
    package var auditRevision: String
    package var isDeleting: Bool
    package var creationTimestamp: Timestamp
    package var setup: Setup
    package var collector: Collector
    /// ConfigMaps that it mounts, sorted.
    package var configMaps: [String]
    /// Why the scheduler or the kubelet refuses the pod as a whole; empty when they do not.
    package var refusal: String

    package enum Setup: Sendable, Hashable {
        /// Not finished in this pod yet; the reason that the kubelet gives for waiting, if any.
        case waiting(reason: String, message: String)
        /// It finished, or failed and waits to be tried again; what it reported, and when.
        case reported(NodeReport, exitCode: Int, at: Timestamp?)
        /// It finished and its report is absent or unreadable, with the reason: no evidence of anything.
        case unreadable(String, exitCode: Int)
    }

    package struct Collector: Sendable, Hashable {
        /// It runs, or ran at least once in this pod.
        package var hasStarted: Bool
        /// Its health is good: records are being delivered as far as it can tell.
        package var isReady: Bool
        /// Why it waits, such as `ImagePullBackOff`; empty when it does not.
        package var waitingReason: String
        package var waitingMessage: String
    }

    /// nil for a pod that is bound to no node yet or does not say whose it is.
    package init?(_ pod: Pod) {
        guard let nodeName = pod.nodeName ?? pod.pinnedNodeName, let policyName = pod.labels[WellKnown.Label.policy] else { return nil }
        key = pod.key
        uid = pod.uid
        self.nodeName = nodeName
        self.policyName = policyName
        revision = pod.metadata.annotations?[WellKnown.Annotation.revision] ?? ""
        auditRevision = pod.metadata.annotations?[WellKnown.Annotation.auditRevision] ?? ""
        isDeleting = pod.metadata.isDeleting
        creationTimestamp = pod.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        setup = Setup(pod.initContainer(WellKnown.ContainerName.setup))
        collector = Collector(pod.container(WellKnown.ContainerName.collector))
        configMaps = (pod.spec?.volumes ?? []).compactMap(\.configMap?.name).sorted()
        refusal = Self.refusal(of: pod)
    }

    private static func refusal(of pod: Pod) -> String {
        if pod.status?.phase == "Failed" { return pod.status?.reason ?? "PodFailed" }
        let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
        return scheduled?.status == .false ? scheduled?.reason ?? "Unschedulable" : ""
    }
}

extension AgentPodView.Setup {
    /// The running or last finished attempt counts: a report outlives the restart of its container.
    init(_ status: ContainerStatus?) {
        guard let terminated = status?.state?.terminated ?? status?.lastState?.terminated else {
            let waiting = status?.state?.waiting
            self = .waiting(reason: waiting?.reason ?? "", message: waiting?.message ?? "")
            return
        }
        switch NodeReport.parse(terminated.message ?? "") {
        case .success(let report): self = .reported(report, exitCode: terminated.exitCode, at: terminated.finishedAt)
        case .failure(let problem): self = .unreadable(problem.description, exitCode: terminated.exitCode)
        }
    }
}

extension AgentPodView.Collector {
    init(_ status: ContainerStatus?) {
        let waiting = status?.state?.waiting
        hasStarted = status?.state?.running != nil || status?.state?.terminated != nil || status?.lastState?.terminated != nil
        isReady = status?.ready ?? false
        waitingReason = waiting?.reason ?? ""
        waitingMessage = waiting?.message ?? ""
    }
}

extension Pod {
    /// The node that a DaemonSet's pod is meant for before the scheduler binds it: its pinned node affinity.
    var pinnedNodeName: String? {
        let terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
        let field = terms?.first?.matchFields?.first { $0.key == "metadata.name" && $0.operator == .in }
        return field?.values?.first
    }
}
