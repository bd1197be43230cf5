package import KubeCore

/// What must be looked at again. Events carry no meaning beyond this.
package enum LookKey: Sendable, Hashable, Comparable {
    case policy(String)
    /// The policy's counts moved: a look within a second is soon enough, however many nodes move.
    case tally(String)
    case node(String)
}

/// Everything that the operator knows of the cluster, kept change by change from the watches.
///
/// Guarantees: pure; each change answers which keys must be looked at again, and costs no more than the number of
/// policies, except for a change of what a policy selects or wants, which walks all nodes once.
package struct ClusterState: Sendable {
    package private(set) var fleet = Fleet()
    package private(set) var policies: [String: AuditPolicy] = [:]
    private var agents = AgentIndex()
    private var records: [String: NodeAudit] = [:]
    private var recordCounts: [String: Int] = [:]
    private var objects: [String: [ObjectIdentity: ManagedObject]] = [:]
    private var owners: [ObjectIdentity: String] = [:]
    private var ledgers: [String: ApplyLedger] = [:]
    private var memories: [String: NodeLook.Memory] = [:]
    private var progress: [String: Progress] = [:]
    private var judgements: [String: AcceptanceMemo] = [:]
    /// Revisions of our own record writes that the watch has not shown yet.
    private var pendingRecords: [String: String] = [:]

    /// Every policy of the first lists has been looked at: only now is a node without an owner known to have none.
    private var isPrimed = false

    /// When the nodes of a policy last moved.
    private struct Progress {
        var signature: [Int]
        var revision: String?
        var since: Duration
    }

    package init() {}
}

// MARK: - Changes that the watches show

extension ClusterState {
    package mutating func setPolicy(_ policy: AuditPolicy) -> Set<LookKey> {
        policies[policy.name] = policy
        let overlapsMayHaveChanged = fleet.setClaim(Fleet.Claim(policy))
        return overlapsMayHaveChanged ? allPolicies : [.policy(policy.name)]
    }

    package mutating func removePolicy(_ name: String) -> Set<LookKey> {
        guard policies.removeValue(forKey: name) != nil else { return [] }
        ledgers[name] = nil
        progress[name] = nil
        judgements[name] = nil
        var keys = fleet.removeClaim(of: name) ? allPolicies : []
        keys.formUnion(fleet.removeIntent(of: name).map { .node($0) })
        // Records of nodes that nobody owned any more are found by their label.
        keys.formUnion(records.values.filter { $0.report.policyName == name }.map { .node($0.name) })
        return keys
    }

    package mutating func setNode(_ node: NodeView) -> Set<LookKey> {
        Set(fleet.setNode(node).map { .tally($0) }).union([.node(node.name)])
    }

    package mutating func removeNode(_ name: String) -> Set<LookKey> {
        memories[name] = nil
        return Set(fleet.removeNode(name).map { .tally($0) }).union([.node(name)])
    }

    package mutating func setAgent(_ pod: AgentPodView) -> Set<LookKey> {
        let before = agents.set(pod)
        return Set([pod, before].compactMap { $0 }.flatMap { [.node($0.nodeName), .tally($0.policyName)] })
    }

    package mutating func removeAgent(_ key: ObjectKey) -> Set<LookKey> {
        guard let pod = agents.remove(key) else { return [] }
        return [.node(pod.nodeName), .tally(pod.policyName)]
    }

    package mutating func setRecord(_ record: NodeAudit) -> Set<LookKey> {
        if let before = records[record.name] { recordCounts[before.report.policyName, default: 0] -= 1 }
        records[record.name] = record
        recordCounts[record.report.policyName, default: 0] += 1
        if let pending = pendingRecords[record.name], !isOlder(record.metadata.resourceVersion, than: pending) {
            pendingRecords[record.name] = nil
        }
        return [.node(record.name)]
    }

    package mutating func removeRecord(_ name: String) -> Set<LookKey> {
        guard let record = records.removeValue(forKey: name) else { return [] }
        recordCounts[record.report.policyName, default: 0] -= 1
        pendingRecords[name] = nil
        return [.node(name), .tally(record.report.policyName)]
    }

    package mutating func setObject(_ object: ManagedObject) -> Set<LookKey> {
        guard let policy = object.policyName ?? owners[object.identity] else { return [] }
        owners[object.identity] = policy
        objects[policy, default: [:]][object.identity] = object
        ledgers[policy]?.observed(object)
        return [.policy(policy)]
    }

    package mutating func removeObject(_ identity: ObjectIdentity) -> Set<LookKey> {
        guard let policy = owners.removeValue(forKey: identity) else { return [] }
        objects[policy]?[identity] = nil
        return [.policy(policy)]
    }

    /// The first lists are complete. Returns what to look at first.
    package mutating func synced() -> Set<LookKey> {
        policies.isEmpty ? prime() : allPolicies
    }

    private mutating func prime() -> Set<LookKey> {
        isPrimed = true
        return Set((fleet.nodeNames + records.keys).map { .node($0) })
    }

    private var allPolicies: Set<LookKey> { Set(policies.keys.map { .policy($0) }) }

    private func isOlder(_ revision: String?, than other: String) -> Bool {
        ApplyLedger.isOlder(revision ?? "", than: other)
    }
}

// MARK: - What came of our own steps

extension ClusterState {
    package mutating func applied(
        _ manifest: Manifest, for policy: String, because reason: ApplyReason, returned: ManagedObject, uptime: Duration
    ) {
        ledgers[policy, default: ApplyLedger()].applied(manifest, because: reason, returned: returned, uptime: uptime)
        // The watch may have been faster than the answer to our own request.
        if let seen = objects[policy]?[manifest.identity] { ledgers[policy]?.observed(seen) }
    }

    package mutating func wrote(_ record: NodeAudit) {
        guard let revision = record.metadata.resourceVersion else { return }
        if isOlder(records[record.name]?.metadata.resourceVersion ?? "0", than: revision) { pendingRecords[record.name] = revision }
    }
}

// MARK: - Looks

extension ClusterState {
    /// What to do about a node's record.
    package enum RecordStep: Sendable {
        case write(NodeAudit)
        case delete(name: String, uid: String)
    }

    /// Looks at one node and takes what was found into the counts.
    package mutating func look(
        atNode name: String, now: Timestamp, uptime: Duration
    ) -> (step: RecordStep?, wake: Set<LookKey>, lookAgainAfter: Duration?) {
        guard isPrimed else { return (nil, [], nil) }
        // Our own write is on its way back: the watch wakes us when it is here.
        if pendingRecords[name] != nil { return (nil, [], nil) }
        let stored = records[name]
        guard let node = fleet.node(name), let intent = fleet.owner(of: name) else { return (deletion(of: stored), [], nil) }
        let pods = agents.on(node: name, of: intent.policyName)
        if intent.isDeleting { return (pods.isEmpty ? deletion(of: stored) : nil, [], nil) }
        let evidence = NodeEvidence(node: node, intent: intent, pods: pods, stored: stored)
        let look = NodeLook(evidence, memory: memories[name] ?? NodeLook.Memory(), now: now, uptime: uptime)
        memories[name] = look.memory.candidate == nil ? nil : look.memory
        let wake = fleet.setAssessment(look.believed, of: name).map { Set([LookKey.tally($0)]) } ?? []
        return (look.write.map { .write($0) }, wake, look.lookAgainAfter)
    }

    private func deletion(of record: NodeAudit?) -> RecordStep? {
        record.map { .delete(name: $0.name, uid: $0.uid) }
    }

    /// One moment of one policy, after its wish for nodes has been made known to the fleet. `wake` names the nodes that
    /// this changed. nil when there is no such policy.
    package mutating func look(
        atPolicy name: String, options: AgentOptions, now: Timestamp, uptime: Duration
    ) -> (snapshot: PolicySnapshot, wake: Set<LookKey>)? {
        guard let policy = policies[name] else { return nil }
        let overlap = fleet.overlap(of: name)
        let rendering = judgements[name, default: AcceptanceMemo()].judge(policy, options: options, overlap: overlap)
        let running = RunningAgent(objects[name] ?? [:])
        let intent = intent(of: policy, rendering: rendering, running: running)
        var wake = Set(fleet.setIntent(intent).map { LookKey.node($0) })
        if !isPrimed, policies.keys.allSatisfy({ fleet.intent(of: $0) != nil }) { wake.formUnion(prime()) }
        let tally = fleet.tally(of: name)
        let snapshot = PolicySnapshot(
            policy: policy, rendering: rendering, objects: objects[name] ?? [:], ledger: ledgers[name] ?? ApplyLedger(), tally: tally,
            runningRevision: running?.revision, runningAuditRevision: running?.auditRevision, agentPodCount: agents.count(of: name),
            configMapsInUse: agents.configMapsInUse(by: name), nodeAuditCount: recordCounts[name] ?? 0,
            timeWithoutProgress: timeWithoutProgress(of: name, tally.counts, revision: intent.revision, uptime: uptime), uptime: uptime,
            now: now)
        return (snapshot, wake)
    }

    /// A refused or paused specification wants nothing new: what runs goes on.
    private func intent(of policy: AuditPolicy, rendering: PolicySnapshot.Rendering, running: RunningAgent?) -> PolicyIntent {
        if case .accepted(let agent) = rendering, policy.spec.mode == .enforce || policy.metadata.isDeleting {
            return PolicyIntent(policy: policy, revision: agent.revision, auditRevision: agent.auditRevision)
        }
        let known = fleet.intent(of: policy.name)
        var intent = PolicyIntent(
            policy: policy, revision: known?.revision ?? running?.revision, auditRevision: known?.auditRevision ?? running?.auditRevision)
        if let selector = known?.revision != nil ? known?.nodeSelector : running?.nodeSelector { intent.nodeSelector = selector }
        return intent
    }

    private mutating func timeWithoutProgress(
        of policy: String, _ counts: AuditPolicy.NodeCounts, revision: String?, uptime: Duration
    ) -> Duration {
        let signature = NodeState.allCases.map { counts[$0] }
        if let known = progress[policy], known.signature == signature, known.revision == revision { return uptime - known.since }
        progress[policy] = Progress(signature: signature, revision: revision, since: uptime)
        return .zero
    }
}
