/// How far the clean-up of a policy's nodes is, in words; nil for a policy whose nodes shall be audited.
struct CleanupConditions {
    let isDone: Bool
    let reason: String
    let progress: String

    init?(_ snapshot: PolicySnapshot) {
        guard let cause = snapshot.policy.cleanupCause else { return nil }
        let counts = snapshot.tally.counts
        isDone = snapshot.isCleanedUp
        guard !isDone else {
            let left = counts.outdated
            reason = cause == .deleted ? "Deleting" : left > 0 ? "NodesLeftLocked" : "AllNodesClean"
            let rest = snapshot.nodeAuditCount
            progress =
                cause == .deleted
                ? "every node is done; \(rest) records are left"
                : left > 0
                    ? "\(left) of \(counts.owned) nodes were left as they are (spec.recreation.onDisable): \(snapshot.tally.names(in: .outdated))"
                    : "\(counts.clean) of \(counts.owned) nodes are clean"
            return
        }
        reason = cause == .deleted ? "Deleting" : "Cleaning"
        var parts = ["\(counts.clean) of \(counts.owned) nodes are clean"]
        if snapshot.agentPodCount > 0 { parts.append("\(snapshot.agentPodCount) agent pods are leaving") }
        for state in [NodeState.pending, .awaitingRecreation, .recreating, .failed, .unreachable] where counts[state] > 0 {
            parts.append("\(counts[state]) \(state.rawValue): \(snapshot.tally.names(in: state))")
        }
        if !snapshot.tally.blockers.isEmpty { parts.append(snapshot.tally.blockersInWords()) }
        if !snapshot.admission.message.isEmpty { parts.append("no other is begun: \(snapshot.admission.message)") }
        progress = parts.joined(separator: "; ")
    }
}

/// Why recreation does not go on until a person does something; nil while it does, or waits for what passes.
struct RecreationStall {
    let reason: String
    let message: String

    init?(_ snapshot: PolicySnapshot) {
        // Nothing in hand, so nothing that ends by itself: a budget that is used up is used up by others, such as a dead node.
        let passing: Set = ["", "Paused", "PauseBetweenNodes", "DrainTimedOut"]
        guard !passing.contains(snapshot.admission.reason), snapshot.tally.held.isEmpty, !snapshot.hasAdmitted else { return nil }
        reason = snapshot.admission.reason
        message = snapshot.admission.message
    }
}
