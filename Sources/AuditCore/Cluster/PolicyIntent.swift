package import KubeCore

/// What one policy wants of the nodes it selects: all that a look at one node needs to know of the policy.
package struct PolicyIntent: Sendable, Hashable {
    package var policyName: String
    package var policyUID: String
    package var nodeSelector: LabelSelector
    /// Who owns a node that several policies select: the oldest, then the first by name.
    package var creationTimestamp: Timestamp
    /// nil before the first accepted specification: nothing is wanted of any node yet.
    package var revision: String?
    package var auditRevision: String?
    package var progressDeadline: Duration
    /// Being deleted: the agents leave, and the records with them.
    package var isDeleting: Bool

    package init(policy: AuditPolicy, revision: String?, auditRevision: String?) {
        policyName = policy.name
        policyUID = policy.uid
        nodeSelector = policy.spec.nodeSelector
        creationTimestamp = policy.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        self.revision = revision
        self.auditRevision = auditRevision
        progressDeadline = .seconds(policy.spec.rollout.progressDeadlineSeconds)
        isDeleting = policy.metadata.isDeleting
    }

    /// Whether this policy wins over the other on a node that both select.
    package func precedes(_ other: PolicyIntent) -> Bool {
        (creationTimestamp, policyName) < (other.creationTimestamp, other.policyName)
    }
}
