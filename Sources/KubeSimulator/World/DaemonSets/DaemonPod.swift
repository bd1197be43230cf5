import KubeCore

/// What the DaemonSet controller needs to know of one of its pods.
struct DaemonPod: Sendable, Equatable {
    var key: ObjectKey
    var uid: String
    /// The node it is bound to, or the one it was made for.
    var node: String
    var isBound: Bool
    var createdAt: String
    var phase: String
    var isDeleting: Bool
    var readySince: Timestamp?
    var revision: String
    var labels: Labels

    init?(_ pod: JSONValue) {
        let bound = pod["spec"]?["nodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard let node = bound ?? NodeFit(podSpec: pod["spec"]).pinnedNode else { return nil }
        self.node = node
        isBound = bound != nil
        key = pod.namedKey
        uid = pod.uid
        createdAt = pod["metadata"]?["creationTimestamp"]?.string ?? ""
        phase = pod["status"]?["phase"]?.string ?? "Pending"
        isDeleting = pod.isDeleting
        if let ready = pod.condition("Ready"), ready["status"]?.string == "True" {
            readySince = ready["lastTransitionTime"]?.string.flatMap { Timestamp($0) }
        }
        labels = pod["metadata"]?["labels"]?.labels ?? [:]
        revision = labels["controller-revision-hash"] ?? ""
    }

    var isReady: Bool { readySince != nil }
    var isFinished: Bool { phase == "Failed" || phase == "Succeeded" }

    /// Ready for at least `minReadySeconds`.
    func isAvailable(_ minReadySeconds: Int64, at now: Timestamp) -> Bool {
        guard let readySince else { return false }
        return minReadySeconds == 0 || readySince + .seconds(minReadySeconds) <= now
    }
}

extension [DaemonPod] {
    /// Oldest first; of one age by name, so that every run agrees.
    var oldestFirst: [DaemonPod] { sorted { ($0.createdAt, $0.key) < ($1.createdAt, $1.key) } }
}
