import KubeCore

/// What a kernel said last on the node's present boot: to the agent's set-up, to a probe since, or in the record when their pods
/// are gone.
struct KernelFinding {
    var outcome: NodeReport.Outcome
    var facts: NodeAudit.Kernel
    private var detail: String

    /// nil when nothing is known of this boot.
    init?(_ evidence: NodeEvidence, agent: AgentPodView?) {
        var candidates: [KernelFinding] = []
        var setupTime: Timestamp?
        if case .reported(let report, _, let time)? = agent?.setup, report.boot == evidence.node.bootID {
            candidates.append(KernelFinding(report, at: time))
            setupTime = time ?? Timestamp(seconds: 0)
        }
        if let task = evidence.task, task.task == .probe, case .reported(let report, let time) = task.ending,
            report.boot == evidence.node.bootID, report.outcome != .failed
        {
            candidates.append(KernelFinding(report, at: time))
        }
        if let stored = Self(stored: evidence, setupTime: setupTime, isSettingUp: agent?.isSettingUp == true) { candidates.append(stored) }
        let latest = candidates.max { ($0.facts.observedTime ?? .distantPast) < ($1.facts.observedTime ?? .distantPast) }
        guard let latest else { return nil }
        self = latest
    }

    private init(_ report: NodeReport, at time: Timestamp?) {
        outcome = report.outcome
        facts = NodeAudit.Kernel(report, at: time)
        detail = report.detail
    }

    /// The last evidence for the same boot stands while a pod's own report is absent or unreadable, and when it is younger, as after a
    /// probe whose pod is gone.
    private init?(stored evidence: NodeEvidence, setupTime: Timestamp?, isSettingUp: Bool) {
        guard let stored = evidence.storedOnThisBoot, let kernel = stored.kernel else { return nil }
        let isYounger = setupTime.map { $0 < kernel.observedTime ?? .distantPast } ?? isSettingUp
        guard isYounger else { return nil }
        switch kernel.outcome {
        case .active: outcome = .active
        case .inactive: outcome = .inactive
        case .lockedOther: outcome = .lockedOther
        case nil:
            guard stored.state == .applied else { return nil }
            outcome = .active
        }
        facts = kernel
        detail = stored.message ?? ""
    }

    func detail(or other: String) -> String { detail.orElse(other) }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(seconds: 0)
}

extension AgentPodView {
    /// Its set-up has neither failed nor reported in this pod.
    fileprivate var isSettingUp: Bool {
        switch setup {
        case .waiting, .unreadable(_, exitCode: 0): true
        case .reported, .unreadable: false
        }
    }
}

extension NodeAudit.Kernel {
    init(_ report: NodeReport, at time: Timestamp?) {
        self.init(enabled: report.enabled == 2 ? .locked : report.enabled == 1 ? .on : .off, ruleCount: report.rules)
        outcome =
            switch report.outcome {
            case .active: .active
            case .inactive: .inactive
            case .lockedOther: .lockedOther
            case .unsupported, .failed: nil
            }
        rulesHash = report.hash
        baselineHash = report.baseline
        lost = report.lost
        backlogLimit = report.backlogLimit
        failureMode =
            switch report.failure {
            case 0: .silent
            case 1: .log
            case 2: .panic
            default: nil
            }
        observedTime = time
    }
}
