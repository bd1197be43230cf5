import KubeCore

/// What the policy's status shall say, from the plan and from what came of its steps.
package struct StatusReport: Sendable {
    package let status: AuditPolicy.Status
    /// False when the status in the cluster says the same already: nothing is written.
    package let differs: Bool

    /// `failures`: what the steps that failed said, in the order of the plan.
    package init(on plan: Plan, failures: [String]) {
        let snapshot = plan.snapshot
        var status = snapshot.policy.status ?? AuditPolicy.Status()
        status.observedGeneration = snapshot.policy.metadata.generation
        if case .accepted(let agent) = snapshot.rendering {
            status.revision = agent.revision
            status.auditRevision = agent.auditRevision
        } else {
            status.revision = snapshot.runningRevision
            status.auditRevision = snapshot.runningAuditRevision
        }
        status.nodes = snapshot.tally.counts
        let failed = snapshot.tally.failedNodes()
        status.failedNodes = failed.isEmpty ? nil : failed
        let conditions = ConditionSet(plan: plan, failures: failures)
        status.conditions = conditions.merged(
            with: snapshot.policy.status?.conditions ?? [], generation: snapshot.policy.metadata.generation, now: snapshot.now)
        self.status = status
        differs = status != snapshot.policy.status
    }
}
