import KubeCore

/// One look at a node that shall be clean and whose machine is not being replaced: the agent leaves, a task cleans in place, and
/// its report decides.
///
/// Guarantees: pure; an agent and a sweep are never on one node; only a kernel that is known to be locked is put on the list of
/// those that must go.
struct CleanupLook {
    private let look: NodeCase
    private let cause: NodeRecreation.Cause
    private(set) var plan: NodePlan

    init(_ look: NodeCase, cause: NodeRecreation.Cause) {
        self.look = look
        self.cause = cause
        plan = NodePlan(.unproven("nobody has asked its kernel yet"), memory: look.memory)
        act()
    }

    private mutating func act() {
        guard let node = look.node else {
            if let stored = look.stored { plan.steps = [.deleteRecord(name: look.name, uid: stored.uid)] }
            plan.believed = .settled(.clean, "MachineGone", "")
            return
        }
        guard look.agents.isEmpty else {
            return node.isReady ? wait("AgentLeaving", "its agent is leaving") : beUnreachable(node)
        }
        if let stored = look.stored?.report, stored.state == .clean, stored.policyName == look.intent.policyName {
            // On a later boot, too: no agent of ours has been there since.
            plan.memory.belief = NodeLook.Memory()
            plan.believed = .settled(.clean, stored.reason ?? "", stored.message ?? "", known: look.storedOnThisBoot)
            return
        }
        guard node.isReady else {
            guard look.stored == nil else { return beUnreachable(node) }
            let assessment = NodeAssessment.settled(.clean, "NeverAudited", "no agent ran there")
            // A policy that goes writes no records of nodes that never had one.
            guard look.intent.isDeleting else { return settle(assessment) }
            plan.believed = assessment
            return
        }
        plan.memory.belief = NodeLook.Memory()
        if look.intent.recreation.onDisable == .orphan { return leave("Orphaned", "it was left as it is (spec.recreation.onDisable)") }
        if look.intent.recreation.onDisable == .inPlace, let stored = look.storedOnThisBoot, stored.isLeft {
            plan.believed = .settled(.outdated, stored.reason ?? "", stored.message ?? "", known: stored)
            return
        }
        if look.intent.isPaused { return wait("Paused", "spec.mode is Paused") }
        if look.intent.recreation.onDisable == .recreate, wasAudited { return open(look.storedOnThisBoot?.kernel, node) }
        clean(node)
    }

    /// An agent has been there in this boot, as far as the record tells.
    private var wasAudited: Bool { look.storedOnThisBoot?.kernel != nil && look.storedOnThisBoot?.state != .unsupported }

    private mutating func clean(_ node: NodeView) {
        switch TaskCourse.answer(from: .sweep, look, &plan) {
        case .pending(let reason, let message): wait(reason, message)
        case .failed(let message):
            // What cannot be asked and was locked when last heard of is as good as locked.
            if look.memory.taskFailures >= 3, let kernel = look.storedOnThisBoot?.kernel, kernel.enabled == .locked, replaces {
                return open(kernel, node)
            }
            settle(NodeAssessment(.failed, "SweepFailed", message))
        case .reported(let report, let time):
            let verdict = CleanVerdict(report)
            if verdict.isClean { return settle(.clean(verdict, report, at: time)) }
            let kernel = NodeAudit.Kernel(report, at: time)
            if verdict.isLocked || look.intent.recreation.onDisable == .recreate {
                guard replaces else { return leave("LeftLocked", verdict.message, kernel) }
                return open(kernel, node)
            }
            if look.intent.recreation.onDisable == .inPlace { return leave(verdict.reason, verdict.message, kernel) }
            // Not locked and not clean: swept again.
            var failed = NodeAssessment(.failed, verdict.reason, verdict.message)
            failed.kernel = kernel
            TaskCourse.repeatLater(verdict.message, look, &plan)
            settle(failed)
        }
    }

    private var replaces: Bool {
        switch look.intent.recreation.onDisable {
        case .auto, .recreate, .reboot: true
        case .inPlace, .orphan: false
        }
    }

    /// The node is put on the list of those whose kernel must go.
    private mutating func open(_ kernel: NodeAudit.Kernel?, _ node: NodeView) {
        let recreation = NodeRecreation(
            phase: .waiting, method: look.intent.recreation.onDisable == .reboot ? .reboot : .recreate, reason: cause,
            startTime: look.now.truncatedToSeconds, originalNodeUID: node.uid, originalBootID: node.bootID)
        var assessment = RecreationLook.assessment(look, recreation)
        assessment.kernel = kernel
        plan.believed = assessment
        if let step = look.change(to: assessment, recreation: recreation) { plan.steps.append(step) }
    }

    private mutating func leave(_ reason: String, _ message: String, _ kernel: NodeAudit.Kernel? = nil) {
        var assessment = NodeAssessment.settled(.outdated, reason, message, known: look.storedOnThisBoot)
        if let kernel { assessment.kernel = kernel }
        settle(assessment)
    }

    private mutating func wait(_ reason: String, _ message: String) {
        plan.believed = .unproven(message, reason: reason, known: look.storedOnThisBoot)
    }

    private mutating func settle(_ assessment: NodeAssessment) {
        plan.believed = assessment
        if let step = look.change(to: assessment, recreation: nil) { plan.steps.append(step) }
    }

    /// Believed and written when it has lasted; meanwhile the node stands as it stood.
    private mutating func beUnreachable(_ node: NodeView) {
        var assessment = NodeAssessment.unproven("", known: look.storedOnThisBoot)
        assessment.state = .unreachable
        assessment.reason = node.notReadyReason
        assessment.message = "the node is not Ready; it can be neither cleaned nor asked"
        assessment.isInTransit = false
        let since = look.memory.belief.candidate == .unreachable ? look.memory.belief.since : look.uptime
        plan.memory.belief = NodeLook.Memory(candidate: .unreachable, since: since)
        let rest = since + NodeLook.grace - look.uptime
        guard rest <= .zero || look.stored?.report.state == .unreachable else {
            plan.wait(rest)
            return wait("NotReady", "the node is not Ready")
        }
        plan.memory.belief = NodeLook.Memory()
        settle(assessment)
    }
}

extension NodeAudit.Report {
    /// A sweep has done what it could, and that was taken for an answer.
    fileprivate var isLeft: Bool {
        state == .outdated && ["LeftLocked", "UnitActive", "RulesLeft"].contains(reason)
    }
}
