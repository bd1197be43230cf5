import KubeCore

/// The agents' pods by node and by policy.
struct AgentIndex: Sendable {
    private var byNode: [String: [Packed<AgentPodView>]] = [:]
    private var counts: [String: Int] = [:]
    private var mounts: [String: [String: Int]] = [:]

    mutating func insert(_ pod: AgentPodView, _ packed: Packed<AgentPodView>, on node: String) {
        byNode[node, default: []].append(packed)
        adjust(pod, by: 1)
    }

    mutating func remove(_ pod: AgentPodView, _ packed: Packed<AgentPodView>) {
        guard let place = byNode[pod.nodeName]?.firstIndex(of: packed) else { return }
        byNode[pod.nodeName]?.remove(at: place)
        if byNode[pod.nodeName]?.isEmpty == true { byNode[pod.nodeName] = nil }
        adjust(pod, by: -1)
    }

    /// Of any policy.
    func on(node: String) -> [AgentPodView] { (byNode[node] ?? []).map(\.value) }

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
