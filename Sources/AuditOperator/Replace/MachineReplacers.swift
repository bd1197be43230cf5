package import AuditCore
package import KubeCore
package import NodeReplacement

/// Who replaces machines, by the words of the stored recreations: asks, and brings the answer in the words of a look.
///
/// Guarantees: decides nothing; an error is an answer, but for the end of the process.
package struct MachineReplacers: Sendable {
    private let replacers: [NodeRecreation.Actor: any NodeReplacer]

    package init(_ replacers: [any NodeReplacer]) {
        var byActor: [NodeRecreation.Actor: any NodeReplacer] = [.manual: ManualReplacement()]
        for replacer in replacers { byActor[NodeRecreation.Actor(replacer.provider)] = replacer }
        self.replacers = byActor
    }

    /// Errors: `.cancelled`, `.leadershipLost`.
    package func locate(_ node: Node, by actor: NodeRecreation.Actor) async throws(KubeError) -> NodeNote {
        guard let replacer = replacers[actor] else { return .notLocated(lack(of: actor)) }
        do throws(ReplacementError) {
            let target = try await replacer.locate(NodeReplacement.NodeIdentity(node))
            return .located(
                NodeRecreation.Target(
                    machine: target.machine, group: target.group.isEmpty ? nil : target.group, machineID: target.machineID,
                    startedAt: target.startedAt))
        } catch {
            return .notLocated(try refusal(error))
        }
    }

    package func request(_ order: AuditCore.ReplacementOrder) async throws(KubeError) -> NodeNote {
        guard let replacer = replacers[order.actor] else { return .refused(lack(of: order.actor)) }
        do throws(ReplacementError) {
            switch try await replacer.request(NodeReplacement.ReplacementOrder(order)) {
            case .accepted(let operation): return .accepted(operation: operation)
            case .wished(let wish): return .wished(wish)
            }
        } catch {
            return .refused(try refusal(error))
        }
    }

    package func progress(of order: AuditCore.ReplacementOrder) async throws(KubeError) -> NodeNote {
        guard let replacer = replacers[order.actor] else { return .progress(.unknown(lack(of: order.actor))) }
        let progress: ReplacementProgress
        do throws(ReplacementError) {
            progress = try await replacer.progress(of: NodeReplacement.ReplacementOrder(order))
        } catch {
            return .progress(.unknown(try refusal(error)))
        }
        switch progress {
        case .pending(let detail, _): return .progress(.pending(detail))
        case .notBegun(let detail): return .progress(.notBegun(detail))
        case .finished: return .progress(.finished)
        case .gone: return .progress(.gone)
        case .failed(let error): return .progress(.failed(try refusal(error)))
        }
    }

    private func lack(of actor: NodeRecreation.Actor) -> ProviderRefusal {
        ProviderRefusal(.definite, reason: "ProviderMissing", message: "this operator is not set up for \(actor.rawValue)")
    }

    private func refusal(_ error: ReplacementError) throws(KubeError) -> ProviderRefusal {
        let kind: ProviderRefusal.Kind
        switch error.verdict {
        case .stopped: throw KubeError(.cancelled, error.message)
        case .gone: kind = .gone
        case .needsPerson: kind = .definite
        // Definitely not done, and the cloud has no room: the node is better given back than held.
        case .retryLater where error.reason == .quotaExceeded || error.reason == .outOfCapacity: kind = .definite
        case .retryLater(let after): kind = .passing(after: after)
        }
        return ProviderRefusal(kind, reason: error.reason.rawValue, message: error.message, endsRequest: error.endsRequest)
    }
}

extension NodeRecreation.Actor {
    fileprivate init(_ provider: ReplacementProvider) {
        switch provider {
        case .gceManagedInstanceGroup: self = .gceManagedInstanceGroup
        case .clusterAPI: self = .clusterAPI
        case .karpenter: self = .karpenter
        case .manual: self = .manual
        }
    }

    fileprivate var provider: ReplacementProvider {
        switch self {
        case .gceManagedInstanceGroup: .gceManagedInstanceGroup
        case .clusterAPI: .clusterAPI
        case .karpenter: .karpenter
        // The host itself is asked by a task's pod, never through a provider.
        case .manual, .rebootTask: .manual
        }
    }
}

extension NodeReplacement.ReplacementOrder {
    fileprivate init(_ order: AuditCore.ReplacementOrder) {
        let target = ReplacementTarget(
            provider: order.actor.provider, machine: order.target.machine, group: order.target.group ?? "",
            machineID: order.target.machineID, startedAt: order.target.startedAt)
        self.init(
            nodeName: order.node.name, target: target, method: order.method == .reboot ? .reboot : .recreate, requestID: order.requestID,
            operation: order.operation)
    }
}
