import Digests
import KubeCore

/// What the backend AuditRules brings to nodes: a file for each architecture, since a pod's manifest does not know on which it will
/// run. None for another backend.
struct RuleFiles {
    private let files: [RuleFile]

    /// Errors: `.internalError` for rules that the review refuses, which are not rendered.
    init(_ spec: AuditPolicy.Spec) throws(KubeError) {
        guard let rules = spec.loadedRules else {
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

extension AuditPolicy.Spec {
    /// The policy's own rules, and an exclusion for each record type that a filter drops: what a kernel does not make costs nothing.
    ///
    /// A kernel that is locked would need another boot for that, and a filter must not cost a node: there the collector drops alone, as it
    /// does everywhere with what the kernel's names do not know.
    fileprivate var loadedRules: AuditRules? {
        guard audit.backend == .auditRules, let rules = audit.auditRules else { return nil }
        guard rules.lock == .unlocked else { return rules }
        var filtered = rules
        var types: Set<String> = []
        for type in filters.flatMap({ $0.dropRecordTypes?.recordTypes ?? [] })
        where NameTable.messageTypes.contains(type) && types.insert(type).inserted {
            filtered.rules.append(.dropping(type, named: "filter-drops-\(type.lowercased().replacing("_", with: "-"))"))
        }
        // Such as an exclusion of the policy's own of the same type.
        return filtered.review().errors.isEmpty ? filtered : rules
    }
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
