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
    /// Being deleted: when its nodes are clean their records go.
    package var isDeleting: Bool
    /// Why the nodes it selects shall be clean; nil while they shall be audited.
    package var cleanupCause: NodeRecreation.Cause?
    /// Nothing new is begun.
    package var isPaused: Bool
    package var recreation: AuditPolicy.Recreation
    /// After which time a kernel is read again; nil for never.
    package var recheck: Duration?
    /// The policy's retry annotation.
    package var retry: String?
    /// nil until the ConfigMap of the tasks is in the cluster.
    package var tasks: TaskSettings?
    /// Everything is done and the policy is being deleted: the records go.
    package var dismissesRecords = false

    package init(policy: AuditPolicy, revision: String?, auditRevision: String?) {
        policyName = policy.name
        policyUID = policy.uid
        nodeSelector = policy.spec.nodeSelector
        creationTimestamp = policy.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        self.revision = revision
        self.auditRevision = auditRevision
        progressDeadline = .seconds(policy.spec.rollout.progressDeadlineSeconds)
        isDeleting = policy.metadata.isDeleting
        cleanupCause = policy.cleanupCause
        isPaused = policy.spec.mode == .paused
        recreation = policy.spec.recreation
        recheck = policy.spec.audit.recheckSeconds > 0 ? .seconds(policy.spec.audit.recheckSeconds) : nil
        retry = policy.metadata.annotations?[WellKnown.Annotation.retry]
    }

    /// Whether this policy wins over the other on a node that both select.
    package func precedes(_ other: PolicyIntent) -> Bool {
        (creationTimestamp, policyName) < (other.creationTimestamp, other.policyName)
    }
}

extension PolicyIntent {
    /// How a node that must get rid of its kernel does so; nil when none ever must.
    package var method: NodeRecreation.Method? {
        switch recreation.onDisable {
        case .auto, .recreate: .recreate
        case .reboot: .reboot
        case .inPlace, .orphan: nil
        }
    }

    /// Whether this node may have to be replaced one day and nobody could do it.
    func needsProvider(for node: NodeView) -> Bool {
        guard let method, case .nobody = MachineChoice.choose(for: node, method, setting: recreation.provider) else { return false }
        return true
    }
}

extension AuditPolicy {
    /// Why its nodes shall be clean; nil while they shall be audited.
    package var cleanupCause: NodeRecreation.Cause? {
        if metadata.isDeleting { return .deleted }
        return spec.state == .disabled ? .disabled : nil
    }
}
