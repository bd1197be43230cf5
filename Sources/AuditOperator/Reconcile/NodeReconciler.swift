import AuditCore
package import KubeCore
package import KubeRuntime

/// Looks at one node: its cost does not depend on how many there are.
package struct NodeReconciler: Sendable {
    private let model: ClusterModel
    private let executor: PlanExecutor

    package init(model: ClusterModel, executor: PlanExecutor) {
        self.model = model
        self.executor = executor
    }

    package func reconcile(_ name: String) async throws(KubeError) -> Outcome {
        let look = model.look(atNode: name)
        if let step = look.step { try await executor.perform(step) }
        return look.lookAgainAfter.map { .lookAgain(after: $0) } ?? .settled
    }
}
