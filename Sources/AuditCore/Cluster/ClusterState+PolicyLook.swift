package import KubeCore

/// What there is to decide on.
package enum PolicyMoment: Sendable {
    case absent
    /// Our own write is on its way back. The watch wakes us when it is here; if it never is, we go on after this time.
    case pending(Duration)
    case snapshot(PolicySnapshot, wake: Set<LookKey>)
}

extension ClusterState {
    /// One moment of one policy, after its wish for nodes has been made known to the fleet and those whose turn has come have been
    /// told. `wake` names what this changed.
    package mutating func look(atPolicy name: String, options: AgentOptions, now: Timestamp, uptime: Duration) -> PolicyMoment {
        guard let policy = policies[name] else { return .absent }
        if let pending = pendingPolicies[name], uptime < pending.expires { return .pending(pending.expires - uptime) }
        let overlap = fleet.overlap(of: name)
        let rendering = judgements[name, default: AcceptanceMemo()].judge(policy, options: options, overlap: overlap)
        let running = RunningAgent(objects[name] ?? [:])
        let taskConfiguration = TaskPod.configMap(for: policy, options: options)
        var intent = intent(of: policy, rendering: rendering, running: running)
        intent.tasks = tasks(of: policy, configMap: taskConfiguration, options: options)
        // Decided on the counts of before: who is settled stays so until somebody looks again.
        intent.dismissesRecords = policy.metadata.isDeleting && isCleanedUp(intent)
        var wake = Set(fleet.setIntent(intent).map { LookKey.node($0) })
        if canBePrimed { wake.formUnion(prime()) }
        let admission = admit(intent, options: options, now: now, uptime: uptime)
        wake.formUnion(admission.admitted.map { .node($0) })
        var snapshot = PolicySnapshot(
            policy: policy, rendering: rendering, objects: objects[name] ?? [:], ledger: ledgers[name] ?? ApplyLedger(),
            tally: fleet.tally(of: name), now: now, uptime: uptime)
        snapshot.taskConfiguration = taskConfiguration
        snapshot.runningRevision = running?.revision
        snapshot.runningAuditRevision = running?.auditRevision
        snapshot.agentPodCount = agents.count(of: name)
        snapshot.taskPodCount = tasks.count(of: name)
        snapshot.configMapsInUse = agents.configMapsInUse(by: name).union(tasks.configMapsInUse)
        snapshot.nodeAuditCount = recordCounts[name] ?? 0
        snapshot.timeWithoutProgress = timeWithoutProgress(of: name, snapshot.tally.counts, revision: intent.revision, uptime: uptime)
        snapshot.isCleanedUp = isCleanedUp(intent)
        snapshot.admission = admission
        snapshot.hindrances = hindrances
        snapshot.hasAdmitted = admitted[name]?.isEmpty == false
        return .snapshot(snapshot, wake: wake)
    }

    /// A refused or paused specification wants nothing new: what runs goes on.
    private func intent(of policy: AuditPolicy, rendering: PolicySnapshot.Rendering, running: RunningAgent?) -> PolicyIntent {
        if case .accepted(let agent) = rendering, policy.spec.mode == .enforce || policy.cleanupCause != nil {
            return PolicyIntent(policy: policy, revision: agent.revision, auditRevision: agent.auditRevision)
        }
        let known = fleet.intent(of: policy.name)
        var intent = PolicyIntent(
            policy: policy, revision: known?.revision ?? running?.revision, auditRevision: known?.auditRevision ?? running?.auditRevision)
        if let selector = known?.revision != nil ? known?.nodeSelector : running?.nodeSelector { intent.nodeSelector = selector }
        return intent
    }

    private func tasks(of policy: AuditPolicy, configMap: ConfigMap, options: AgentOptions) -> TaskSettings? {
        let identity = ObjectIdentity(type: ConfigMap.type, key: configMap.key)
        guard let object = objects[policy.name]?[identity], !object.isDeleting else { return nil }
        return TaskSettings(
            policyName: policy.name, namespace: options.namespace, image: options.setupImage, configMap: configMap.name,
            backend: policy.spec.audit.backend.rawValue, priorityClassName: policy.spec.agent.priorityClassName)
    }

    /// No agent, no task, and no node that something is still done about.
    private func isCleanedUp(_ intent: PolicyIntent) -> Bool {
        guard isPrimed, intent.cleanupCause != nil, fleet.intent(of: intent.policyName)?.cleanupCause != nil else { return false }
        let tally = fleet.tally(of: intent.policyName)
        return tally.unsettled == 0 && tally.phases.values.allSatisfy(\.isEmpty) && agents.count(of: intent.policyName) == 0
            && tasks.count(of: intent.policyName) == 0
    }

    private mutating func admit(_ intent: PolicyIntent, options: AgentOptions, now: Timestamp, uptime: Duration) -> Admission {
        let name = intent.policyName
        let tally = fleet.tally(of: name)
        let known = admitted[name] ?? []
        let candidates = (tally.phases[.waiting] ?? []).subtracting(known).compactMap { node -> Admission.Candidate? in
            guard let view = fleet.node(node), let recreation = records[node]?.value.report.recreation else { return nil }
            return Admission.Candidate(node: view, recreation: recreation)
        }
        var circumstances = circumstances(intent, tally, known, options, now)
        circumstances.hindrance = hindrances.reason(uptime: uptime)
        // What nobody has looked at yet may be unavailable, or in our hands.
        let admission = Admission(isPrimed && tally.unjudged == 0 ? candidates : [], circumstances)
        admitted[name, default: []].formUnion(admission.admitted)
        return admission
    }

    private func circumstances(
        _ intent: PolicyIntent, _ tally: Tally, _ known: Set<String>, _ options: AgentOptions, _ now: Timestamp
    ) -> Admission.Circumstances {
        let taken = tally.unavailable.union(known)
        let others = tally.unavailable.subtracting(tally.held).subtracting(known)
        let standbys = operators.values.filter { $0.isReady && $0.nodeName != options.ownNode && !taken.contains($0.nodeName) }
        return Admission.Circumstances(
            recreation: intent.recreation, isPaused: intent.isPaused, retry: intent.retry, owned: tally.counts.owned, taken: taken,
            others: others,
            ailing: tally.ailing, failures: tally.failures, lastFinished: lastFinished[intent.policyName], ownNode: options.ownNode,
            hasStandbyElsewhere: !standbys.isEmpty, now: now)
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
