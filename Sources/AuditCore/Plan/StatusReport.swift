import KubeCore

/// What the policy's status shall say, from the plan and from what came of its steps.
package struct StatusReport: Sendable {
    package let status: AuditPolicy.Status
    /// False when the status in the cluster says the same already, or when nodes have not been looked at yet, as just after a
    /// start: nothing is written.
    package let differs: Bool
    /// What changed that a person should read: a word for each condition that turned.
    package let events: [EventNote]

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
        status.changeImpact = AuditPolicy.ChangeImpact(snapshot)
        status.nodes = snapshot.tally.counts
        let failed = snapshot.tally.failedNodes()
        status.failedNodes = failed.isEmpty ? nil : failed
        let conditions = ConditionSet(plan: plan, failures: failures)
        status.conditions = conditions.merged(
            with: snapshot.policy.status?.conditions ?? [], generation: snapshot.policy.metadata.generation, now: snapshot.now)
        self.status = status
        differs = status != snapshot.policy.status && snapshot.tally.unjudged == 0
        events = Self.events(from: snapshot.policy.status?.conditions ?? [], to: status.conditions ?? [])
    }

    private static func events(from before: [Condition], to after: [Condition]) -> [EventNote] {
        after.compactMap { condition in
            guard before.first(where: { $0.type == condition.type })?.status != condition.status else { return nil }
            switch (condition.type, condition.status) {
            case ("Accepted", .false): return EventNote(.warning, reason: "NotAccepted", action: "Review", note: condition.message)
            case ("Stalled", .true) where condition.reason != "NotAccepted":
                return EventNote(.warning, reason: condition.reason, action: "RollOut", note: condition.message)
            case ("Degraded", .true): return EventNote(.warning, reason: condition.reason, action: "Observe", note: condition.message)
            case ("Ready", .true): return EventNote(.normal, reason: condition.reason, action: "RollOut", note: condition.message)
            default: return nil
            }
        }
    }
}
