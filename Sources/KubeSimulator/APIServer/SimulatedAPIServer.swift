package import KubeCore

/// A Kubernetes API server 1.36 in process, measured by `Tests/Recordings`: store, built-in and custom kinds, every verb.
///
/// It has two doors. Clients use `send(_:)`, the `KubeTransport` that a real cluster would be behind. Controllers that play the
/// rest of the cluster use the synchronous calls below, which neither encode nor suspend:
///
///     let pods = server.list(Pod.type, namespace: "default", selector: LabelSelector(matchLabels: ["app": "agent"]))
///     let node = server.get(Node.type, ObjectKey(name: "node-1"))                       // JSONValue?, with apiVersion and kind
///     try server.create(Pod.type, pod)                                                    // metadata.namespace says where
///     try server.update(Node.type, key) { node in node["spec"]?["unschedulable"] = true } // nil when there is no such object
///     try server.updateStatus(Pod.type, key) { pod in pod["status"] = status }
///     try server.delete(Pod.type, key, DeleteOptions(gracePeriodSeconds: 0))              // nil when there is no such object
///
///     let changes = server.subscribe(to: [Node.type, Pod.type])                           // at first: everything that exists
///     while true {
///         for reference in try await changes.next() { … server.get(reference) … }         // nil: it is gone
///     }
///
/// A subscription coalesces: it names each object that changed since the last call once, in order of first change, so it is
/// bounded by the number of objects and never expires. `server.collectGarbage()` plays the garbage collector and the namespace
/// controller for what became due since the last call; call it whenever something changed (it is cheap when nothing is due).
///
/// Tests say what goes wrong with `injectFaults(_:)` and `compact()`, what a user may do with `authorize(_:_:)` (without it, the
/// roles and bindings in the store decide), and read what was asked in `requestLog`.
///
/// Guarantees: one total order of writes; a write through either door is visible to every read that starts later; deterministic
/// for a given seed, clock and order of calls; no task is ever started and nothing waits but `next` calls and injected delays.
/// Errors: `KubeError` with the `Status` that the server would answer, from both doors; `send` throws transport failures only.
package final class SimulatedAPIServer: KubeTransport, Sendable {
    let state: ClusterLock
    package let time: any TimeSource
    package let configuration: Configuration

    package struct Configuration: Sendable {
        /// Seeds uids, generated names and jitter.
        package var seed: UInt64 = 1
        /// How many changes of each resource can be watched from; older ones are `410 Expired`.
        package var historyWindow = 100_000
        /// Whether etcd tells the watch caches every few seconds how far it is, as kubeadm sets it up
        /// (`--watch-progress-notify-interval=5s`). With etcd's own ten minutes (false), a kind without changes has nothing newer to
        /// bookmark until somebody reads it consistently.
        package var notifiesProgress = true
        /// Requests kept in the log; the oldest go first.
        package var requestLogLimit = 1_000_000
        /// Who a request is from when it names nobody. May do everything.
        package var superuser = "system:admin"
        /// Bearer tokens and their users. When empty, tokens are not looked at and everybody is the superuser.
        package var tokens: [String: String] = [:]
        /// Namespaces that exist from the start.
        package var namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"]

        package init() {}
    }

    package init(time: any TimeSource, configuration: Configuration = Configuration()) {
        self.time = time
        self.configuration = configuration
        state = ClusterLock(ClusterState(configuration: configuration, now: time.now()))
    }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        try await respond(to: request)
    }
}

/// `metav1.DeleteOptions`.
package struct DeleteOptions: Sendable, Hashable {
    package enum Propagation: String, Sendable, Hashable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }

    package var gracePeriodSeconds: Int64?
    package var propagation: Propagation?
    package var uid: String?
    package var resourceVersion: String?

    package init(
        gracePeriodSeconds: Int64? = nil, propagation: Propagation? = nil, uid: String? = nil, resourceVersion: String? = nil
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}
