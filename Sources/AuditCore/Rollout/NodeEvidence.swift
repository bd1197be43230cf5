import KubeCore

/// What is known of one node at one moment: the observations from which its state follows.
package struct NodeEvidence: Sendable {
    package var node: NodeView
    package var intent: PolicyIntent
    /// The owner's agents on this node, newest first; a roll-out may show two for a moment.
    package var pods: [AgentPodView]
    /// The pod of a probe, when one was sent.
    package var task: TaskPodView?
    /// The record as it was last written.
    package var stored: NodeAudit?

    package init(node: NodeView, intent: PolicyIntent, pods: [AgentPodView], task: TaskPodView? = nil, stored: NodeAudit?) {
        self.node = node
        self.intent = intent
        self.pods = pods.sorted { ($1.creationTimestamp, $1.uid) < ($0.creationTimestamp, $0.uid) }
        self.task = task
        self.stored = stored
    }
}
