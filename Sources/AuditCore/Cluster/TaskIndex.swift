import KubeCore

/// The tasks' pods by node, and who waits for room: a bounded number runs at once.
struct TaskIndex: Sendable {
    /// How many nodes have a task's pod at once: enough for 15,000 nodes in an hour at some seconds each, few enough for the API server
    /// and registries not to notice.
    static let limit = 48

    private var pods: [ObjectKey: TaskPodView] = [:]
    private var byNode: [String: ObjectKey] = [:]
    private var counts: [String: Int] = [:]
    /// Asked for and not seen yet.
    private var reserved: Set<String> = []
    /// In the order in which they asked.
    private var queue: [String] = []
    private var queued: Set<String> = []

    func on(_ node: String) -> TaskPodView? { byNode[node].flatMap { pods[$0] } }

    var nodeNames: Dictionary<String, ObjectKey>.Keys { byNode.keys }

    func count(of policy: String) -> Int { counts[policy] ?? 0 }

    var configMapsInUse: Set<String> { Set(pods.values.flatMap(\.configMaps)) }

    func hasSlot(for node: String) -> Bool {
        byNode[node] != nil || reserved.contains(node) || byNode.count + reserved.count < Self.limit
    }

    mutating func reserve(_ node: String) { if byNode[node] == nil { reserved.insert(node) } }

    mutating func wait(_ node: String) { if queued.insert(node).inserted { queue.append(node) } }

    /// Returns the pod as it was before.
    mutating func set(_ pod: TaskPodView) -> TaskPodView? {
        let before = take(pod.key)
        pods[pod.key] = pod
        byNode[pod.nodeName] = pod.key
        reserved.remove(pod.nodeName)
        counts[pod.policyName, default: 0] += 1
        return before
    }

    /// Returns the pod, and the nodes that may start one now.
    mutating func remove(_ key: ObjectKey) -> (pod: TaskPodView, next: [String])? {
        guard let pod = take(key) else { return nil }
        return (pod, next())
    }

    /// The pod that was asked for is not made. Returns the nodes that may start one now.
    mutating func giveBack(_ node: String) -> [String] {
        guard reserved.remove(node) != nil else { return [] }
        return next()
    }

    private mutating func next() -> [String] {
        let room = max(0, Self.limit - byNode.count - reserved.count)
        let names = Array(queue.prefix(room))
        queue.removeFirst(names.count)
        queued.subtract(names)
        return names
    }

    private mutating func take(_ key: ObjectKey) -> TaskPodView? {
        guard let pod = pods.removeValue(forKey: key) else { return nil }
        if byNode[pod.nodeName] == key { byNode[pod.nodeName] = nil }
        counts[pod.policyName, default: 0] -= 1
        return pod
    }
}
