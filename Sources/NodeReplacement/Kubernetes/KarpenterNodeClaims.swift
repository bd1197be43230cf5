package import KubeCore

/// Replaces a node by deleting its Karpenter NodeClaim: Karpenter ends the machine, and makes others as pods need them.
///
/// So there need not be another node, and there is never one of the same name.
/// Rights: get, list and delete nodeclaims.karpenter.sh.
package struct KarpenterNodeClaims: NodeReplacer {
    package static let nodePoolLabel = "karpenter.sh/nodepool"

    package var provider: ReplacementProvider { .karpenter }

    private let claims: DeletedOwner

    package init(_ transport: any KubeTransport) {
        claims = DeletedOwner(
            objects: KubeObjects(transport: transport), group: "karpenter.sh", kind: "NodeClaim", plural: "nodeclaims", isNamespaced: false)
    }

    package func keepsName(_ method: ReplacementMethod) -> Bool { false }

    package func locate(_ node: NodeIdentity) async throws(ReplacementError) -> ReplacementTarget {
        let type = try await claims.type()
        guard let claim = try await claim(of: node, type) else {
            throw ReplacementError(.notInGroup, "there is no NodeClaim for node \(node.name)")
        }
        guard let name = claim["metadata"]?["name"]?.string, ObjectName.isValid(name), let uid = claim.uid else {
            throw ReplacementError(.malformedAnswer, "the NodeClaim of node \(node.name) has no name and uid")
        }
        guard claim["status"]?["nodeName"]?.string == node.name else {
            throw ReplacementError(.identityMismatch, "NodeClaim \(name) is not node \(node.name)'s, though the Node says so")
        }
        if let claimed = node.providerID, let known = claim["status"]?["providerID"]?.string, !known.isEmpty, claimed != known {
            throw ReplacementError(.identityMismatch, "NodeClaim \(name) has another provider id than node \(node.name)")
        }
        let pool = claim["metadata"]?["labels"]?[Self.nodePoolLabel]?.string ?? ""
        guard !pool.isEmpty else {
            throw ReplacementError(.notInGroup, "NodeClaim \(name) belongs to no NodePool, so nobody would make another")
        }
        return ReplacementTarget(provider: provider, machine: name, group: "NodePool/\(pool)", machineID: uid)
    }

    package func request(_ order: ReplacementOrder) async throws(ReplacementError) -> ReplacementAcceptance {
        try await claims.request(order)
    }

    package func progress(of order: ReplacementOrder) async throws(ReplacementError) -> ReplacementProgress {
        try await claims.progress(of: order)
    }

    /// The one that the Node names as its owner, else the one that names the Node: older versions set no owner.
    private func claim(of node: NodeIdentity, _ type: ResourceType) async throws(ReplacementError) -> JSONValue? {
        let owner = node.owners.first { $0.kind == "NodeClaim" && $0.apiVersion.hasPrefix("karpenter.sh/") }
        if let owner {
            guard ObjectName.isValid(owner.name) else {
                throw ReplacementError(.identityMismatch, "node \(node.name): its owner is no possible NodeClaim")
            }
            guard let claim = try await claims.objects.get(type, ObjectKey(name: owner.name)), claim.uid == owner.uid else { return nil }
            return claim
        }
        let matching = try await claims.objects.list(type).filter { $0["status"]?["nodeName"]?.string == node.name }
        guard matching.count <= 1 else {
            throw ReplacementError(.identityMismatch, "\(matching.count) NodeClaims name node \(node.name)")
        }
        return matching.first
    }
}
