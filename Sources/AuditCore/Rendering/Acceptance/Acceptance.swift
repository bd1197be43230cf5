import KubeCore

/// Whether a specification can be carried out, and what it becomes in the cluster.
package enum Acceptance {
    /// The API server takes no more than 1 MiB.
    private static let maximumSize = 1_000_000

    /// `overlap`: the policy that comes first on nodes which this one selects too, on how many, and the first of them.
    ///
    /// Pure: the same arguments give the same answer. A refused specification leaves what runs as it is.
    package static func judge(
        _ policy: AuditPolicy, options: AgentOptions, overlap: (winner: String, count: Int, node: String)?
    ) -> PolicySnapshot.Rendering {
        let review = SpecificationReview(policy, options: options)
        var problems = review.problems
        if let overlap {
            let nodes = overlap.count == 1 ? "node \(overlap.node)" : "\(overlap.count) nodes, \(overlap.node) the first"
            problems.append(
                Problem(
                    path: "spec.nodeSelector",
                    message: "overlaps with the older AuditPolicy \(overlap.winner) on \(nodes); change one of them"))
        }
        guard problems.isEmpty else { return .refused(problems) }
        do throws(KubeError) {
            let agent = try AgentManifests(for: policy, options: options)
            let sizes = (agent.configMap.data ?? [:]).mapValues(\.utf8.count)
            let size = sizes.values.reduce(0, +)
            guard size <= maximumSize else {
                let collector = sizes[AgentManifests.DataKey.collector] ?? 0
                let path = collector * 2 > size ? "spec.filters" : AuditRules.path
                return .refused([
                    Problem(path: path, message: "the configuration takes \(size) bytes; at most \(maximumSize) fit a ConfigMap")
                ])
            }
            return .accepted(
                RenderedAgent(
                    revision: agent.revision, auditRevision: agent.auditRevision, manifests: try agent.manifests(),
                    warnings: review.warnings))
        } catch {
            return .refused([Problem(path: "spec", message: "cannot be rendered: \(error.message)")])
        }
    }
}
