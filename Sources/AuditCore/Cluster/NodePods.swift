import KubeCore

/// The pods of the nodes that are drained: followed only while they are.
struct NodePods: Sendable {
    private struct Followed: Sendable {
        var pods: [ObjectKey: DrainPodView] = [:]
        /// The first list is complete.
        var isComplete = false
    }

    private var nodes: [String: Followed] = [:]

    /// nil until the first list of the node's pods is complete.
    func on(_ node: String) -> [DrainPodView]? {
        guard let followed = nodes[node], followed.isComplete else { return nil }
        return followed.pods.values.sorted { $0.key < $1.key }
    }

    mutating func set(_ pod: DrainPodView, on node: String) { nodes[node, default: Followed()].pods[pod.key] = pod }

    mutating func remove(_ key: ObjectKey, on node: String) { nodes[node]?.pods[key] = nil }

    mutating func complete(_ node: String) { nodes[node, default: Followed()].isComplete = true }

    mutating func forget(_ node: String) { nodes[node] = nil }
}
