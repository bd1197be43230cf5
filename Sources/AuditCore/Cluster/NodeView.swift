package import KubeCore

/// What is kept of a Node: a few hundred bytes instead of its 20 KB.
package struct NodeView: Sendable, Hashable {
    /// Who would bring another machine, as the Node itself says; a provider will ask the other side.
    package enum MachineOwner: String, Sendable, Hashable {
        case computeEngine, clusterAPI, karpenter
    }

    package var name: String
    package var uid: String
    package var labels: Labels
    package var creationTimestamp: Timestamp
    package var bootID: String
    package var providerID: String?
    package var machineOwner: MachineOwner?
    package var isReady: Bool
    /// Why it is not ready, in the node controller's words; empty when it is.
    package var notReadyReason: String
    package var isUnschedulable: Bool
    /// The autoscaler or Karpenter is about to remove it.
    package var isLeaving: Bool
    /// Volumes that the attach-detach controller holds attached to it.
    package var attachedVolumes: Int
    package var mark: NodeMark?

    package init(_ node: Node) {
        name = node.name
        uid = node.uid
        labels = node.labels
        creationTimestamp = node.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        bootID = node.bootID ?? ""
        providerID = node.spec?.providerID
        machineOwner = Self.machineOwner(of: node)
        isReady = node.isReady
        let ready = node.status?.conditions?.first { $0.type == "Ready" }
        notReadyReason = node.isReady ? "" : ready?.reason ?? "NoReadyCondition"
        isUnschedulable = node.spec?.unschedulable ?? false
        isLeaving = (node.spec?.taints ?? []).contains { Self.leavingTaints.contains($0.key) }
        attachedVolumes = node.status?.volumesAttached?.count ?? 0
        mark = node.metadata.annotations?[WellKnown.Annotation.recreation].map { NodeMark(parsing: $0) }
    }

    /// Cannot take new work: a slot of the budget, whoever made it so.
    package var isUnavailable: Bool { isUnschedulable || !isReady }

    private static let leavingTaints: Set = [
        "ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption",
    ]

    /// Cluster API and Karpenter come before the cloud: what they made must not be replaced behind their backs.
    private static func machineOwner(of node: Node) -> MachineOwner? {
        if node.metadata.annotations?[WellKnown.Annotation.clusterAPIMachine] != nil { return .clusterAPI }
        if node.labels[WellKnown.Label.karpenterNodePool] != nil { return .karpenter }
        return node.spec?.providerID?.hasPrefix("gce://") == true ? .computeEngine : nil
    }
}
