import KubeCore

/// Who replaces a node's machine, told from the Node alone. Whether they know the machine only they can say.
package enum MachineChoice: Sendable, Hashable {
    case actor(NodeRecreation.Actor)
    /// Nobody can, and what to do about it.
    case nobody(String)

    /// `Auto` never falls back to Manual, since nobody may be waiting for its wishes. A reboot needs no cloud: the host can do it,
    /// unless the policy names the instance group.
    package static func choose(
        for node: NodeView, _ method: NodeRecreation.Method, setting: AuditPolicy.Recreation.Provider
    ) -> MachineChoice {
        switch (setting, method) {
        case (.manual, _): .actor(.manual)
        case (.gceManagedInstanceGroup, _): fitting(.gceManagedInstanceGroup, node)
        case (_, .reboot): .actor(.rebootTask)
        case (.clusterAPI, .recreate): fitting(.clusterAPI, node)
        case (.karpenter, .recreate): fitting(.karpenter, node)
        case (.auto, .recreate):
            switch node.machineOwner {
            case .computeEngine: .actor(.gceManagedInstanceGroup)
            case .clusterAPI: .actor(.clusterAPI)
            case .karpenter: .actor(.karpenter)
            case nil: .nobody("\(lack(node)); set spec.recreation.provider to Manual, or spec.recreation.onDisable to Reboot")
            }
        }
    }

    private static func lack(_ node: NodeView) -> String {
        let machine = node.providerID.map { "its provider id is \($0.prefixOfUTF8(80))" } ?? "it has no provider id"
        return "no provider is known for node \(node.name): \(machine)"
    }

    private static func fitting(_ actor: NodeRecreation.Actor, _ node: NodeView) -> MachineChoice {
        switch actor {
        case .gceManagedInstanceGroup where node.providerID?.hasPrefix("gce://") != true:
            .nobody("node \(node.name) is not one of GCEManagedInstanceGroup: its provider id is not gce://PROJECT/ZONE/INSTANCE")
        case .clusterAPI where node.machineOwner != .clusterAPI:
            .nobody("node \(node.name) is not one of ClusterAPI: it has no annotation \(WellKnown.Annotation.clusterAPIMachine)")
        case .karpenter where node.labels[WellKnown.Label.karpenterNodePool] == nil:
            .nobody("node \(node.name) is not one of Karpenter: it has no label \(WellKnown.Label.karpenterNodePool)")
        default: .actor(actor)
        }
    }
}

extension NodeRecreation.Actor {
    /// Somebody else must be asked which machine it is.
    package var locatesMachines: Bool { self == .gceManagedInstanceGroup || self == .clusterAPI || self == .karpenter }

    /// Whether the node comes back under its name; otherwise its end is what is waited for.
    package var keepsName: Bool { self != .clusterAPI && self != .karpenter }
}
