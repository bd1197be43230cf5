import AuditCore
package import CoreMetrics
import KubeClient
import KubeCore

/// `nodeaudit_recreations_total{policy,result}`, `nodeaudit_recreation_phase_seconds{phase}` and `nodeaudit_evictions_total{result}`.
package struct RecreationMetrics: Sendable {
    private let factory: any MetricsFactory

    package init(factory: any MetricsFactory) { self.factory = factory }

    /// A record that says something else of a recreation than the one before: how long a phase took, and how it ended.
    func moved(from earlier: NodeAudit?, to record: NodeAudit) {
        guard let before = earlier?.report.recreation else { return }
        let after = record.report.recreation
        if after?.phase != before.phase {
            let end = after?.phaseTime ?? record.report.transitionTime ?? before.phaseTime
            let seconds = max(0, Double((end - before.phaseTime).components.seconds))
            Recorder(
                label: "nodeaudit_recreation_phase_seconds", dimensions: [("phase", before.phase.rawValue)], aggregate: true,
                factory: factory
            ).record(seconds)
        }
        let policy = record.report.policyName
        if after == nil, before.phase == .verifying {
            count("nodeaudit_recreations_total", [("policy", policy), ("result", record.report.state.rawValue)])
        } else if let failure = after?.failure, failure != before.failure {
            count("nodeaudit_recreations_total", [("policy", policy), ("result", failure.reason)])
        }
    }

    func evicted(_ result: Eviction) {
        let word =
            switch result {
            case .evicted: "Evicted"
            case .absent, .replaced: "Gone"
            case .blocked: "Blocked"
            case .coveredTwice: "CoveredTwice"
            case .namespaceTerminating: "NamespaceTerminating"
            }
        count("nodeaudit_evictions_total", [("result", word)])
    }

    func forced(_ number: Int) {
        Counter(label: "nodeaudit_evictions_total", dimensions: [("result", "Deleted")], factory: factory).increment(by: number)
    }

    private func count(_ label: String, _ dimensions: [(String, String)]) {
        Counter(label: label, dimensions: dimensions, factory: factory).increment()
    }
}
