import KubeCore

/// The agents' pods by node and by policy.
struct AgentIndex: Sendable {
    private var pods: [ObjectKey: Reference<AgentPodView>] = [:]
    private var byNode: [String: Set<ObjectKey>] = [:]
    private var counts: [String: Int] = [:]
    private var mounts: [String: [String: Int]] = [:]

    /// Returns the pod as it was before.
    mutating func set(_ pod: AgentPodView) -> AgentPodView? {
        let before = remove(pod.key)
        pods[pod.key] = Reference(pod)
        byNode[pod.nodeName, default: []].insert(pod.key)
        adjust(pod, by: 1)
        return before
    }

    mutating func remove(_ key: ObjectKey) -> AgentPodView? {
        guard let pod = pods.removeValue(forKey: key)?.value else { return nil }
        byNode[pod.nodeName]?.remove(key)
        if byNode[pod.nodeName]?.isEmpty == true { byNode[pod.nodeName] = nil }
        adjust(pod, by: -1)
        return pod
    }

    /// Of any policy.
    func on(node: String) -> [AgentPodView] { (byNode[node] ?? []).compactMap { pods[$0]?.value } }

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
