package import AuditCore
package import KubeCore
package import KubeRuntime

/// Turns what changed into looks: nodes and policies at once, moving counts within a second.
package struct LookScheduler: Sendable {
    package let policies: WorkQueue<String>
    package let nodes: WorkQueue<String>

    package init(time: any TimeSource, metrics: RuntimeMetrics) {
        policies = WorkQueue("auditpolicy", time: time, metrics: metrics)
        nodes = WorkQueue("node", time: time, metrics: metrics)
    }

    /// No more keys are handed out; who has one in hand may finish.
    package func shutDown() {
        policies.shutDown()
        nodes.shutDown()
    }

    package func wake(_ key: LookKey) {
        switch key {
        case .policy(let name): policies.add(name)
        case .tally(let name): policies.add(name, after: PolicyReconciler.pace)
        case .node(let name): nodes.add(name)
        }
    }
}
