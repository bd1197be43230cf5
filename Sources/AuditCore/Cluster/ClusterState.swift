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
    package internal(set) var fleet = Fleet()
    package internal(set) var policies: [String: AuditPolicy] = [:]
    var agents = AgentIndex()
    var tasks = TaskIndex()
    var records: [String: Packed<NodeAudit>] = [:]
    var recordCounts: [String: Int] = [:]
    var objects: [String: [ObjectIdentity: ManagedObject]] = [:]
    var owners: [ObjectIdentity: String] = [:]
    var ledgers: [String: ApplyLedger] = [:]
    var memories: [String: NodeMemory] = [:]
    var progress: [String: Progress] = [:]
    var judgements: [String: AcceptanceMemo] = [:]
    /// Revisions of our own writes that the watch has not shown yet: nothing is decided on what was before them.
    var pendingRecords: [String: PendingWrite] = [:]
    var pendingPolicies: [String: PendingWrite] = [:]
    var nodePods = NodePods()
    /// Nodes whose pods must be followed.
    package private(set) var drainedNodes: Set<String> = []
    /// Nodes whose turn has come and whose record does not say so yet, by policy.
    var admitted: [String: Set<String>] = [:]
    /// When a node of the policy was last finished.
    var lastFinished: [String: Timestamp] = [:]
    var operators: [ObjectKey: OperatorPodView] = [:]
    /// What keeps all nodes from being recreated, whatever their policy.
    var hindrances = Hindrances()

    /// Somebody works: before that a change wakes nothing, since everything will be looked at.
    package private(set) var isAwake = false

    /// Every policy of the first lists has been looked at: only now is a node without an owner known to have none.
    var isPrimed = false

    /// A write of our own. It is not waited for without end: an API server that was restored from a backup never shows it.
    struct PendingWrite {
        static let patience = Duration.seconds(60)

        var revision: String
        var expires: Duration

        init(_ revision: String, at uptime: Duration) {
            self.revision = revision
            expires = uptime + Self.patience
        }
    }

    /// When the nodes of a policy last moved.
    struct Progress {
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
        if let pending = pendingPolicies[policy.name], !isOlder(policy.metadata.resourceVersion, than: pending.revision) {
            pendingPolicies[policy.name] = nil
        }
        let overlapsMayHaveChanged = fleet.setClaim(Fleet.Claim(policy))
        return overlapsMayHaveChanged ? allPolicies : [.policy(policy.name)]
    }

    package mutating func removePolicy(_ name: String) -> Set<LookKey> {
        guard policies.removeValue(forKey: name) != nil else { return [] }
        pendingPolicies[name] = nil
        ledgers[name] = nil
        progress[name] = nil
        admitted[name] = nil
        lastFinished[name] = nil
        judgements[name] = nil
        var keys = fleet.removeClaim(of: name) ? allPolicies : []
        keys.formUnion(fleet.removeIntent(of: name).map { .node($0) })
        // Records of nodes that nobody owned any more are found by their label.
        keys.formUnion(records.filter { $0.value.value.report.policyName == name }.map { .node($0.key) })
        if canBePrimed { keys.formUnion(prime()) }
        return keys
    }

    package mutating func setNode(_ name: String, _ node: Packed<NodeView>) -> Set<LookKey> {
        Set(fleet.setNode(name, node).map { .tally($0) }).union([.node(name)])
    }

    package mutating func removeNode(_ name: String) -> Set<LookKey> {
        memories[name]?.belief = NodeLook.Memory()
        return Set(fleet.removeNode(name).map { .tally($0) }).union([.node(name)])
    }

    /// Takes an agent's pod as it was and as it is; nil for absent.
    package mutating func changeAgent(from before: Packed<AgentPodView>?, to after: Packed<AgentPodView>?) -> Set<LookKey> {
        var keys: Set<LookKey> = []
        if let before {
            let pod = before.value
            agents.remove(pod, before)
            keys.formUnion([.node(fleet.known(pod.nodeName)), .tally(pod.policyName)])
        }
        if let after {
            let pod = after.value
            let node = fleet.known(pod.nodeName)
            agents.insert(pod, after, on: node)
            keys.formUnion([.node(node), .tally(pod.policyName)])
        }
        return keys
    }

    package mutating func setTask(_ pod: TaskPodView) -> Set<LookKey> {
        let before = tasks.set(pod)
        hindrances.taskRefusal = nil
        return Set([pod, before].compactMap { $0 }.flatMap { [.node($0.nodeName), .tally($0.policyName)] })
    }

    package mutating func removeTask(_ key: ObjectKey) -> Set<LookKey> {
        guard let (pod, next) = tasks.remove(key) else { return [] }
        return Set([.node(pod.nodeName), .tally(pod.policyName)] + next.map { .node($0) })
    }

    package mutating func setRecord(_ name: String, _ packed: Packed<NodeAudit>) -> Set<LookKey> {
        let record = packed.value
        if let before = records[name]?.value { recordCounts[before.report.policyName, default: 0] -= 1 }
        records[name] = packed
        recordCounts[record.report.policyName, default: 0] += 1
        if let pending = pendingRecords[name], !isOlder(record.metadata.resourceVersion, than: pending.revision) {
            pendingRecords[name] = nil
        }
        let recreation = record.report.recreation
        var keys: Set<LookKey> = [.node(name)]
        let isDrained = recreation?.phase == .cordoning || recreation?.phase == .draining
        if isDrained { drainedNodes.insert(name) } else { drainedNodes.remove(name) }
        if recreation?.phase.holdsNode ?? true || recreation?.failure != nil, withdraw(name) {
            keys.insert(.tally(record.report.policyName))
        }
        if record.report.state == .clean, let time = record.report.transitionTime {
            lastFinished[record.report.policyName] = max(lastFinished[record.report.policyName] ?? time, time)
        }
        return Set(fleet.setRecord(Fleet.RecordFacts(record), of: name).map { .tally($0) }).union(keys)
    }

    package mutating func removeRecord(_ name: String) -> Set<LookKey> {
        guard let record = records.removeValue(forKey: name)?.value else { return [] }
        recordCounts[record.report.policyName, default: 0] -= 1
        pendingRecords[name] = nil
        drainedNodes.remove(name)
        _ = withdraw(name)
        return Set(fleet.setRecord(nil, of: name).map { .tally($0) }).union([.node(name), .tally(record.report.policyName)])
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

    package mutating func setOperator(_ pod: OperatorPodView) -> Set<LookKey> {
        guard operators[pod.key] != pod else { return [] }
        operators[pod.key] = pod
        return Set(admitted.keys.map { .tally($0) })
    }

    package mutating func removeOperator(_ key: ObjectKey) -> Set<LookKey> {
        operators[key] = nil
        return []
    }

    /// All policies, and one part of the nodes.
    package func resync(part: Int, of parts: Int) -> Set<LookKey> {
        func isInPart(_ name: String) -> Bool { UInt(bitPattern: name.hashValue) % UInt(parts) == UInt(part) }
        return allPolicies.union(nodeNames.filter(isInPart).map { .node($0) })
    }

    /// Makes the counts anew.
    package mutating func recount() -> Set<LookKey> {
        fleet.recount()
        return allPolicies
    }

    package func record(_ name: String) -> NodeAudit? { records[name]?.value }

    /// The first lists are complete and work begins. Returns what to look at first.
    package mutating func synced() -> Set<LookKey> {
        isAwake = true
        return policies.isEmpty ? prime() : allPolicies
    }

    /// Work has begun, and every policy has been looked at.
    var canBePrimed: Bool { isAwake && !isPrimed && policies.keys.allSatisfy { fleet.intent(of: $0) != nil } }

    mutating func prime() -> Set<LookKey> {
        isPrimed = true
        return Set(nodeNames.map { .node($0) })
    }

    /// Nodes, and what is left of us of those that are gone; some twice.
    private var nodeNames: [String] { fleet.nodeNames + records.keys + tasks.nodeNames }

    /// Its turn is over, or begun in earnest.
    private mutating func withdraw(_ node: String) -> Bool {
        var isChanged = false
        for policy in admitted.keys where admitted[policy]?.remove(node) != nil { isChanged = true }
        return isChanged
    }

    var allPolicies: Set<LookKey> { Set(policies.keys.map { .policy($0) }) }

    func isOlder(_ revision: String?, than other: String) -> Bool {
        ApplyLedger.isOlder(revision ?? "", than: other)
    }
}

// MARK: - Pods of nodes that are drained

extension ClusterState {
    package mutating func setPod(_ pod: DrainPodView, on node: String) -> Set<LookKey> {
        nodePods.set(pod, on: node)
        return [.node(node)]
    }

    package mutating func removePod(_ key: ObjectKey, on node: String) -> Set<LookKey> {
        nodePods.remove(key, on: node)
        return [.node(node)]
    }

    package mutating func completePods(on node: String) -> Set<LookKey> {
        nodePods.complete(node)
        return [.node(node)]
    }

    package mutating func forgetPods(on node: String) { nodePods.forget(node) }
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

    package mutating func wrote(_ record: NodeAudit, uptime: Duration) {
        guard let revision = record.metadata.resourceVersion,
            isOlder(records[record.name]?.value.metadata.resourceVersion ?? "0", than: revision)
        else { return }
        pendingRecords[record.name] = PendingWrite(revision, at: uptime)
    }

    package mutating func wrotePolicy(_ name: String, revision: String?, uptime: Duration) {
        guard let revision, let known = policies[name]?.metadata.resourceVersion, isOlder(known, than: revision) else { return }
        pendingPolicies[name] = PendingWrite(revision, at: uptime)
    }

    /// Takes what a step for a node came to. The node must be looked at again.
    package mutating func note(_ note: NodeNote, on node: String, uptime: Duration) -> Set<LookKey> {
        memories[node, default: NodeMemory()].note(note, uptime: uptime)
        guard case .taskRefused(let reason) = note else { return [.node(node)] }
        hindrances.taskRefusal = Hindrances.TaskRefusal(reason: reason, at: uptime)
        return Set(tasks.giveBack(node).map { .node($0) }).union([.node(node)])
    }

    /// Takes which of the rights that a recreation needs are missing.
    package mutating func setMissingRights(_ rights: [String]) -> Set<LookKey> {
        guard hindrances.missingRights != rights else { return [] }
        hindrances.missingRights = rights
        return allPolicies
    }

    /// Takes why records cannot be written; nil when they can.
    package mutating func setRecordRefusal(_ reason: String?) -> Set<LookKey> {
        guard hindrances.recordRefusal != reason else { return [] }
        hindrances.recordRefusal = reason
        return allPolicies
    }
}
