import KubeCore

/// What still has to leave a node, and what keeps it there: the filters of `kubectl drain`, with consent taken from the policy.
///
/// Stays: what a DaemonSet or the kubelet itself would bring back at once, what asks to stay by Cluster API's label, and agents
/// and tasks of ours. Finished pods go without consent, since nothing is lost with them.
package struct DrainAssessment: Sendable {
    /// May be asked to leave.
    package private(set) var leavable: [DrainPodView] = []
    /// Deleted already; their kubelet has yet to end them.
    package private(set) var leaving: [DrainPodView] = []
    /// Their claims must be read first.
    package private(set) var unread: [DrainPodView] = []
    /// Ask not to be moved, with the reason: `Force` moves them all the same.
    package private(set) var objecting: [Held] = []
    /// Need a consent that the policy does not give, with the reason: nothing moves them.
    package private(set) var forbidden: [Held] = []
    /// A pod that stays uses volumes, so that some may stay attached.
    package private(set) var volumesStay = false

    package struct Held: Sendable {
        package var pod: DrainPodView
        package var reason: String
    }

    /// `isReachable` false: nobody will end the pods that are deleted already, so that they are not waited for.
    package init(
        _ pods: [DrainPodView], drain: AuditPolicy.Drain, isReachable: Bool, usesLocalVolumes: [String: Bool]
    ) {
        for pod in pods.sorted(by: { $0.key < $1.key }) {
            if pod.isStatic || pod.isOurs || pod.asksToStay || (pod.controllerKind == "DaemonSet" && !pod.isFinished) {
                if !pod.claims.isEmpty { volumesStay = true }
            } else if pod.isDeleting {
                if isReachable { leaving.append(pod) }
            } else if pod.isFinished {
                leavable.append(pod)
            } else if let reason = Self.lackOfConsent(to: pod, drain) {
                forbidden.append(Held(pod: pod, reason: reason))
            } else if !pod.claims.isEmpty, !drain.deleteLocalVolumes, usesLocalVolumes[pod.uid] == nil {
                unread.append(pod)
            } else if !drain.deleteLocalVolumes, usesLocalVolumes[pod.uid] == true {
                let reason = "it uses a volume of this node (spec.recreation.drain.deleteLocalVolumes)"
                forbidden.append(Held(pod: pod, reason: reason))
            } else if !pod.objection.isEmpty {
                objecting.append(Held(pod: pod, reason: "it carries \(pod.objection)"))
            } else {
                leavable.append(pod)
            }
        }
    }

    package var isDone: Bool { leavable.isEmpty && leaving.isEmpty && unread.isEmpty && objecting.isEmpty && forbidden.isEmpty }

    private static func lackOfConsent(to pod: DrainPodView, _ drain: AuditPolicy.Drain) -> String? {
        if pod.controllerKind.isEmpty, !drain.evictUnmanagedPods {
            return "nobody would make another (spec.recreation.drain.evictUnmanagedPods)"
        }
        if pod.hasEmptyDir, !drain.deleteEmptyDirData { return "it has an emptyDir (spec.recreation.drain.deleteEmptyDirData)" }
        return nil
    }
}
