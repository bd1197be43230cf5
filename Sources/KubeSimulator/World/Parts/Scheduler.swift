import KubeCore

/// Binds pods to nodes: the fitting node with the fewest pods, then the first by name. Resources are not counted.
struct Scheduler: WorldPart {
    static let name = "scheduler"
    let habitat: Habitat
    private var nodes: [String: NodeFacts] = [:]
    private var order: [String] = []
    private var pods = PodIndex()
    private var waiting: Set<ObjectKey> = []

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [Node.type, Pod.type] }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        var candidates: [ObjectKey] = []
        var haveNodesChanged = false
        for reference in changes.objects {
            if reference.resource == .nodes {
                haveNodesChanged = note(reference.key.name) || haveNodesChanged
            } else if let pod = habitat.server.get(reference), !pod.isDeleting {
                if pods.note(reference.key, pod) == nil { candidates.append(reference.key) }
            } else {
                pods.note(reference.key, habitat.server.get(reference))
                waiting.remove(reference.key)
            }
        }
        // A node that changed may be what a pod waits for.
        if haveNodesChanged { candidates += waiting.sorted() }
        var seen: Set<ObjectKey> = []
        for key in candidates where seen.insert(key).inserted { schedule(key) }
    }

    private mutating func note(_ name: String) -> Bool {
        let facts = habitat.server.get(Node.type, ObjectKey(name: name)).map(NodeFacts.init)
        guard facts != nodes[name] else { return false }
        if (facts == nil) != (nodes[name] == nil) {
            if facts == nil {
                order.removeAll { $0 == name }
            } else {
                let isLast = order.last.map { $0 < name } ?? true
                order.insert(name, at: isLast ? order.endIndex : order.firstIndex { $0 > name } ?? order.endIndex)
            }
        }
        nodes[name] = facts
        return true
    }

    private mutating func schedule(_ key: ObjectKey) {
        guard let pod = habitat.server.get(Pod.type, key), !pod.isDeleting, pod["spec"]?["nodeName"]?.string?.isEmpty ?? true else {
            waiting.remove(key)
            return
        }
        guard pod["spec"]?["schedulerName"]?.string ?? "default-scheduler" == "default-scheduler" else { return }
        let fit = NodeFit(podSpec: pod["spec"])
        let candidates = fit.pinnedNode.map { [$0] } ?? order
        let fitting = candidates.compactMap { nodes[$0] }.filter { node in
            fit.selects(node) && fit.tolerates(node.taints, effects: ["NoSchedule", "NoExecute"])
                && (!node.isUnschedulable
                    || fit.tolerates([Taint(key: "node.kubernetes.io/unschedulable", effect: "NoSchedule")], effects: ["NoSchedule"]))
        }
        if let node = fitting.min(by: { pods.count(on: $0.name) < pods.count(on: $1.name) }) {
            waiting.remove(key)
            bind(pod, to: node.name)
        } else {
            waiting.insert(key)
            refuse(pod, among: candidates.count)
        }
    }

    private mutating func bind(_ pod: JSONValue, to node: String) {
        let key = pod.namedKey
        let bound = habitat.attempt("bind a pod") { () throws(KubeError) in try habitat.server.bind(key, uid: pod.uid, to: node) }
        if let bound {
            pods.note(key, bound)
            habitat.events.record(pod, "Scheduled", "Successfully assigned \(key) to \(node)", from: "default-scheduler")
        }
    }

    private func refuse(_ pod: JSONValue, among count: Int) {
        let message =
            "0/\(nodes.count) nodes are available: \(count) node(s) didn't match the pod's node affinity or had untolerated taint(s)."
        let time = habitat.time.now()
        _ = habitat.attempt("refuse a pod") { () throws(KubeError) in
            try habitat.server.updateStatus(Pod.type, pod.namedKey, manager: habitat.manager("kube-scheduler")) { pod in
                pod.setCondition("PodScheduled", "False", reason: "Unschedulable", message: message, now: time)
            }
        }
        habitat.events.record(pod, "FailedScheduling", message, isWarning: true, from: "default-scheduler")
    }
}
