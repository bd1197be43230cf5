import KubeCore

/// Keeps as many pods as a ReplicaSet asks for. What is evicted or ends is replaced at once; where it runs is the scheduler's business.
struct ReplicaSetController: WorldPart {
    static let name = "replica-sets"
    static let type = ResourceType(group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", isNamespaced: true)

    let habitat: Habitat
    /// By the uid of the set.
    private var pods: [String: Set<ObjectKey>] = [:]
    private var owners: [ObjectKey: String] = [:]
    private var sets: [String: ObjectKey] = [:]
    private var due = Timetable<ObjectKey>()

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [Self.type, Pod.type] }
    var nextDeadline: Duration? { due.first }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        var dirty: Set<ObjectKey> = []
        for reference in changes.objects {
            let object = habitat.server.get(reference)
            if reference.resource == .pods {
                if let uid = notePod(reference.key, object), let set = sets[uid] { dirty.insert(set) }
            } else {
                if let object { sets[object.uid] = reference.key }
                dirty.insert(reference.key)
            }
        }
        while let key = due.next(dueAt: now) { dirty.insert(key) }
        for key in dirty.sorted() { sync(key, now) }
    }

    /// Returns the set whose pod it is or was.
    private mutating func notePod(_ key: ObjectKey, _ pod: JSONValue?) -> String? {
        let owner = pod?.controller.flatMap { $0["kind"]?.string == "ReplicaSet" ? $0["uid"]?.string : nil }
        let old = owners[key]
        if old != owner {
            if let old { pods[old]?.remove(key) }
            owners[key] = owner
            if let owner { pods[owner, default: []].insert(key) }
        }
        return owner ?? old
    }

    private mutating func sync(_ key: ObjectKey, _ now: Duration) {
        guard let set = habitat.server.get(Self.type, key) else {
            sets = sets.filter { $0.value != key }
            return
        }
        guard !set.isDeleting else { return }
        let standing = (pods[set.uid] ?? []).sorted().compactMap { habitat.server.get(Pod.type, $0) }
        let active = standing.filter { pod in
            !pod.isDeleting && !["Succeeded", "Failed"].contains(pod["status"]?["phase"]?.string ?? "")
        }
        let wanted = Int(set["spec"]?["replicas"]?.integer ?? 1)
        if active.count < wanted {
            for _ in active.count..<wanted where !create(set) {
                due.add(key, at: now + .seconds(1))
                break
            }
        } else if active.count > wanted {
            // Those that are not ready first, then the youngest.
            let victims = active.sorted { left, right in
                let isLeftReady = left.condition("Ready")?["status"]?.string == "True"
                let isRightReady = right.condition("Ready")?["status"]?.string == "True"
                if isLeftReady != isRightReady { return !isLeftReady }
                return (left["metadata"]?["creationTimestamp"]?.string ?? "", left.namedKey) > (
                    right["metadata"]?["creationTimestamp"]?.string ?? "", right.namedKey
                )
            }
            for pod in victims.prefix(active.count - wanted) {
                _ = habitat.attempt("delete a surplus pod") { () throws(KubeError) in
                    try habitat.server.delete(Pod.type, pod.namedKey, DeleteOptions(uid: pod.uid))
                }
            }
        }
        report(set, active)
    }

    private mutating func create(_ set: JSONValue) -> Bool {
        let template = set["spec"]?["template"] ?? [:]
        var metadata = template["metadata"] ?? [:]
        metadata["generateName"] = .string("\(set.namedKey.name)-")
        metadata["namespace"] = .string(set.namedKey.namespace)
        metadata["ownerReferences"] = [
            [
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string(set.namedKey.name), "uid": .string(set.uid),
                "controller": true,
                "blockOwnerDeletion": true,
            ]
        ]
        let pod: JSONValue = ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"] ?? [:]]
        let made = habitat.attempt("create a replica") { () throws(KubeError) in
            try habitat.server.create(Pod.type, pod, manager: habitat.manager("kube-controller-manager"))
        }
        guard let made else { return false }
        _ = notePod(made.namedKey, made)
        habitat.events.record(set, "SuccessfulCreate", "Created pod: \(made.namedKey.name)", from: "replicaset-controller")
        return true
    }

    private func report(_ set: JSONValue, _ active: [JSONValue]) {
        let ready = active.filter { $0.condition("Ready")?["status"]?.string == "True" }.count
        var status: JSONValue = [
            "replicas": .integer(Int64(active.count)), "fullyLabeledReplicas": .integer(Int64(active.count)),
            "observedGeneration": set["metadata"]?["generation"] ?? 0,
        ]
        if ready > 0 {
            status["readyReplicas"] = .integer(Int64(ready))
            status["availableReplicas"] = .integer(Int64(ready))
        }
        guard status != set["status"] else { return }
        _ = habitat.attempt("report a replica set") { () throws(KubeError) in
            try habitat.server.updateStatus(Self.type, set.namedKey, manager: habitat.manager("kube-controller-manager")) {
                $0["status"] = status
            }
        }
    }
}
