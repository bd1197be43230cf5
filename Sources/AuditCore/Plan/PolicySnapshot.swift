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
    /// What tasks' pods mount.
    package var taskConfiguration: ConfigMap?
    /// Whose turn has come, and why nobody else's.
    package var admission: Admission
    package var hindrances = Hindrances()
    /// Some node's turn has come and its record does not say so yet.
    package var hasAdmitted = false
    /// The revision that runs although the present specification is not accepted; nil when none does.
    package var runningRevision: String?
    package var runningAuditRevision: String?
    /// Agent pods of this policy, whether or not their node still belongs to it.
    package var agentPodCount: Int
    package var taskPodCount: Int
    /// ConfigMaps that some pod of ours still mounts.
    package var configMapsInUse: Set<String>
    package var nodeAuditCount: Int
    /// Every node that shall be clean is, or is left as it is by the policy's wish.
    package var isCleanedUp: Bool
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
        policy: AuditPolicy, rendering: Rendering, objects: [ObjectIdentity: ManagedObject] = [:], ledger: ApplyLedger = ApplyLedger(),
        tally: Tally = Tally(), now: Timestamp, uptime: Duration
    ) {
        self.policy = policy
        self.rendering = rendering
        self.objects = objects
        self.ledger = ledger
        self.tally = tally
        self.now = now
        self.uptime = uptime
        admission = Admission([], Admission.Circumstances(recreation: policy.spec.recreation, owned: 0, now: now))
        agentPodCount = 0
        taskPodCount = 0
        configMapsInUse = []
        nodeAuditCount = 0
        isCleanedUp = false
        timeWithoutProgress = .zero
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
