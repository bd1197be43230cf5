import Digests
import KubeCore

/// What the backend AuditRules brings to nodes: a file for each architecture, since a pod's manifest does not know on which it will
/// run. None for another backend.
struct RuleFiles {
    private let files: [RuleFile]

    /// Errors: `.internalError` for rules that the review refuses, which are not rendered.
    init(_ audit: AuditPolicy.Audit) throws(KubeError) {
        guard audit.backend == .auditRules, let rules = audit.auditRules else {
            files = []
            return
        }
        let review = rules.review()
        files = NodeArchitecture.allCases.compactMap(review.file)
        guard files.count == NodeArchitecture.allCases.count else {
            throw KubeError(.internalError, "rules with errors: \(review.errors.first?.description ?? "")")
        }
    }

    /// By key of the ConfigMap.
    var data: [String: String] {
        Dictionary(uniqueKeysWithValues: files.map { (AgentManifests.DataKey.rules($0.architecture), $0.nodeText) })
    }

    /// What the kernels are to hold, comments aside.
    var digests: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: files.map { ($0.architecture.rawValue, .string($0.digest.hex)) }))
    }

    var isEmpty: Bool { files.isEmpty }
}

extension RuleFile {
    /// The file with what `auditctl -l` will print of it, by digest, where that can be told: so that a node whose kernel is locked
    /// with these very rules can see so even where nobody noted who loaded them.
    var nodeText: String { text + listing().digests.map { "# listed as \($0.hex)\n" }.joined() }
}

extension RenderedAgent {
    /// The rules for nodes of one architecture as they stand in the ConfigMap; nil for a backend without rules.
    package func auditRules(for architecture: NodeArchitecture) -> String? {
        let configMap = manifests.first { $0.type == ConfigMap.type }
        return configMap?.value["data"]?[AgentManifests.DataKey.rules(architecture)]?.string
    }
}
