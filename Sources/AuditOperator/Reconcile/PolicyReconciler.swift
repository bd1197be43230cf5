import AuditCore
package import KubeCore
package import KubeRuntime
import Synchronization

/// Looks at one policy: observe, plan, act, report.
package final class PolicyReconciler: Sendable {
    /// The status of a policy whose nodes move is written at most this often.
    package static let pace = Duration.seconds(1)

    private let model: ClusterModel
    private let executor: PlanExecutor
    private let time: any TimeSource
    /// When each policy's status was last written.
    private let published = Mutex<[String: Duration]>([:])

    package init(model: ClusterModel, executor: PlanExecutor, time: any TimeSource) {
        self.model = model
        self.executor = executor
        self.time = time
    }

    package func reconcile(_ name: String) async throws(KubeError) -> Outcome {
        let snapshot: PolicySnapshot
        switch model.moment(ofPolicy: name) {
        case .absent: return forget(name)
        case .pending(let rest): return .lookAgain(after: rest)
        case .snapshot(let seen, _): snapshot = seen
        }
        let plan = Plan(for: snapshot)
        let failure = await executor.perform(plan.steps, for: snapshot.policy)
        if let failure, failure.error.isCancelled { throw failure.error }
        let report = StatusReport(on: plan, failures: [failure?.message].compactMap { $0 })
        let wait = try await publish(report, on: plan)
        if let failure { throw failure.error }
        return [plan.lookAgainAfter, wait].compactMap { $0 }.min().map { .lookAgain(after: $0) } ?? .settled
    }

    /// Returns how long to wait when the last write was too recent.
    private func publish(_ report: StatusReport, on plan: Plan) async throws(KubeError) -> Duration? {
        guard report.differs, !plan.changesThePolicy else { return nil }
        let policy = plan.snapshot.policy
        if let last = published.withLock({ $0[policy.name] }), last + Self.pace > time.uptime() {
            return last + Self.pace - time.uptime()
        }
        try await executor.publish(report, of: policy)
        let now = time.uptime()
        published.withLock { $0[policy.name] = now }
        return nil
    }

    private func forget(_ name: String) -> Outcome {
        published.withLock { $0[name] = nil }
        return .settled
    }
}
