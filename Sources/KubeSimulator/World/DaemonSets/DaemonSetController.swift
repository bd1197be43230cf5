import KubeCore

/// The DaemonSet controller: one pod on each node that the template fits, rolling updates, status.
///
/// It keeps what it needs of nodes and pods in small values, so that one look costs little at 15,000 nodes, and looks at a set
/// again no sooner than `pause` after it did, which gathers the changes of many pods into one look.
struct DaemonSetController: WorldPart {
    static let name = "daemon-sets"
    /// Pods made or deleted in one look, as in the original.
    static let burst = 250

    let habitat: Habitat
    var nodes: [String: NodeFacts] = [:]
    var nodeNames: [String] = []
    /// By the uid of the set, then by node.
    var pods: [String: [String: [DaemonPod]]] = [:]
    private var owners: [ObjectKey: (set: String, node: String)] = [:]
    /// By the uid of the set: the revision that the history ends with.
    var recorded: [String: String] = [:]
    /// Pods of nobody, which a set may take over.
    var orphans: [ObjectKey: Labels] = [:]
    private var sets: [ObjectKey: DaemonSetFacts] = [:]
    private var keys: [String: ObjectKey] = [:]
    private var dirty: Set<ObjectKey> = []
    private var lastLook: [ObjectKey: Duration] = [:]
    private var due = Timetable<ObjectKey>()
    /// Failed pods of a node are replaced ever more slowly: the next pause and when the last one was deleted.
    var failures: [String: (pause: Duration, last: Duration)] = [:]

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [DaemonSet.type, Node.type, Pod.type] }
    var nextDeadline: Duration? { due.first }

    private var pause: Duration { .milliseconds(nodeNames.count / 50) }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        for reference in changes.objects {
            switch reference.resource {
            case .nodes: noteNode(reference.key.name)
            case .pods: notePod(reference.key, habitat.server.get(reference))
            default: noteSet(reference.key)
            }
        }
        while let key = due.next(dueAt: now) { dirty.insert(key) }
        for key in dirty.sorted() {
            guard let set = sets[key] else {
                dirty.remove(key)
                continue
            }
            if let last = lastLook[key], last + pause > now {
                due.add(key, at: last + pause)
                dirty.remove(key)
                continue
            }
            dirty.remove(key)
            lastLook[key] = now
            sync(set, now)
        }
    }

    // MARK: Notes

    private mutating func noteSet(_ key: ObjectKey) {
        guard let object = habitat.server.get(DaemonSet.type, key) else {
            if let old = sets.removeValue(forKey: key) {
                keys[old.uid] = nil
                pods[old.uid] = nil
            }
            lastLook[key] = nil
            return
        }
        if let old = sets[key], old.uid != object.uid { keys[old.uid] = nil }
        sets[key] = DaemonSetFacts(object)
        keys[object.uid] = key
        dirty.insert(key)
    }

    private mutating func noteNode(_ name: String) {
        let facts = habitat.server.get(Node.type, ObjectKey(name: name)).map(NodeFacts.init)
        guard facts != nodes[name] else { return }
        if facts == nil {
            nodeNames.removeAll { $0 == name }
        } else if nodes[name] == nil {
            let isLast = nodeNames.last.map { $0 < name } ?? true
            nodeNames.insert(name, at: isLast ? nodeNames.endIndex : nodeNames.firstIndex { $0 > name } ?? nodeNames.endIndex)
        }
        nodes[name] = facts
        dirty.formUnion(sets.keys)
    }

    /// Takes one of our pods in, as it is now.
    mutating func notePod(_ key: ObjectKey, _ pod: JSONValue?) {
        if let owner = owners.removeValue(forKey: key) {
            pods[owner.set]?[owner.node]?.removeAll { $0.key == key }
            if pods[owner.set]?[owner.node]?.isEmpty == true { pods[owner.set]?[owner.node] = nil }
            if let set = keys[owner.set] { dirty.insert(set) }
        }
        orphans[key] = nil
        guard let pod else { return }
        guard let owner = pod.controller else {
            if !pod.isDeleting { orphans[key] = pod["metadata"]?["labels"]?.labels ?? [:] }
            return
        }
        guard owner["kind"]?.string == "DaemonSet", let uid = owner["uid"]?.string, let facts = DaemonPod(pod) else { return }
        owners[key] = (uid, facts.node)
        pods[uid, default: [:]][facts.node, default: []].append(facts)
        if let set = keys[uid] { dirty.insert(set) }
    }

    // MARK: One look

    private mutating func sync(_ set: DaemonSetFacts, _ now: Duration) {
        guard !set.isDeleting else { return }
        claim(set)
        recordRevision(of: set)
        switch manage(set, now) {
        case .complete: if set.isRollingUpdate { rollOver(set, now) }
        case .partial: continueAtOnce(set, now)
        case .refused: lookAgain(at: set, now + .seconds(1))
        }
        report(set, now)
        // What was written comes back as news.
        dirty.remove(set.key)
    }

    /// A burst more, without the pause.
    mutating func continueAtOnce(_ set: DaemonSetFacts, _ now: Duration) {
        lastLook[set.key] = nil
        due.add(set.key, at: now)
    }

    /// What became of a look's writes.
    enum Progress {
        case complete
        /// There is more than one look may do.
        case partial
        /// The API server said no, as for a namespace on its way out.
        case refused
    }

    /// Looks at the set again then, also without a change.
    mutating func lookAgain(at set: DaemonSetFacts, _ due: Duration) { self.due.add(set.key, at: due) }

    /// Whether a pod should be made there, and whether one that is there may stay.
    func verdict(on node: NodeFacts, for set: DaemonSetFacts) -> (run: Bool, stay: Bool) {
        guard set.fit.selects(node) else { return (false, false) }
        guard set.fit.tolerates(node.taints, effects: ["NoSchedule", "NoExecute"]) else {
            return (false, set.fit.tolerates(node.taints, effects: ["NoExecute"]))
        }
        return (true, true)
    }

    mutating func create(_ set: DaemonSetFacts, on node: String) -> Bool {
        let pod = habitat.attempt("create a daemon pod") { () throws(KubeError) in
            try habitat.server.create(Pod.type, set.pod(on: node), manager: habitat.manager("kube-controller-manager"))
        }
        guard let pod else { return false }
        notePod(pod.namedKey, pod)
        habitat.events.record(
            set.object, "SuccessfulCreate", "Created pod: \(pod.namedKey.name)", from: "daemonset-controller")
        return true
    }

    mutating func delete(_ pod: DaemonPod, of set: DaemonSetFacts) {
        _ = habitat.attempt("delete a daemon pod") { () throws(KubeError) in
            try habitat.server.delete(Pod.type, pod.key, DeleteOptions(uid: pod.uid))
        }
        notePod(pod.key, habitat.server.get(Pod.type, pod.key))
        habitat.events.record(set.object, "SuccessfulDelete", "Deleted pod: \(pod.key.name)", from: "daemonset-controller")
    }
}
