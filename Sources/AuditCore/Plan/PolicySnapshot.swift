package import KubeCore

/// Everything that a look at one policy may know: one consistent moment, as values.
package struct PolicySnapshot: Sendable {
    package var policy: AuditPolicy
    /// What the policy renders to, or why it cannot be accepted.
    package var rendering: Rendering
    /// Objects made for this policy, as the watches show them.
    package var objects: [ObjectIdentity: ManagedObject]
    package var ledger: ApplyLedger
    package var tally: Tally
    /// The revision that runs although the present specification is not accepted; nil when none does.
    package var runningRevision: String?
    package var runningAuditRevision: String?
    /// Agent pods of this policy, whether or not their node still belongs to it.
    package var agentPodCount: Int
    /// ConfigMaps that some agent pod still mounts.
    package var configMapsInUse: Set<String>
    package var nodeAuditCount: Int
    /// For how long no node of this policy has changed its state while some still wait.
    package var timeWithoutProgress: Duration
    package var uptime: Duration
    package var now: Timestamp

    package enum Rendering: Sendable, Hashable {
        case accepted(RenderedAgent)
        /// One problem a line, sorted as found.
        case refused([Problem])
    }

    package init(
        policy: AuditPolicy, rendering: Rendering, objects: [ObjectIdentity: ManagedObject], ledger: ApplyLedger, tally: Tally,
        runningRevision: String?, runningAuditRevision: String?, agentPodCount: Int, configMapsInUse: Set<String>, nodeAuditCount: Int,
        timeWithoutProgress: Duration, uptime: Duration, now: Timestamp
    ) {
        self.policy = policy
        self.rendering = rendering
        self.objects = objects
        self.ledger = ledger
        self.tally = tally
        self.runningRevision = runningRevision
        self.runningAuditRevision = runningAuditRevision
        self.agentPodCount = agentPodCount
        self.configMapsInUse = configMapsInUse
        self.nodeAuditCount = nodeAuditCount
        self.timeWithoutProgress = timeWithoutProgress
        self.uptime = uptime
        self.now = now
    }

    package var progressDeadline: Duration { .seconds(policy.spec.rollout.progressDeadlineSeconds) }
}

/// What a policy's specification becomes in the cluster.
package struct RenderedAgent: Sendable, Hashable {
    package var revision: String
    package var auditRevision: String
    /// In the order in which they must be applied: what pods mount comes before the pods.
    package var manifests: [Manifest]
    /// Accepted, and still worth a word.
    package var warnings: [Problem]

    package init(revision: String, auditRevision: String, manifests: [Manifest], warnings: [Problem] = []) {
        self.revision = revision
        self.auditRevision = auditRevision
        self.manifests = manifests
        self.warnings = warnings
    }
}
