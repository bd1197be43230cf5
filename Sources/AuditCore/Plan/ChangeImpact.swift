extension AuditPolicy.ChangeImpact {
    /// Of the change that rolls now: told from what was wanted before, what is wanted now, and what the kernels say.
    ///
    /// It stays until the change has reached every node that can be reached; then nothing is changing.
    init(_ snapshot: PolicySnapshot) {
        let status = snapshot.policy.status
        guard case .accepted(let agent) = snapshot.rendering, snapshot.policy.cleanupCause == nil else {
            self = snapshot.policy.cleanupCause == nil ? .none : Self.leaving(snapshot)
            return
        }
        guard let before = status?.revision, let auditBefore = status?.auditRevision else {
            self = .none
            return
        }
        let counts = snapshot.tally.counts
        let known = status?.changeImpact ?? .none
        if auditBefore != agent.auditRevision {
            self = Self.changingRules(snapshot)
        } else if before != agent.revision {
            self = Self.larger(known, .collectorRestart)
        } else if snapshot.tally.unjudged > 0 || counts.pending + counts.outdated + counts.awaitingRecreation + counts.recreating > 0 {
            self = known
        } else {
            self = .none
        }
    }

    /// Locked kernels take other rules with another boot alone.
    private static func changingRules(_ snapshot: PolicySnapshot) -> Self {
        guard snapshot.tally.counts.locked > 0 else { return .auditReload }
        return snapshot.policy.spec.recreation.onRuleChange == .reboot ? .nodeReboot : .nodeRecreation
    }

    /// What being disabled or deleted comes to.
    private static func leaving(_ snapshot: PolicySnapshot) -> Self {
        guard !snapshot.isCleanedUp else { return .none }
        switch snapshot.policy.spec.recreation.onDisable {
        case .inPlace: return .auditReload
        case .orphan: return .collectorRestart
        case .reboot: return snapshot.tally.counts.locked > 0 ? .nodeReboot : .auditReload
        case .auto: return snapshot.tally.counts.locked + snapshot.tally.held.count > 0 ? .nodeRecreation : .auditReload
        case .recreate: return .nodeRecreation
        }
    }

    private static func larger(_ left: Self, _ right: Self) -> Self {
        let order = Self.allCases
        return (order.firstIndex(of: left) ?? 0) > (order.firstIndex(of: right) ?? 0) ? left : right
    }
}
