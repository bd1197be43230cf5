package import KubeCore

/// One look at one node: what to believe of it, what to write, and when to look again.
///
/// Guarantees: at rest nothing is written; a roll-out writes each node once. A good state is believed at once, a worse
/// one only when it has held for `grace`, so that restarts and blinks of readiness cost no write.
package struct NodeLook: Sendable {
    /// How long a worse state must hold before it is believed.
    package static let grace = Duration.seconds(30)

    /// What the operator remembers of a node between looks; losing it costs at most one `grace`.
    package struct Memory: Sendable, Hashable {
        /// The state that waits to be believed, and since when (`TimeSource.uptime`).
        package var candidate: NodeState?
        package var since: Duration

        package init(candidate: NodeState? = nil, since: Duration = .zero) {
            self.candidate = candidate
            self.since = since
        }
    }

    /// What the counts and the status show.
    package private(set) var believed: NodeAssessment
    /// The record to write, when it differs in more than its times.
    package private(set) var write: NodeAudit?
    package private(set) var memory: Memory
    package private(set) var lookAgainAfter: Duration?

    package init(_ evidence: NodeEvidence, memory: Memory, now: Timestamp, uptime: Duration) {
        let observed = NodeAssessment(evidence)
        believed = observed
        self.memory = Memory()
        guard let patience = Self.patience(for: observed, evidence: evidence) else {
            settle(observed, evidence, now: now)
            return
        }
        let since = memory.candidate == observed.state ? memory.since : uptime
        self.memory = Memory(candidate: observed.state, since: since)
        let remaining = since + patience - uptime
        if remaining <= .zero {
            settle(observed, evidence, now: now)
            return
        }
        lookAgainAfter = remaining
        believed = Self.meanwhile(observed, evidence)
    }

    /// How long the observed state must hold; nil when it is believed at once.
    private static func patience(for observed: NodeAssessment, evidence: NodeEvidence) -> Duration? {
        let stored = evidence.storedOnThisBoot
        if stored?.state == observed.state, stored?.reason == observed.reason, stored?.revision == observed.revision { return nil }
        switch observed.state {
        // The others are no findings of this look.
        case .applied, .unsupported, .awaitingRecreation, .recreating, .clean: return nil
        case .outdated: return observed.isInTransit ? evidence.intent.progressDeadline : nil
        case .pending:
            let wasApplied = stored?.state == .applied && stored?.revision == evidence.intent.revision
            return wasApplied ? grace : evidence.intent.progressDeadline
        case .failed, .unreachable: return grace
        }
    }

    /// What is shown until patience ends: a node that was as wanted still is; another waits.
    private static func meanwhile(_ observed: NodeAssessment, _ evidence: NodeEvidence) -> NodeAssessment {
        if observed.isInTransit, evidence.stored?.report.revision != evidence.intent.revision { return observed }
        var shown = observed
        if let stored = evidence.stored?.report, stored.revision == evidence.intent.revision,
            stored.policyName == evidence.intent.policyName
        {
            shown.state = stored.state
            shown.reason = stored.reason ?? ""
            shown.message = stored.message ?? ""
        } else if !observed.isInTransit {
            shown.state = .pending
            shown.reason = "Settling"
            shown.message = "\(observed.reason): \(observed.message)".prefixOfUTF8(512)
        }
        return shown
    }

    private mutating func settle(_ assessment: NodeAssessment, _ evidence: NodeEvidence, now: Timestamp) {
        let record = NodeAudit(assessment, evidence: evidence, now: now)
        if let stored = evidence.stored, stored.says(sameAs: record) { return }
        write = record
    }
}

extension NodeAudit {
    init(_ assessment: NodeAssessment, evidence: NodeEvidence, now: Timestamp) {
        let node = evidence.node
        var labels: Labels = [
            WellKnown.Label.policy: evidence.intent.policyName, WellKnown.Label.state: assessment.state.rawValue,
            WellKnown.Label.managedBy: "nodeaudit",
        ]
        labels[WellKnown.Label.zone] = node.labels[WellKnown.Label.zone]
        labels[WellKnown.Label.nodePool] = node.labels[WellKnown.Label.nodePool]
        self.init(
            metadata: ObjectMeta(name: node.name, labels: labels),
            report: Report(policyName: evidence.intent.policyName, state: assessment.state))
        report.reason = assessment.reason
        report.message = assessment.message.isEmpty ? nil : assessment.message
        report.revision = assessment.revision
        report.auditRevision = assessment.auditRevision
        report.nodeUID = node.uid
        report.bootID = node.bootID
        report.providerID = node.providerID
        report.kernel = assessment.kernel ?? evidence.storedOnThisBoot?.kernel
        let unchanged = evidence.stored?.report.state == assessment.state
        report.transitionTime = unchanged ? evidence.stored?.report.transitionTime ?? now.truncatedToSeconds : now.truncatedToSeconds
    }

    /// Equal but for what only times a fact: `lost`, observation and transition times, and the wording of the message.
    func says(sameAs other: NodeAudit) -> Bool {
        func essence(_ audit: NodeAudit) -> Report {
            var report = audit.report
            report.message = nil
            report.transitionTime = nil
            report.kernel?.observedTime = nil
            report.kernel?.lost = nil
            return report
        }
        let ours = [WellKnown.Label.policy, WellKnown.Label.state, WellKnown.Label.zone, WellKnown.Label.nodePool]
        return essence(self) == essence(other) && ours.allSatisfy { metadata.labels?[$0] == other.metadata.labels?[$0] }
    }
}
