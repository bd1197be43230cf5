package import AuditCore
package import KubeCore
import KubeRuntime
import Synchronization

/// The one mutable state of the operator: what the watches show, behind a lock, and the keys that each change wakes.
///
/// Reflectors call the setters in the order of their streams; looks take consistent moments out of it.
package final class ClusterModel: Sendable {
    private let state = Mutex(ClusterState())
    /// Nodes whose pods must be followed.
    let drains = Monitor(Drains())
    private let options: AgentOptions
    private let time: any TimeSource
    private let wake: @Sendable (LookKey) -> Void

    /// `wake` is called outside the lock, once per key and change.
    package init(options: AgentOptions, time: any TimeSource, wake: @escaping @Sendable (LookKey) -> Void) {
        self.options = options
        self.time = time
        self.wake = wake
    }

    /// Takes one change and wakes what it concerns, once work has begun.
    package func change(_ apply: @Sendable (inout ClusterState) -> Set<LookKey>) {
        let (keys, drained) = state.withLock { state in
            let keys = apply(&state)
            return (state.isAwake ? keys : [], state.drainedNodes)
        }
        // Read anew under the lock of those that wait: of two changes at once the later one has the last word.
        if drains.withLock({ $0.wantedNodes != drained }) { drains.change { $0.want(state.withLock { $0.drainedNodes }) } }
        for key in keys.sorted() { wake(key) }
    }

    package func policy(_ name: String) -> AuditPolicy? { state.withLock { $0.policies[name] } }

    /// The record as the watch last showed it.
    func record(_ name: String) -> NodeAudit? { state.withLock { $0.record(name) } }

    /// One moment of one policy, with its wish made known to the nodes it selects.
    package func moment(ofPolicy name: String) -> PolicyMoment {
        let uptime = time.uptime()
        let now = time.now()
        let moment = state.withLock { $0.look(atPolicy: name, options: options, now: now, uptime: uptime) }
        if case .snapshot(_, let keys) = moment { for key in keys.sorted() { wake(key) } }
        return moment
    }

    /// Looks at one node; its policy is woken when the counts changed.
    package func look(atNode name: String) -> ClusterState.NodeLookResult {
        let uptime = time.uptime()
        let now = time.now()
        let look = state.withLock { $0.look(atNode: name, now: now, uptime: uptime) }
        for key in look.wake.sorted() { wake(key) }
        return look
    }

    /// Takes what a step for a node came to.
    package func note(_ note: NodeNote, on node: String) {
        let uptime = time.uptime()
        change { $0.note(note, on: node, uptime: uptime) }
    }

    package func applied(_ manifest: Manifest, for policy: String, because reason: ApplyReason, returned: ManagedObject, uptime: Duration) {
        state.withLock { $0.applied(manifest, for: policy, because: reason, returned: returned, uptime: uptime) }
    }

    package func wrote(_ record: NodeAudit) {
        let uptime = time.uptime()
        state.withLock { $0.wrote(record, uptime: uptime) }
    }

    package func wrotePolicy(_ name: String, revision: String?) {
        let uptime = time.uptime()
        state.withLock { $0.wrotePolicy(name, revision: revision, uptime: uptime) }
    }

    /// Wakes all policies, and one part of the nodes.
    func resync(part: Int, of parts: Int) { change { $0.resync(part: part, of: parts) } }

    /// What of the counts is not as the nodes say, in words; it is put right. The walk over all nodes holds up nobody.
    func proveCounts() -> [String] {
        let wrong = state.withLock { $0.fleet }.contradictions
        if !wrong.isEmpty { change { $0.recount() } }
        return wrong
    }

    /// The tallies of all policies, for the metrics page.
    package func tallies() -> [(policy: String, tally: Tally, isReady: Bool)] {
        state.withLock { state in
            state.policies.values.sorted { $0.name < $1.name }.map { policy in
                let ready = policy.status?.conditions?.first { $0.type == "Ready" }?.status == .true
                return (policy.name, state.fleet.tally(of: policy.name), ready)
            }
        }
    }
}
