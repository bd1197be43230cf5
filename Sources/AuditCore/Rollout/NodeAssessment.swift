import KubeCore

/// The state of one node, with the reason a person needs and the facts it rests on.
package struct NodeAssessment: Sendable, Hashable {
    package var state: NodeState
    package var reason: String
    package var message: String
    /// What the node runs.
    package var revision: String?
    package var auditRevision: String?
    /// The kernel's words on the node's present boot; nil when there are none.
    package var kernel: NodeAudit.Kernel?
    package var isDelivering: Bool
    /// Waiting for a turn in a roll-out that progresses: counted, not written.
    package var isInTransit: Bool
    /// Of a node that shall be clean: nothing more is done to it.
    package var isSettled = false

    package var isLocked: Bool { kernel?.enabled == .locked }
}

extension NodeAssessment {
    /// Judges one node. Pure: the same evidence gives the same answer.
    ///
    /// A report counts only when it was made on the node's present boot; an unreadable one is no evidence, and the
    /// record of the same boot stands.
    package init(_ evidence: NodeEvidence) {
        let agent = evidence.pods.first { !$0.isDeleting } ?? evidence.pods.first
        let kernel = KernelFinding(evidence, agent: agent)
        self.init(.pending, "")
        self.kernel = kernel?.facts
        revision = agent?.collector.hasStarted == true ? agent?.revision : evidence.storedOnThisBoot?.revision
        // A kernel that is locked with other rules still has those that it was locked with.
        let holdsOthers = kernel?.outcome == .lockedOther
        auditRevision =
            agent?.collector.hasStarted == true && !holdsOthers ? agent?.auditRevision : evidence.storedOnThisBoot?.auditRevision
        isDelivering = agent?.collector.isReady ?? false
        judge(evidence, agent: agent, kernel: kernel)
        message = message.prefixOfUTF8(512)
    }

    private mutating func judge(_ evidence: NodeEvidence, agent: AgentPodView?, kernel: KernelFinding?) {
        guard evidence.node.isReady else {
            return set(.unreachable, evidence.node.notReadyReason, "the node is not Ready; nothing can be read from its kernel")
        }
        guard let agent else {
            return set(.pending, "NoAgent", "no agent pod on this node yet", inTransit: true)
        }
        if !agent.refusal.isEmpty { return set(.failed, agent.refusal, "the agent pod \(agent.key.name) is refused") }
        guard let kernel else { return judgeWaiting(agent) }
        switch kernel.outcome {
        case .active: judgeActive(evidence, agent: agent, detail: kernel.detail(or: ""))
        case .inactive: set(.failed, "NotAuditing", kernel.detail(or: "the set-up ran and the kernel does not audit as wanted"))
        case .lockedOther:
            set(.outdated, "LockedWithOtherRules", "the kernel is locked with other rules until its next boot; its records are collected")
        case .unsupported: set(.unsupported, "Unsupported", kernel.detail(or: "auditing cannot be set up on this node"))
        case .failed: set(.failed, "SetupFailed", kernel.detail(or: "the set-up failed without saying why"))
        }
    }

    /// - Parameter detail: what the set-up said beside its success, such as rules that it left out.
    private mutating func judgeActive(_ evidence: NodeEvidence, agent: AgentPodView, detail: String) {
        guard agent.revision == evidence.intent.revision else {
            return set(.outdated, "RollingOut", "audits, and runs an older revision until its turn comes", inTransit: true)
        }
        guard agent.collector.hasStarted else {
            if agent.collector.waitingReason.isTransientWaiting {
                return set(.pending, "CollectorStarting", "the kernel audits; the collector is starting", inTransit: true)
            }
            return set(.failed, agent.collector.waitingReason, agent.collector.waitingMessage.orElse("the collector cannot start"))
        }
        set(.applied, "Applied", detail)
    }

    private mutating func judgeWaiting(_ agent: AgentPodView) {
        switch agent.setup {
        case .waiting(let reason, let message):
            if reason.isTransientWaiting { return set(.pending, "SetupRunning", "the set-up has not reported yet", inTransit: true) }
            set(.failed, reason, message.orElse("the set-up cannot start"))
        case .unreadable(let problem, let exitCode):
            set(.failed, "ReportUnreadable", "the set-up ended with exit code \(exitCode) and its report is no evidence: \(problem)")
        case .reported(let report, _, _):
            set(.pending, "OtherBoot", "the last report is of boot \(report.boot), not of the present one", inTransit: true)
        }
    }

    private mutating func set(_ state: NodeState, _ reason: String, _ message: String, inTransit: Bool = false) {
        self.state = state
        self.reason = reason
        self.message = message
        isInTransit = inTransit
    }
}

extension NodeEvidence {
    /// The record, if it speaks of the boot that the node is on now.
    var storedOnThisBoot: NodeAudit.Report? {
        guard let report = stored?.report, report.bootID == node.bootID, report.nodeUID == node.uid, report.policyName == intent.policyName
        else { return nil }
        return report
    }
}

extension String {
    /// Reasons that pass by themselves in a pod that starts as it should.
    var isTransientWaiting: Bool { isEmpty || self == "PodInitializing" || self == "ContainerCreating" }

    func orElse(_ other: String) -> String { isEmpty ? other : self }

    /// The longest prefix of at most so many bytes that does not cut a character.
    func prefixOfUTF8(_ limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var prefix = Substring(self)
        while prefix.utf8.count > limit - 3 { prefix.removeLast() }
        return prefix + "…"
    }
}
