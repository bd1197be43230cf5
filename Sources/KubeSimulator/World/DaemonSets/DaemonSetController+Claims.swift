import KubeCore

extension DaemonSetController {
    private static let revisions = ResourceType(
        group: "apps", version: "v1", kind: "ControllerRevision", plural: "controllerrevisions", isNamespaced: true)

    /// Takes over pods of nobody that the selector matches, and lets go of those that it no longer does.
    mutating func claim(_ set: DaemonSetFacts) {
        for (key, labels) in orphans.sorted(by: { $0.key < $1.key }) where key.namespace == set.key.namespace && set.selects(labels) {
            setOwner(of: key) {
                $0[["metadata", "ownerReferences"]] = .array(($0["metadata"]?["ownerReferences"]?.array ?? []) + [set.ownerReference])
            }
        }
        let strangers = (pods[set.uid] ?? [:]).values.joined().filter { !$0.isDeleting && !set.selects($0.labels) }
        for pod in strangers.sorted(by: { $0.key < $1.key }) {
            setOwner(of: pod.key) { object in
                let others = (object["metadata"]?["ownerReferences"]?.array ?? []).filter { $0["uid"]?.string != set.uid }
                object[["metadata", "ownerReferences"]] = others.isEmpty ? nil : .array(others)
            }
        }
    }

    private mutating func setOwner(of key: ObjectKey, _ change: (inout JSONValue) -> Void) {
        _ = habitat.attempt("claim a pod") { () throws(KubeError) in
            try habitat.server.update(Pod.type, key, manager: habitat.manager("kube-controller-manager"), change)
        }
        notePod(key, habitat.server.get(Pod.type, key))
    }

    /// Keeps the history that `kubectl rollout history` and `undo` read, at most as long as the set asks for.
    mutating func recordRevision(of set: DaemonSetFacts) {
        let name = "\(set.key.name)-\(set.revision)"
        let key = ObjectKey(namespace: set.key.namespace, name: name)
        guard recorded[set.uid] != set.revision else { return }
        recorded[set.uid] = set.revision
        let history = habitat.server.list(Self.revisions, namespace: set.key.namespace)
            .compactMap { claim($0, set) }
            .sorted { $0["revision"]?.integer ?? 0 < $1["revision"]?.integer ?? 0 }
        let next = JSONValue.integer((history.last?["revision"]?.integer ?? 0) + 1)
        if let present = history.first(where: { $0.namedKey == key }) {
            guard present["revision"] != history.last?["revision"] else { return }
            _ = habitat.attempt("renew a revision") { () throws(KubeError) in
                try habitat.server.update(Self.revisions, key) { $0["revision"] = next }
            }
            return
        }
        var template = set.template
        template["$patch"] = "replace"
        var labels = set.template["metadata"]?["labels"]?.object ?? [:]
        labels["controller-revision-hash"] = .string(set.revision)
        let revision: JSONValue = [
            "metadata": [
                "name": .string(name), "namespace": .string(key.namespace), "labels": .object(labels),
                "ownerReferences": [set.ownerReference],
            ],
            "data": ["spec": ["template": template]], "revision": next,
        ]
        _ = habitat.attempt("record a revision") { () throws(KubeError) in try habitat.server.create(Self.revisions, revision) }
        let live = Set((pods[set.uid] ?? [:]).values.joined().map(\.revision))
        let old = history.filter { !live.contains($0["metadata"]?["labels"]?["controller-revision-hash"]?.string ?? "") }
        let limit = Int(set.object["spec"]?["revisionHistoryLimit"]?.integer ?? 10)
        for surplus in old.prefix(max(0, history.count - limit)) {
            _ = habitat.attempt("forget a revision") { () throws(KubeError) in try habitat.server.delete(Self.revisions, surplus.namedKey) }
        }
    }

    /// A revision of this set, or one of nobody that it takes over.
    private func claim(_ revision: JSONValue, _ set: DaemonSetFacts) -> JSONValue? {
        if let owner = revision.controller { return owner["uid"]?.string == set.uid ? revision : nil }
        guard set.selects(revision["metadata"]?["labels"]?.labels ?? [:]) else { return nil }
        return habitat.attempt("claim a revision") { () throws(KubeError) in
            try habitat.server.update(Self.revisions, revision.namedKey) { $0[["metadata", "ownerReferences"]] = [set.ownerReference] }
        }
    }
}
