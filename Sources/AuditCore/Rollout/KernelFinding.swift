import KubeCore

/// What a kernel said on the node's present boot: in the agent's report, or in the record when the report is gone.
struct KernelFinding {
    var outcome: NodeReport.Outcome
    var facts: NodeAudit.Kernel
    private var detail: String

    /// nil when nothing is known of this boot.
    init?(_ evidence: NodeEvidence, agent: AgentPodView?) {
        if case .reported(let report, _, let time)? = agent?.setup, report.boot == evidence.node.bootID {
            outcome = report.outcome
            facts = NodeAudit.Kernel(report, at: time)
            detail = report.detail
            return
        }
        // The last evidence for the same boot stands while a pod's own report is absent or unreadable.
        guard let stored = evidence.storedOnThisBoot, let kernel = stored.kernel, stored.state == .applied, agent?.isSettingUp == true
        else { return nil }
        outcome = .active
        facts = kernel
        detail = stored.message ?? ""
    }

    func detail(or other: String) -> String { detail.orElse(other) }
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
