import AuditCore
package import KubeCore
package import KubeRuntime

/// Looks at one node: its cost does not depend on how many there are.
package struct NodeReconciler: Sendable {
    private let model: ClusterModel
    private let executor: NodeExecutor

    package init(model: ClusterModel, executor: NodeExecutor) {
        self.model = model
        self.executor = executor
    }

    package func reconcile(_ name: String) async throws(KubeError) -> Outcome {
        let look = model.look(atNode: name)
        for step in look.steps { try await executor.perform(step, for: look.policy) }
        return look.lookAgainAfter.map { .lookAgain(after: $0) } ?? .settled
    }
}
