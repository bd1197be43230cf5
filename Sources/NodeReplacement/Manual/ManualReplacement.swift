/// A person replaces the machine. This publishes nothing and asks nobody: it words the wish, and the node's boot tells the rest.
package struct ManualReplacement: NodeReplacer {
    package var provider: ReplacementProvider { .manual }

    package init() {}

    /// Whether it does is up to the person; a caller that waits for the same name sees a boot or an absent Node either way.
    package func keepsName(_ method: ReplacementMethod) -> Bool { true }

    package func locate(_ node: NodeIdentity) async throws(ReplacementError) -> ReplacementTarget {
        ReplacementTarget(provider: provider, machine: node.providerID ?? node.name, machineID: node.uid)
    }

    package func request(_ order: ReplacementOrder) async throws(ReplacementError) -> ReplacementAcceptance { .wished(wish(order)) }

    package func progress(of order: ReplacementOrder) async throws(ReplacementError) -> ReplacementProgress { .pending(wish(order)) }

    private func wish(_ order: ReplacementOrder) -> String {
        let machine = order.target.machine == order.nodeName ? "" : " (\(Excerpt.of(order.target.machine)))"
        return switch order.method {
        case .recreate: "recreate the machine of node \(order.nodeName)\(machine), which is drained"
        case .reboot: "reboot node \(order.nodeName)\(machine), which is drained"
        }
    }
}
