import AuditCore
package import CoreMetrics
import KubeClient

/// `nodeaudit_recreations_total{policy,result}`, `nodeaudit_recreation_phase_seconds{phase}` and `nodeaudit_evictions_total{result}`.
package struct RecreationMetrics: Sendable {
    private let factory: any MetricsFactory

    package init(factory: any MetricsFactory) { self.factory = factory }

    /// A record that closes a recreation says how it ended.
    func wrote(_ record: NodeAudit) {
        guard let recreation = record.report.recreation else { return }
        guard recreation.failure?.time == recreation.phaseTime || recreation.phase == .waiting else { return }
        if let failure = recreation.failure {
            count("nodeaudit_recreations_total", [("policy", record.report.policyName), ("result", failure.reason)])
        }
    }

    func requested(_ note: NodeNote, of policy: String?) {
        let result: String
        switch note {
        case .accepted: result = "Accepted"
        case .wished: result = "Wished"
        case .refused(let refusal): result = refusal.reason
        default: return
        }
        count("nodeaudit_recreations_total", [("policy", policy ?? ""), ("result", result)])
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
