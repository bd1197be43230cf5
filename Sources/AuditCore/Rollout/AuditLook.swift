import KubeCore

/// One look at a node that shall be audited and whose machine is not being replaced: its state, whether its kernel must be read
/// again, and whether it must go because its locked rules are no longer the wanted ones.
struct AuditLook {
    private let look: NodeCase
    private(set) var plan: NodePlan

    /// What the agent's reports and the record say of a node, without patience and without memory.
    static func standing(_ look: NodeCase) -> NodeAssessment {
        guard let evidence = evidence(look) else { return NodeAssessment(.pending, "MachineAway") }
        return NodeAssessment(evidence)
    }

    private static func evidence(_ look: NodeCase) -> NodeEvidence? {
        guard let node = look.node else { return nil }
        let agents = look.agents.filter { $0.policyName == look.intent.policyName }
        return NodeEvidence(node: node, intent: look.intent, pods: agents, task: look.task, stored: look.stored)
    }

    init(_ look: NodeCase) {
        self.look = look
        plan = NodePlan(NodeAssessment(.pending, "MachineAway"), memory: look.memory)
        guard let node = look.node, let evidence = Self.evidence(look) else {
            if let stored = look.stored { plan.steps = [.deleteRecord(name: look.name, uid: stored.uid)] }
            return
        }
        let belief = NodeLook(evidence, memory: look.memory.belief, now: look.now, uptime: look.uptime)
        plan.believed = belief.believed
        plan.memory.belief = belief.memory
        plan.lookAgainAfter = belief.lookAgainAfter
        if opensRecreation(node) { return }
        let isRead = readAgain(evidence)
        if var record = belief.write ?? (isRead ? NodeAudit(belief.believed, evidence: evidence, now: look.now) : nil) {
            record.metadata.resourceVersion = look.stored?.metadata.resourceVersion
            plan.steps.insert(.write(record), at: 0)
        }
    }

    /// The kernel holds rules of ours that are no longer the wanted ones, and lets nobody change them. A lock of somebody else's is
    /// only reported: the next boot would bring it back.
    private mutating func opensRecreation(_ node: NodeView) -> Bool {
        guard Self.isLockedWithOurs(look), look.stored?.report.state == .outdated, !look.intent.isPaused else { return false }
        let method: NodeRecreation.Method
        switch look.intent.recreation.onRuleChange {
        case .recreate: method = .recreate
        case .reboot: method = .reboot
        case .manual: return false
        }
        let recreation = NodeRecreation(
            phase: .waiting, method: method, reason: .rulesChanged, startTime: look.now.truncatedToSeconds, originalNodeUID: node.uid,
            originalBootID: node.bootID)
        let assessment = RecreationLook.assessment(look, recreation)
        plan.believed = assessment
        plan.steps = look.change(to: assessment, recreation: recreation).map { [$0] } ?? []
        return true
    }

    static func isLockedWithOurs(_ look: NodeCase) -> Bool {
        guard let stored = look.storedOnThisBoot, let held = stored.auditRevision, let wanted = look.intent.auditRevision else {
            return false
        }
        return held != wanted && stored.kernel?.outcome == .lockedOther
    }

    /// Sends a probe where the last word of the kernel is too old or could not be read. True when it has answered and the record does
    /// not say so yet.
    private mutating func readAgain(_ evidence: NodeEvidence) -> Bool {
        guard evidence.node.isReady, !look.intent.isPaused else { return false }
        var due = Duration.zero
        switch (plan.believed.state, plan.believed.reason) {
        case (.applied, _), (.failed, "NotAuditing"), (.outdated, "LockedWithOtherRules"):
            guard let recheck = look.intent.recheck, let last = evidence.lastRead else { return false }
            due = last + recheck + recheck * look.name.jitter - look.now
        case (.failed, "ReportUnreadable"): break
        default: return false
        }
        guard due <= .zero else {
            plan.wait(due)
            return false
        }
        guard case .reported = TaskCourse.answer(from: .probe, look, &plan) else { return false }
        return true
    }
}

extension NodeEvidence {
    /// When the kernel was last heard, leaving out a probe whose word is not in the record yet.
    fileprivate var lastRead: Timestamp? {
        var times = [storedOnThisBoot?.kernel?.observedTime].compactMap { $0 }
        for case .reported(let report, _, let time?) in pods.map(\.setup) where report.boot == node.bootID { times.append(time) }
        return times.max()
    }
}

extension String {
    /// From 0 to a tenth, always the same for the same name (FNV-1a): so that kernels are not all read at once.
    fileprivate var jitter: Double {
        let hash = utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Double(hash % 1000) / 10_000
    }
}
