/// Who replaces a node, told from the Node alone. Whether that provider knows the machine only `locate` can say.
package enum ReplacerChoice: Sendable, Hashable {
    case provider(ReplacementProvider)
    /// The host's own init system reboots it: a task pod, no provider.
    case rebootTask
    /// Nobody can; the reason is for `RecreationPossible=False`.
    case none(String)

    /// `setting` nil means Auto. `available`: the providers that this operator is set up for; Manual and the task always are.
    ///
    /// Cluster API and Karpenter come before the cloud: what they made must not be replaced behind their backs. Auto never falls
    /// back to Manual, since nobody may be waiting for its wishes.
    package static func choose(
        for node: NodeIdentity, _ method: ReplacementMethod, setting: ReplacementProvider?, available: Set<ReplacementProvider>
    ) -> ReplacerChoice {
        if let setting { return explicit(setting, node, method, available) }
        let owner = Self.owner(of: node)
        if method == .reboot {
            return owner == .gceManagedInstanceGroup && available.contains(.gceManagedInstanceGroup)
                ? .provider(.gceManagedInstanceGroup) : .rebootTask
        }
        if let owner { return ready(owner, available) }
        let machine = node.providerID.map { "its provider id is \(Excerpt.of($0))" } ?? "it has no provider id"
        return .none("no provider is known for node \(node.name): \(machine)")
    }

    private static func explicit(
        _ setting: ReplacementProvider, _ node: NodeIdentity, _ method: ReplacementMethod, _ available: Set<ReplacementProvider>
    ) -> ReplacerChoice {
        switch setting {
        case .manual: return .provider(.manual)
        case .clusterAPI, .karpenter:
            if method == .reboot { return .rebootTask }
        case .gceManagedInstanceGroup: break
        }
        guard fits(setting, node) else {
            return .none("node \(node.name) does not look like one of \(setting.rawValue): \(lack(of: setting))")
        }
        return ready(setting, available)
    }

    private static func ready(_ provider: ReplacementProvider, _ available: Set<ReplacementProvider>) -> ReplacerChoice {
        provider == .manual || available.contains(provider)
            ? .provider(provider) : .none("this operator is not set up for \(provider.rawValue)")
    }

    private static func owner(of node: NodeIdentity) -> ReplacementProvider? {
        [.clusterAPI, .karpenter, .gceManagedInstanceGroup].first { fits($0, node) }
    }

    private static func fits(_ provider: ReplacementProvider, _ node: NodeIdentity) -> Bool {
        switch provider {
        case .clusterAPI:
            node.annotations[ClusterAPIMachines.machineAnnotation] != nil && node.annotations[ClusterAPIMachines.namespaceAnnotation] != nil
        case .karpenter: node.labels[KarpenterNodeClaims.nodePoolLabel] != nil
        case .gceManagedInstanceGroup: node.providerID.flatMap { GCEInstance(providerID: $0) } != nil
        case .manual: true
        }
    }

    private static func lack(of provider: ReplacementProvider) -> String {
        switch provider {
        case .clusterAPI: "no annotation \(ClusterAPIMachines.machineAnnotation)"
        case .karpenter: "no label \(KarpenterNodeClaims.nodePoolLabel)"
        case .gceManagedInstanceGroup: "its provider id is not gce://PROJECT/ZONE/INSTANCE"
        case .manual: "nothing"
        }
    }
}
