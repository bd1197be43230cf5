import KubeCore

/// The conditions of a policy (api.md): all of them from the first visit, in a fixed order, with reasons that say
/// whether to wait or to act.
struct ConditionSet {
    private let snapshot: PolicySnapshot
    private let plan: Plan
    private let failures: [String]

    init(plan: Plan, failures: [String]) {
        self.plan = plan
        snapshot = plan.snapshot
        self.failures = failures
    }

    private struct Verdict {
        var status: Condition.Status
        var reason: String
        var message: String

        init(_ holds: Bool, _ reason: String, _ message: String) {
            status = holds ? .true : .false
            self.reason = reason
            self.message = message
        }
    }

    /// The conditions with `lastTransitionTime` kept where the status did not change.
    func merged(with existing: [Condition], generation: Int64?, now: Timestamp) -> [Condition] {
        let verdicts: [(String, Verdict)] = [
            ("Ready", ready), ("Accepted", accepted), ("Reconciling", reconciling), ("Stalled", stalled), ("Degraded", degraded),
            ("Delivering", delivering), ("RecreationPossible", recreationPossible),
        ]
        return verdicts.map { type, verdict in
            let before = existing.first { $0.type == type }
            let time = before?.status == verdict.status ? before?.lastTransitionTime : nil
            return Condition(
                type: type, status: verdict.status, reason: verdict.reason, message: verdict.message.prefixOfUTF8(1024),
                observedGeneration: generation, lastTransitionTime: time ?? now.truncatedToSeconds)
        }
    }

    private var cleanup: CleanupConditions? { CleanupConditions(snapshot) }

    private var counts: AuditPolicy.NodeCounts { snapshot.tally.counts }
    /// Nodes that can be and are not as wanted yet.
    private var unfinished: Int {
        counts.pending + counts.outdated + counts.failed + counts.awaitingRecreation + counts.recreating + counts.clean
    }

    private var problems: [Problem] {
        if case .refused(let problems) = snapshot.rendering { problems } else { [] }
    }

    private var accepted: Verdict {
        guard problems.isEmpty else {
            let reason = problems.contains { $0.path == "spec.nodeSelector" && $0.message.hasPrefix("overlaps") } ? "Conflicted" : "Invalid"
            return Verdict(false, reason, problems.map(\.description).joined(separator: "\n"))
        }
        guard case .accepted(let agent) = snapshot.rendering, !agent.warnings.isEmpty else {
            return Verdict(true, "Accepted", "the specification can be carried out")
        }
        return Verdict(true, "AcceptedWithWarnings", agent.warnings.map(\.description).joined(separator: "\n"))
    }

    private var ready: Verdict {
        if let cleanup {
            if !failures.isEmpty { return Verdict(false, "CleanupFailed", failures.joined(separator: "\n")) }
            return Verdict(cleanup.isDone && !snapshot.policy.metadata.isDeleting, cleanup.reason, cleanup.progress)
        }
        if !problems.isEmpty { return Verdict(false, "NotAccepted", "see the condition Accepted; what runs is untouched") }
        if !failures.isEmpty { return Verdict(false, "ApplyFailed", failures.joined(separator: "\n")) }
        if counts.owned == 0 { return Verdict(true, "NoNodes", "no node matches spec.nodeSelector") }
        guard unfinished == 0 else {
            let onlyFailed = counts.failed > 0 && unfinished == counts.failed
            return Verdict(false, onlyFailed ? "NodesFailed" : "RollingOut", progress)
        }
        return Verdict(true, "AllNodesApplied", "\(counts.applied) of \(counts.owned) nodes audit as wanted")
    }

    private var progress: String {
        var parts = ["\(counts.applied) of \(counts.owned) nodes audit as wanted"]
        for state in [NodeState.pending, .outdated, .failed, .awaitingRecreation, .recreating] where counts[state] > 0 {
            parts.append("\(counts[state]) \(state.rawValue): \(snapshot.tally.names(in: state))")
        }
        if !snapshot.tally.blockers.isEmpty { parts.append(snapshot.tally.blockersInWords()) }
        if !snapshot.admission.message.isEmpty { parts.append("no other is begun: \(snapshot.admission.message)") }
        return parts.joined(separator: "; ")
    }

    private var isStuck: Bool {
        counts.pending + counts.outdated > 0 && snapshot.timeWithoutProgress >= snapshot.progressDeadline
    }

    private var reconciling: Verdict {
        if snapshot.policy.spec.mode == .paused {
            let what = snapshot.policy.metadata.isDeleting ? "the clean-up waits until it is Enforce" : "nothing is started"
            return Verdict(false, "Paused", "spec.mode is Paused: \(what)")
        }
        if let cleanup { return Verdict(!cleanup.isDone, cleanup.reason, cleanup.progress) }
        if !problems.isEmpty { return Verdict(false, "NotAccepted", "nothing is started; what runs is untouched") }
        if !failures.isEmpty { return Verdict(true, "Retrying", "the last step failed and is tried again") }
        if counts.pending + counts.outdated > 0 { return Verdict(true, "RollingOut", "agents are starting") }
        if counts.awaitingRecreation + counts.recreating > 0 { return Verdict(true, "Recreating", progress) }
        return Verdict(false, "Settled", "nothing is under way")
    }

    private var stalled: Verdict {
        if !problems.isEmpty { return Verdict(true, "NotAccepted", "the specification must be changed; see the condition Accepted") }
        if let refusal = snapshot.hindrances.recordRefusal {
            return Verdict(true, "RecordsRefused", "NodeAudits cannot be written: \(refusal)")
        }
        if let stall = RecreationStall(snapshot) { return Verdict(true, stall.reason, stall.message) }
        if !plan.contested.isEmpty { return Verdict(true, "DriftContested", plan.contested.joined(separator: "\n")) }
        if isStuck, cleanup == nil {
            return Verdict(
                true, "ProgressDeadlineExceeded",
                "no node changed for \(snapshot.policy.spec.rollout.progressDeadlineSeconds) s (spec.rollout.progressDeadlineSeconds); \(progress)"
            )
        }
        return Verdict(false, "NotStalled", "nothing waits for a person")
    }

    private var degraded: Verdict {
        let states = [NodeState.failed, .unreachable, .unsupported].filter { counts[$0] > 0 }
        guard let first = states.first else { return Verdict(false, "NoFailedNodes", "no node is failed, unsupported or unreachable") }
        let message = states.map { "\(counts[$0]) \($0.rawValue): \(snapshot.tally.names(in: $0))" }.joined(separator: "; ")
        return Verdict(true, "Nodes\(first.rawValue)", "\(message); see status.failedNodes")
    }

    private var recreationPossible: Verdict {
        let unreplaceable = snapshot.tally.unreplaceable
        guard snapshot.policy.spec.recreation.onDisable != .inPlace, snapshot.policy.spec.recreation.onDisable != .orphan else {
            return Verdict(true, "NotNeeded", "spec.recreation.onDisable asks for none")
        }
        let rights = snapshot.hindrances.missingRights
        guard rights.isEmpty else {
            let lack = rights.joined(separator: ", ")
            return Verdict(
                false, "NoRights", "the operator may not \(lack); the ClusterRole nodeaudit-recreation of deploy/rbac.yaml grants it")
        }
        guard !unreplaceable.isEmpty else { return Verdict(true, "ProviderFound", "every node has somebody who can replace its machine") }
        return Verdict(
            false, "NoProvider",
            "nobody is known who could replace \(unreplaceable.count) nodes: \(Tally.list(unreplaceable)); set spec.recreation.provider to Manual, or spec.recreation.onDisable to Reboot or InPlace"
        )
    }

    private var delivering: Verdict {
        if cleanup != nil { return Verdict(false, "NoCollectors", "the agents are leaving, or have left") }
        guard counts.applied > 0 else { return Verdict(false, "NoCollectors", "no collector runs yet") }
        guard counts.delivering < counts.applied else {
            return Verdict(true, "CollectorsHealthy", "the collectors of \(counts.delivering) of \(counts.owned) nodes report good health")
        }
        return Verdict(
            false, "CollectorsUnhealthy", "\(counts.applied - counts.delivering) of \(counts.applied) collectors do not report good health")
    }
}
