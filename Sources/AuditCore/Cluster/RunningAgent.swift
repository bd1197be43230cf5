import KubeCore

/// What a policy's DaemonSet in the cluster runs: what still counts while the present specification is refused or paused.
struct RunningAgent {
    var revision: String
    var auditRevision: String?
    var nodeSelector: LabelSelector

    init?(_ objects: [ObjectIdentity: ManagedObject]) {
        let daemonSet = objects.values.first { $0.type == DaemonSet.type && !$0.isDeleting }
        let template = daemonSet?.value["spec"]?["template"]
        let annotations = template?["metadata"]?["annotations"]
        guard let revision = annotations?[WellKnown.Annotation.revision]?.string else { return nil }
        self.revision = revision
        auditRevision = annotations?[WellKnown.Annotation.auditRevision]?.string
        // The selector is rendered as the one term of the pods' node affinity.
        let affinity = template?[["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]]
        let expressions = affinity?["nodeSelectorTerms"]?.array?.first?["matchExpressions"]?.array ?? []
        nodeSelector = LabelSelector(matchExpressions: expressions.compactMap(LabelRequirement.init(rendered:)))
    }
}

extension LabelRequirement {
    fileprivate init?(rendered value: JSONValue) {
        guard let key = value["key"]?.string, let name = value["operator"]?.string, let `operator` = Operator(rawValue: name) else {
            return nil
        }
        self.init(key: key, operator: `operator`, values: value["values"]?.array?.compactMap(\.string))
    }
}
