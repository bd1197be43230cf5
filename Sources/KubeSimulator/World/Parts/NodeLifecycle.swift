import KubeCore

/// The node controllers of kube-controller-manager: silence, taints by condition, taint-based eviction, and pods of nodes that are gone.
struct NodeLifecycle: WorldPart {
    static let name = "node-lifecycle"
    private enum Chore: Hashable { case silence(String), eviction(ObjectKey, uid: String), orphans(String) }

    let habitat: Habitat
    private var due = Timetable<Chore>()
    private var pods = PodIndex()
    private var silentSince: [String: Duration] = [:]
    private var goneSince: [String: Duration] = [:]
    /// Pods on their way out for a taint, with the uptime at which they have to go.
    private var evictions: [ObjectKey: (uid: String, at: Duration)] = [:]

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [Node.type, Pod.type] }
    var hearsMachines: Bool { true }
    var nextDeadline: Duration? { due.first }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        for name in changes.machines { listen(to: name, now) }
        var nodes: [String] = []
        var seen: Set<String> = []
        func look(_ name: String) { if seen.insert(name).inserted { nodes.append(name) } }
        for reference in changes.objects {
            if reference.resource == .nodes {
                look(reference.key.name)
            } else {
                let pod = habitat.server.get(reference)
                if pod == nil { evictions[reference.key] = nil }
                if let node = pods.note(reference.key, pod), let pod { meet(pod, on: node, now) }
            }
        }
        for name in nodes { judge(name, now) }
        while let chore = due.next(dueAt: now) { perform(chore, now) }
    }

    private mutating func perform(_ chore: Chore, _ now: Duration) {
        switch chore {
        case .silence(let name): giveUp(on: name, now)
        case .eviction(let key, let uid):
            guard let eviction = evictions[key], eviction.uid == uid, now >= eviction.at else { return }
            evictions[key] = nil
            evict(key, uid: uid)
        case .orphans(let name): collectOrphans(of: name, now)
        }
    }

    // MARK: Silence

    private mutating func listen(to name: String, _ now: Duration) {
        guard let machine = habitat.machines.machine(name), !machine.isServing else {
            silentSince[name] = nil
            return
        }
        guard silentSince[name] == nil else { return }
        silentSince[name] = now
        due.add(.silence(name), at: now + habitat.configuration.latency.nodeMonitorGrace)
    }

    private mutating func giveUp(on name: String, _ now: Duration) {
        guard let since = silentSince[name], now >= since + habitat.configuration.latency.nodeMonitorGrace else { return }
        let time = habitat.time.now()
        _ = habitat.attempt("mark a node as unknown") { () throws(KubeError) in
            try habitat.server.updateStatus(Node.type, ObjectKey(name: name), manager: habitat.manager("kube-controller-manager")) { node in
                for type in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
                    node.setCondition(
                        type, "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status.", now: time)
                }
            }
        }
    }

    // MARK: Taints

    private mutating func judge(_ name: String, _ now: Duration) {
        guard let node = habitat.server.get(Node.type, ObjectKey(name: name)) else {
            if goneSince[name] == nil, !pods.pods(on: name).isEmpty { miss(name, now) }
            return
        }
        goneSince[name] = nil
        let status = node.condition("Ready")?["status"]?.string ?? "Unknown"
        var wanted: [(key: String, effect: String)] = []
        if node["spec"]?["unschedulable"]?.bool == true { wanted.append(("node.kubernetes.io/unschedulable", "NoSchedule")) }
        if status == "False" { wanted += [("node.kubernetes.io/not-ready", "NoSchedule"), ("node.kubernetes.io/not-ready", "NoExecute")] }
        if status == "Unknown" {
            wanted += [("node.kubernetes.io/unreachable", "NoSchedule"), ("node.kubernetes.io/unreachable", "NoExecute")]
        }
        let ours: Set = ["node.kubernetes.io/unschedulable", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
        let present = node["spec"]?["taints"]?.array ?? []
        let time = habitat.time.now().description
        var taints = present.filter { !ours.contains($0["key"]?.string ?? "") }
        for taint in wanted {
            let old = present.first { $0["key"]?.string == taint.key && $0["effect"]?.string == taint.effect }
            var new: JSONValue = ["key": .string(taint.key), "effect": .string(taint.effect)]
            new["timeAdded"] = .string(time)
            taints.append(old ?? new)
        }
        if taints != present {
            _ = habitat.attempt("taint a node") { () throws(KubeError) in
                try habitat.server.update(Node.type, ObjectKey(name: name), manager: habitat.manager("kube-controller-manager")) { node in
                    node[["spec", "taints"]] = taints.isEmpty ? nil : .array(taints)
                }
            }
        }
        for key in pods.pods(on: name) {
            guard let pod = habitat.server.get(Pod.type, key) else { continue }
            if status != "True" { markNotReady(pod) }
            consider(pod, taints: taints, now)
        }
    }

    /// A pod came to or changed on a node.
    private mutating func meet(_ pod: JSONValue, on name: String, _ now: Duration) {
        guard let node = habitat.server.get(Node.type, ObjectKey(name: name)) else {
            if goneSince[name] == nil { miss(name, now) }
            return
        }
        let taints = node["spec"]?["taints"]?.array ?? []
        if !taints.isEmpty { consider(pod, taints: taints, now) }
    }

    /// A dead kubelet cannot take its pods out of service, so the controller does.
    private func markNotReady(_ pod: JSONValue) {
        guard pod.condition("Ready")?["status"]?.string == "True" else { return }
        let time = habitat.time.now()
        _ = habitat.attempt("mark a pod as not ready") { () throws(KubeError) in
            try habitat.server.updateStatus(Pod.type, pod.namedKey, manager: habitat.manager("kube-controller-manager")) { pod in
                pod.setCondition("Ready", "False", reason: "NodeNotReady", now: time)
            }
        }
    }

    private mutating func consider(_ pod: JSONValue, taints: [JSONValue], _ now: Duration) {
        let key = pod.namedKey
        let executing = taints.filter { $0["effect"]?.string == "NoExecute" }
        guard !executing.isEmpty, !pod.isDeleting else {
            evictions[key] = nil
            return
        }
        let tolerations = PodTolerations(pod["spec"]?["tolerations"])
        var patience: Int64?
        for taint in executing {
            switch tolerations.patience(with: Taint(taint)) {
            case .none:
                evictions[key] = nil
                return evict(key, uid: pod.uid)
            case .seconds(let seconds): patience = min(patience ?? seconds, seconds)
            case .forever: break
            }
        }
        guard let patience else {
            evictions[key] = nil
            return
        }
        guard evictions[key]?.uid != pod.uid else { return }
        evictions[key] = (pod.uid, now + .seconds(patience))
        due.add(.eviction(key, uid: pod.uid), at: now + .seconds(patience))
    }

    private func evict(_ key: ObjectKey, uid: String) {
        let time = habitat.time.now()
        _ = habitat.attempt("evict a pod by taint") { () throws(KubeError) in
            let pod = try habitat.server.updateStatus(Pod.type, key, manager: habitat.manager("kube-controller-manager")) { pod in
                pod.setCondition(
                    "DisruptionTarget", "True", reason: "DeletionByTaintManager", message: "Taint manager: deleting due to NoExecute taint",
                    now: time)
            }
            if let pod {
                habitat.events.record(pod, "TaintManagerEviction", "Marking for deletion Pod \(key)", from: "taint-eviction-controller")
            }
            return try habitat.server.delete(Pod.type, key, DeleteOptions(uid: uid))
        }
    }

    // MARK: Nodes that are gone

    private mutating func miss(_ name: String, _ now: Duration) {
        goneSince[name] = now
        due.add(.orphans(name), at: now + habitat.configuration.latency.orphanedPod)
    }

    private mutating func collectOrphans(of name: String, _ now: Duration) {
        guard let since = goneSince[name], now >= since + habitat.configuration.latency.orphanedPod else { return }
        for key in pods.pods(on: name) {
            _ = habitat.attempt("collect an orphaned pod") { () throws(KubeError) in
                try habitat.server.delete(Pod.type, key, DeleteOptions(gracePeriodSeconds: 0))
            }
        }
        goneSince[name] = nil
    }
}
