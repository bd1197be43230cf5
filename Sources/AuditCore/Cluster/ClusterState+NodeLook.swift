package import KubeCore

extension ClusterState {
    package struct NodeLookResult: Sendable {
        package var steps: [NodeStep] = []
        package var wake: Set<LookKey> = []
        package var lookAgainAfter: Duration?
        /// Who is responsible for it.
        package var policy: String?
    }

    /// Looks at one node and takes what was found into the counts. Its cost does not depend on how many nodes there are.
    package mutating func look(atNode name: String, now: Timestamp, uptime: Duration) -> NodeLookResult {
        guard isPrimed else { return NodeLookResult() }
        // Our own write is on its way back: the watch wakes us when it is here.
        if let pending = pendingRecords[name], uptime < pending.expires { return NodeLookResult(lookAgainAfter: pending.expires - uptime) }
        guard let (intent, isSelected) = fleet.keeper(of: name) else { return lookAtOrphan(name, uptime: uptime) }
        var look = NodeCase(
            name: name, node: fleet.node(name), intent: intent, isSelected: isSelected, agents: agents.on(node: name), task: tasks.on(name),
            stored: record(name), pods: nodePods.on(name), memory: memories[name] ?? NodeMemory(),
            isAdmitted: admitted[intent.policyName]?.contains(name) == true, hasTaskSlot: tasks.hasSlot(for: name), now: now, uptime: uptime
        )
        look.recordsAreRefused = hindrances.recordRefusal != nil
        return take(NodePlan(for: look), look)
    }

    private mutating func take(_ plan: NodePlan, _ look: NodeCase) -> NodeLookResult {
        var result = NodeLookResult(steps: plan.steps, lookAgainAfter: plan.lookAgainAfter, policy: look.intent.policyName)
        if plan.steps.contains(where: \.isDeletion) { result.checkDeletion() }
        let name = look.name
        memories[name] = plan.memory.isEmpty ? nil : plan.memory
        if plan.waitsForTaskSlot { tasks.wait(name) }
        for case .createTask in plan.steps { tasks.reserve(name) }
        if let policy = fleet.setAssessment(plan.believed, of: name) { result.wake.insert(.tally(policy)) }
        return result
    }

    /// Nobody is responsible: what is left of us goes, and a node in our hands is given back first.
    private mutating func lookAtOrphan(_ name: String, uptime: Duration) -> NodeLookResult {
        var result = NodeLookResult()
        if let task = tasks.on(name), !task.isDeleting { result.steps.append(.deleteTask(task.key, uid: task.uid)) }
        if let node = fleet.node(name), node.mark != nil {
            // The watch has yet to show the last patch.
            let rest = (memories[name]?.recreation.patchAgainAt ?? .zero) - uptime
            if rest <= .zero { result.steps.append(.release(node: name)) }
            result.lookAgainAfter = rest > .zero ? rest : RecreationMemory.patchPause
            return result
        }
        memories[name] = nil
        guard let record = record(name) else { return result }
        if record.metadata.finalizers?.isEmpty == false {
            var closed = record
            closed.report.recreation = nil
            closed.metadata.finalizers = nil
            result.steps.append(.write(closed))
        } else {
            result.steps.append(.deleteRecord(name: name, uid: record.uid))
        }
        result.checkDeletion()
        return result
    }
}

extension ClusterState.NodeLookResult {
    /// A delete that ended in nothing shows no change that would wake us.
    fileprivate mutating func checkDeletion() { lookAgainAfter = min(lookAgainAfter ?? .seconds(30), .seconds(30)) }
}

extension NodeStep {
    fileprivate var isDeletion: Bool {
        switch self {
        case .deleteRecord, .deleteTask: true
        default: false
        }
    }
}

extension NodePlan {
    /// The whole answer to one moment of one node.
    package init(for look: NodeCase) {
        if let recreation = look.recreation {
            self = RecreationLook(look, recreation, isWanted: look.wants(recreation), standing: look.standing).plan
        } else if look.intent.dismissesRecords {
            self.init(.settled(.clean, "Dismissed", ""), memory: look.memory)
            if let stored = look.stored { steps = [.deleteRecord(name: look.name, uid: stored.uid)] }
        } else if let cause = look.cleanupCause {
            self = CleanupLook(look, cause: cause).plan
        } else if look.isSelected {
            self = AuditLook(look).plan
        } else {
            self.init(deselected: look)
        }
        releaseStrayMark(look)
        if !usesTask, let task = look.task, !task.isDeleting { steps.append(.deleteTask(task.key, uid: task.uid)) }
    }

    /// It no longer matches and is left as it is: its record says so until it runs another kernel.
    private init(deselected look: NodeCase) {
        self.init(
            NodeAssessment(.outdated, "Deselected", "it no longer matches spec.nodeSelector and was left as it is"), memory: look.memory)
        believed.kernel = look.storedOnThisBoot?.kernel
        guard let stored = look.stored, look.agents.isEmpty else { return }
        let isAudited = look.storedOnThisBoot?.kernel != nil && stored.report.state != .unsupported && stored.report.state != .clean
        if isAudited {
            steps = look.change(to: believed, recreation: nil).map { [$0] } ?? []
        } else {
            steps = [.deleteRecord(name: look.name, uid: stored.uid)]
        }
    }

    /// No node stays cordoned by us without an open record.
    private mutating func releaseStrayMark(_ look: NodeCase) {
        guard look.recreation == nil, let node = look.node, node.mark != nil else { return }
        guard look.memory.recreation.patchAgainAt <= look.uptime else { return wait(look.memory.recreation.patchAgainAt - look.uptime) }
        steps.append(.release(node: node.name))
        wait(RecreationMemory.patchPause)
    }
}

extension NodeCase {
    /// Whether anybody still wants this node to run another kernel.
    fileprivate func wants(_ recreation: NodeRecreation) -> Bool {
        if recreation.reason != .rulesChanged { return cleanupCause != nil && intent.method != nil }
        return cleanupCause == nil && isSelected && intent.recreation.onRuleChange != .manual && AuditLook.isLockedWithOurs(self)
    }

    /// Where the node stands when nothing is open any more.
    fileprivate var standing: NodeAssessment {
        if cleanupCause != nil || !isSelected { return .unproven("its recreation has ended", known: storedOnThisBoot) }
        return AuditLook.standing(self)
    }
}
