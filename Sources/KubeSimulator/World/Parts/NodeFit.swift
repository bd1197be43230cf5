import KubeCore

/// A node as scheduling looks at it.
struct NodeFacts: Sendable, Equatable {
    var name: String
    var labels: Labels
    var taints: [Taint]
    var isUnschedulable: Bool
    var isReady: Bool

    init(_ node: JSONValue) {
        name = node["metadata"]?["name"]?.string ?? ""
        labels = node["metadata"]?["labels"]?.labels ?? [:]
        taints = (node["spec"]?["taints"]?.array ?? []).map(Taint.init)
        isUnschedulable = node["spec"]?["unschedulable"]?.bool == true
        isReady = node.condition("Ready")?["status"]?.string == "True"
    }
}

/// Where a pod may run: `nodeName`, `nodeSelector`, required node affinity and tolerations of its spec.
struct NodeFit: Sendable {
    private let nodeName: String?
    private let selector: Labels
    private let terms: [Term]?
    private let tolerations: PodTolerations

    private struct Term: Sendable {
        var expressions: [NodeRequirement]
        var fields: [NodeRequirement]
    }

    init(podSpec: JSONValue?, extraTolerations: [JSONValue] = []) {
        nodeName = podSpec?["nodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        selector = podSpec?["nodeSelector"]?.labels ?? [:]
        let required = podSpec?["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]
        terms = required?["nodeSelectorTerms"]?.array?.map { term in
            Term(
                expressions: (term["matchExpressions"]?.array ?? []).map(NodeRequirement.init),
                fields: (term["matchFields"]?.array ?? []).map(NodeRequirement.init))
        }
        tolerations = PodTolerations(.array((podSpec?["tolerations"]?.array ?? []) + extraTolerations))
    }

    /// Name, selector and affinity; a term with neither list matches nothing.
    func selects(_ node: NodeFacts) -> Bool {
        if let nodeName, nodeName != node.name { return false }
        guard selector.allSatisfy({ node.labels[$0.key] == $0.value }) else { return false }
        guard let terms else { return true }
        return terms.contains { term in
            guard !term.expressions.isEmpty || !term.fields.isEmpty else { return false }
            return term.expressions.allSatisfy { $0.matches(node.labels) }
                && term.fields.allSatisfy { $0.matches(["metadata.name": node.name]) }
        }
    }

    func tolerates(_ taints: [Taint], effects: Set<String>) -> Bool {
        taints.allSatisfy { !effects.contains($0.effect) || tolerations.tolerates($0) }
    }

    /// The one node that the affinity names, when it names one.
    var pinnedNode: String? {
        if let nodeName { return nodeName }
        guard let terms, terms.count == 1 else { return nil }
        return terms[0].fields.first { $0.key == "metadata.name" && $0.operator == "In" && $0.values.count == 1 }?.values[0]
    }
}

/// A NodeSelectorRequirement, with all six operators.
struct NodeRequirement: Sendable {
    var key: String
    var `operator`: String
    var values: [String]

    init(_ value: JSONValue) {
        key = value["key"]?.string ?? ""
        `operator` = value["operator"]?.string ?? ""
        values = (value["values"]?.array ?? []).compactMap(\.string)
    }

    func matches(_ labels: Labels) -> Bool {
        let value = labels[key]
        switch `operator` {
        case "In": return value.map { values.contains($0) } ?? false
        case "NotIn": return value.map { !values.contains($0) } ?? true
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt", "Lt":
            guard let value = value.flatMap({ Int64($0) }), let limit = values.first.flatMap({ Int64($0) }) else { return false }
            return `operator` == "Gt" ? value > limit : value < limit
        default: return false
        }
    }
}
