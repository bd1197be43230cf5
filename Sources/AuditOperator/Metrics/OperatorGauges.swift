package import AuditCore
package import CoreMetrics
import Synchronization

/// nodeaudit's own gauges: `nodeaudit_nodes{policy,state}`, `nodeaudit_policy_ready{policy}`,
/// `nodeaudit_kernel_lost_records{policy}` and `nodeaudit_build_info`.
package final class OperatorGauges: Sendable {
    private struct Handles {
        var nodes: [NodeState: Gauge]
        var ready: Gauge
        var lost: Gauge
        var locked: Gauge
        var delivering: Gauge
    }

    private let factory: any MetricsFactory
    private let handles = Mutex<[String: Handles]>([:])

    package init(factory: any MetricsFactory) {
        self.factory = factory
        Gauge(label: "nodeaudit_build_info", dimensions: [("version", buildVersion)], factory: factory).record(1)
    }

    /// Series of policies that are gone are taken off the page.
    package func update(_ policies: [(policy: String, tally: Tally, isReady: Bool)]) {
        handles.withLock { handles in
            for (policy, tally, isReady) in policies {
                let known = handles[policy] ?? make(policy)
                handles[policy] = known
                for (state, gauge) in known.nodes { gauge.record(tally.counts[state]) }
                known.ready.record(isReady ? 1 : 0)
                known.lost.record(tally.lostRecords)
                known.locked.record(tally.counts.locked)
                known.delivering.record(tally.counts.delivering)
            }
            let present = Set(policies.map(\.policy))
            for (policy, gone) in handles where !present.contains(policy) {
                for gauge in Array(gone.nodes.values) + [gone.ready, gone.lost, gone.locked, gone.delivering] { gauge.destroy() }
                handles[policy] = nil
            }
        }
    }

    private func make(_ policy: String) -> Handles {
        func gauge(_ label: String, _ more: [(String, String)] = []) -> Gauge {
            Gauge(label: label, dimensions: [("policy", policy)] + more, factory: factory)
        }
        let nodes = NodeState.allCases.map { ($0, gauge("nodeaudit_nodes", [("state", $0.rawValue)])) }
        return Handles(
            nodes: Dictionary(uniqueKeysWithValues: nodes), ready: gauge("nodeaudit_policy_ready"),
            lost: gauge("nodeaudit_kernel_lost_records"), locked: gauge("nodeaudit_nodes_locked"),
            delivering: gauge("nodeaudit_nodes_delivering"))
    }
}
