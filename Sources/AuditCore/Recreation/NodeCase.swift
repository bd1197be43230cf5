package import KubeCore

/// Everything that a look at one node may know: one consistent moment, as values.
package struct NodeCase: Sendable {
    package var name: String
    /// nil while the machine is away and its record is open.
    package var node: NodeView?
    package var intent: PolicyIntent
    /// False for a node that no longer matches and that this policy had last.
    package var isSelected: Bool
    /// Agents of any policy on this node, whether or not they are being deleted.
    package var agents: [AgentPodView]
    package var task: TaskPodView?
    /// The record as it was last written.
    package var stored: NodeAudit?
    /// The pods on the node, while they are followed and their first list is complete.
    package var pods: [DrainPodView]?
    package var memory: NodeMemory
    /// Its turn has come.
    package var isAdmitted: Bool
    /// Another task's pod may be started.
    package var hasTaskSlot: Bool
    /// Records cannot be written, since their kind is gone or going.
    package var recordsAreRefused = false
    package var now: Timestamp
    package var uptime: Duration

    package init(
        name: String, node: NodeView?, intent: PolicyIntent, isSelected: Bool = true, agents: [AgentPodView] = [], task: TaskPodView? = nil,
        stored: NodeAudit? = nil, pods: [DrainPodView]? = nil, memory: NodeMemory = NodeMemory(), isAdmitted: Bool = false,
        hasTaskSlot: Bool = true, now: Timestamp, uptime: Duration
    ) {
        self.name = name
        self.node = node
        self.intent = intent
        self.isSelected = isSelected
        self.agents = agents
        self.task = task
        self.stored = stored
        self.pods = pods
        self.memory = memory
        self.isAdmitted = isAdmitted
        self.hasTaskSlot = hasTaskSlot
        self.now = now
        self.uptime = uptime
    }

    /// Why this node shall be clean; nil when it shall be audited or left alone.
    package var cleanupCause: NodeRecreation.Cause? {
        if let cause = intent.cleanupCause { return isSelected ? cause : .deselected }
        return !isSelected && intent.recreation.onDeselect == .sameAsDisable ? .deselected : nil
    }

    var recreation: NodeRecreation? { stored?.report.recreation }

    /// The record, if it speaks of the boot that the node is on now.
    var storedOnThisBoot: NodeAudit.Report? {
        guard let report = stored?.report, let node, report.bootID == node.bootID, report.nodeUID == node.uid,
            report.policyName == intent.policyName
        else { return nil }
        return report
    }
}

/// What the operator remembers of a node between looks; losing it costs a grace period or a repeated question.
package struct NodeMemory: Sendable, Hashable {
    package var belief = NodeLook.Memory()
    package var recreation = RecreationMemory()
    /// How often a task failed in a row, and when the next one may start.
    package var taskFailures = 0
    package var nextTaskAt = Duration.zero
    /// What the last failure said.
    package var taskFailure = ""
    /// Why the API server takes no task's pod.
    package var taskRefusal = ""

    package init() {}

    var isEmpty: Bool { self == NodeMemory() }

    mutating func note(_ note: NodeNote, uptime: Duration) {
        recreation.note(note, uptime: uptime)
        guard case .taskRefused(let reason) = note else { return }
        taskRefusal = reason
        nextTaskAt = uptime + .seconds(15)
    }
}

/// What a look ends in.
package struct NodePlan: Sendable {
    /// What the counts and the status show.
    package var believed: NodeAssessment
    package var steps: [NodeStep] = []
    package var memory: NodeMemory
    package var lookAgainAfter: Duration?
    /// The task's pod that is there, or is made, is part of this look; otherwise it is in the way.
    var usesTask = false
    /// A task's pod is wanted and all slots are taken.
    package var waitsForTaskSlot = false

    init(_ believed: NodeAssessment, memory: NodeMemory) {
        self.believed = believed
        self.memory = memory
    }

    mutating func wait(_ duration: Duration) { lookAgainAfter = min(lookAgainAfter ?? duration, max(duration, .milliseconds(100))) }
}

extension NodeCase {
    /// The record that says so. What a node that is away was like is kept.
    func record(_ assessment: NodeAssessment, recreation: NodeRecreation?) -> NodeAudit {
        var labels: Labels = [
            WellKnown.Label.policy: intent.policyName, WellKnown.Label.state: assessment.state.rawValue,
            WellKnown.Label.managedBy: "nodeaudit",
        ]
        for key in [WellKnown.Label.zone, WellKnown.Label.nodePool] {
            labels[key] = node == nil ? stored?.metadata.labels?[key] : node?.labels[key]
        }
        var record = NodeAudit(
            metadata: ObjectMeta(name: name, labels: labels),
            report: NodeAudit.Report(policyName: intent.policyName, state: assessment.state))
        // A record that somebody else has changed or taken away meanwhile is looked at first.
        record.metadata.resourceVersion = stored?.metadata.resourceVersion
        record.metadata.finalizers = recreation == nil ? nil : [WellKnown.Finalizer.recreation]
        record.report.reason = assessment.reason
        record.report.message = assessment.message.isEmpty ? nil : assessment.message
        record.report.revision = assessment.revision
        record.report.auditRevision = assessment.auditRevision
        record.report.nodeUID = node?.uid ?? stored?.report.nodeUID
        record.report.bootID = node?.bootID ?? stored?.report.bootID
        record.report.providerID = node == nil ? stored?.report.providerID : node?.providerID
        record.report.kernel = assessment.kernel ?? (node == nil ? stored?.report.kernel : storedOnThisBoot?.kernel)
        record.report.recreation = recreation
        let unchanged = stored?.report.state == assessment.state
        record.report.transitionTime = unchanged ? stored?.report.transitionTime ?? now.truncatedToSeconds : now.truncatedToSeconds
        return record
    }

    /// A record that says something else than the stored one; nil when it says the same.
    func change(to assessment: NodeAssessment, recreation: NodeRecreation?) -> NodeStep? {
        let record = record(assessment, recreation: recreation)
        if let stored, stored.says(sameAs: record) { return nil }
        return .write(record)
    }
}
