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
    var records: [String: NodeAudit] = [:]
    var recordCounts: [String: Int] = [:]
    var objects: [String: [ObjectIdentity: ManagedObject]] = [:]
    var owners: [ObjectIdentity: String] = [:]
    var ledgers: [String: ApplyLedger] = [:]
    var memories: [String: NodeMemory] = [:]
    var progress: [String: Progress] = [:]
    var judgements: [String: AcceptanceMemo] = [:]
    /// Revisions of our own record writes that the watch has not shown yet.
    var pendingRecords: [String: String] = [:]
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

    /// Every policy of the first lists has been looked at: only now is a node without an owner known to have none.
    var isPrimed = false

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
        let overlapsMayHaveChanged = fleet.setClaim(Fleet.Claim(policy))
        return overlapsMayHaveChanged ? allPolicies : [.policy(policy.name)]
    }

    package mutating func removePolicy(_ name: String) -> Set<LookKey> {
        guard policies.removeValue(forKey: name) != nil else { return [] }
        ledgers[name] = nil
        progress[name] = nil
        admitted[name] = nil
        lastFinished[name] = nil
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
        memories[name]?.belief = NodeLook.Memory()
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

    package mutating func setTask(_ pod: TaskPodView) -> Set<LookKey> {
        let before = tasks.set(pod)
        hindrances.taskRefusal = nil
        return Set([pod, before].compactMap { $0 }.flatMap { [.node($0.nodeName), .tally($0.policyName)] })
    }

    package mutating func removeTask(_ key: ObjectKey) -> Set<LookKey> {
        guard let (pod, next) = tasks.remove(key) else { return [] }
        return Set([.node(pod.nodeName), .tally(pod.policyName)] + next.map { .node($0) })
    }

    package mutating func setRecord(_ record: NodeAudit) -> Set<LookKey> {
        let name = record.name
        if let before = records[name] { recordCounts[before.report.policyName, default: 0] -= 1 }
        records[name] = record
        recordCounts[record.report.policyName, default: 0] += 1
        if let pending = pendingRecords[name], !isOlder(record.metadata.resourceVersion, than: pending) { pendingRecords[name] = nil }
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
        guard let record = records.removeValue(forKey: name) else { return [] }
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

    package func record(_ name: String) -> NodeAudit? { records[name] }

    /// The first lists are complete. Returns what to look at first.
    package mutating func synced() -> Set<LookKey> {
        policies.isEmpty ? prime() : allPolicies
    }

    mutating func prime() -> Set<LookKey> {
        isPrimed = true
        return Set((fleet.nodeNames + records.keys).map { .node($0) })
    }

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

    package mutating func wrote(_ record: NodeAudit) {
        guard let revision = record.metadata.resourceVersion else { return }
        if isOlder(records[record.name]?.metadata.resourceVersion ?? "0", than: revision) { pendingRecords[record.name] = revision }
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
