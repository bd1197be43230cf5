import KubeCore

/// Deployments, as far as a sandbox needs them: one ReplicaSet for each template; the newest has the replicas, older ones go to none.
/// It does not roll: the old pods go when the new ReplicaSet stands.
struct DeploymentController: WorldPart {
    static let name = "deployments"
    static let type = ResourceType(group: "apps", version: "v1", kind: "Deployment", plural: "deployments", isNamespaced: true)
    private static let revisionHistoryLimit = 10

    let habitat: Habitat

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [Self.type, ReplicaSetController.type] }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        var dirty: Set<ObjectKey> = []
        for reference in changes.objects {
            guard let object = habitat.server.get(reference) else { continue }
            if reference.resource == GroupResource(Self.type) {
                dirty.insert(reference.key)
            } else if let owner = object.controller, owner["kind"]?.string == "Deployment", let name = owner["name"]?.string {
                dirty.insert(ObjectKey(namespace: reference.key.namespace, name: name))
            }
        }
        for key in dirty.sorted() { sync(key) }
    }

    private func sync(_ key: ObjectKey) {
        guard let deployment = habitat.server.get(Self.type, key), !deployment.isDeleting else { return }
        let template = deployment["spec"]?["template"] ?? [:]
        let hash = String(Fingerprint.hex(template.text()).prefix(10))
        let replicas = deployment["spec"]?["replicas"] ?? 1
        let owned = habitat.server.list(ReplicaSetController.type, namespace: key.namespace).filter {
            $0.controller?["uid"]?.string == deployment.uid
        }
        let current = owned.first { $0["metadata"]?["labels"]?["pod-template-hash"]?.string == hash }
        let last = owned.map(Self.revision).max() ?? 0
        if let current {
            bring(current, to: replicas, revision: last)
            if current["status"]?["readyReplicas"]?.integer ?? 0 >= replicas.integer ?? 1 {
                for old in owned where old.uid != current.uid { scale(old, to: 0) }
                for old in owned.filter({ $0.uid != current.uid }).dropLast(Self.revisionHistoryLimit) {
                    _ = habitat.attempt("forget a revision") { () throws(KubeError) in
                        try habitat.server.delete(ReplicaSetController.type, old.namedKey)
                    }
                }
            }
        } else {
            create(deployment, hash: hash, template: template, replicas: replicas, revision: last + 1)
        }
        report(deployment, owned, current)
    }

    private static let revisionAnnotation = "deployment.kubernetes.io/revision"

    private static func revision(of set: JSONValue) -> Int {
        set["metadata"]?["annotations"]?[revisionAnnotation]?.string.flatMap { Int($0) } ?? 0
    }

    /// The set of the current template has the replicas and the newest revision: an older one that is gone back to is new again.
    private func bring(_ set: JSONValue, to replicas: JSONValue, revision last: Int) {
        let own = Self.revision(of: set)
        scale(set, to: replicas)
        guard own < last else { return }
        _ = habitat.attempt("renew a revision") { () throws(KubeError) in
            try habitat.server.update(ReplicaSetController.type, set.namedKey) {
                $0[["metadata", "annotations", Self.revisionAnnotation]] = .string(String(last + 1))
            }
        }
    }

    private func scale(_ set: JSONValue, to replicas: JSONValue) {
        guard set["spec"]?["replicas"] != replicas else { return }
        _ = habitat.attempt("scale a replica set") { () throws(KubeError) in
            try habitat.server.update(ReplicaSetController.type, set.namedKey) { $0[["spec", "replicas"]] = replicas }
        }
    }

    private func create(_ deployment: JSONValue, hash: String, template: JSONValue, replicas: JSONValue, revision: Int) {
        let key = deployment.namedKey
        var template = template
        template[["metadata", "labels", "pod-template-hash"]] = .string(hash)
        var selector = deployment["spec"]?["selector"] ?? [:]
        selector[["matchLabels", "pod-template-hash"]] = .string(hash)
        let set: JSONValue = [
            "metadata": [
                "name": .string("\(key.name)-\(hash)"), "namespace": .string(key.namespace),
                "labels": template["metadata"]?["labels"] ?? [:],
                "annotations": [Self.revisionAnnotation: .string(String(revision))],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(key.name), "uid": .string(deployment.uid),
                        "controller": true, "blockOwnerDeletion": true,
                    ]
                ],
            ],
            "spec": ["replicas": replicas, "selector": selector, "template": template],
        ]
        _ = habitat.attempt("create a replica set") { () throws(KubeError) in
            try habitat.server.create(ReplicaSetController.type, set, manager: habitat.manager("kube-controller-manager"))
        }
        habitat.events.record(
            deployment, "ScalingReplicaSet", "Scaled up replica set \(key.name)-\(hash) from 0 to \(replicas.text())",
            from: "deployment-controller")
    }

    private func report(_ deployment: JSONValue, _ owned: [JSONValue], _ current: JSONValue?) {
        func sum(_ field: String) -> Int64 { owned.reduce(0) { $0 + ($1["status"]?[field]?.integer ?? 0) } }
        let wanted = deployment["spec"]?["replicas"]?.integer ?? 1
        let available = sum("availableReplicas")
        let isAvailable = available >= wanted
        let now = habitat.time.now()
        _ = habitat.attempt("report a deployment") { () throws(KubeError) in
            try habitat.server.updateStatus(Self.type, deployment.namedKey, manager: habitat.manager("kube-controller-manager")) { object in
                var status = object["status"] ?? [:]
                status["observedGeneration"] = object["metadata"]?["generation"]
                let counts = [
                    ("replicas", sum("replicas")), ("readyReplicas", sum("readyReplicas")), ("availableReplicas", available),
                    ("updatedReplicas", current?["status"]?["replicas"]?.integer ?? 0), ("unavailableReplicas", max(0, wanted - available)),
                ]
                for (name, count) in counts { status[name] = count > 0 ? .integer(count) : nil }
                object["status"] = status
                if let current {
                    object[["metadata", "annotations", Self.revisionAnnotation]] = .string(String(Self.revision(of: current)))
                }
                object.setCondition(
                    "Available", isAvailable ? "True" : "False",
                    reason: isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                    message: "Deployment \(isAvailable ? "has" : "does not have") minimum availability.", now: now)
                object.setCondition(
                    "Progressing", "True", reason: isAvailable ? "NewReplicaSetAvailable" : "ReplicaSetUpdated", now: now)
            }
        }
    }
}
