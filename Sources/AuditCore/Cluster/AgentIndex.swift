import KubeCore

/// The agents' pods by node and by policy.
struct AgentIndex: Sendable {
    /// The first one of each node, which is nearly always all.
    private var byNode: [String: Packed<AgentPodView>] = [:]
    /// Those that came after it, in their order.
    private var further: [String: [Packed<AgentPodView>]] = [:]
    private var counts: [String: Int] = [:]
    private var mounts: [String: [String: Int]] = [:]

    mutating func insert(_ pod: AgentPodView, _ packed: Packed<AgentPodView>, on node: String) {
        if byNode[node] == nil { byNode[node] = packed } else { further[node, default: []].append(packed) }
        adjust(pod, by: 1)
    }

    mutating func remove(_ pod: AgentPodView, _ packed: Packed<AgentPodView>) {
        let node = pod.nodeName
        var all = all(on: node)
        guard let place = all.firstIndex(of: packed) else { return }
        all.remove(at: place)
        byNode[node] = all.first
        further[node] = all.count > 1 ? Array(all.dropFirst()) : nil
        adjust(pod, by: -1)
    }

    /// Of any policy.
    func on(node: String) -> [AgentPodView] { all(on: node).map(\.value) }

    private func all(on node: String) -> [Packed<AgentPodView>] {
        guard let first = byNode[node] else { return [] }
        return [first] + (further[node] ?? [])
    }

    func count(of policy: String) -> Int { counts[policy] ?? 0 }

    func configMapsInUse(by policy: String) -> Set<String> { Set((mounts[policy] ?? [:]).keys) }

    private mutating func adjust(_ pod: AgentPodView, by amount: Int) {
        counts[pod.policyName, default: 0] += amount
        for name in pod.configMaps {
            let count = (mounts[pod.policyName]?[name] ?? 0) + amount
            mounts[pod.policyName, default: [:]][name] = count == 0 ? nil : count
        }
    }
}
