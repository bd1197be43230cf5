import KubeCore

extension DaemonSetController {
    /// Makes what is missing and deletes what is too much.
    mutating func manage(_ set: DaemonSetFacts, _ now: Duration) -> Progress {
        var missing: [String] = []
        var surplus: [DaemonPod] = []
        for name in nodeNames {
            guard let node = nodes[name] else { continue }
            let verdict = verdict(on: node, for: set)
            // A pod that has ended and is on its way out is as good as gone.
            let present = (pods[set.uid]?[name] ?? []).filter { !($0.isDeleting && $0.isFinished) }
            if verdict.run, present.isEmpty {
                missing.append(name)
            } else if verdict.stay {
                surplus += surplusPods(of: set, on: name, present, now)
            } else {
                surplus += present.filter { !$0.isDeleting }
            }
        }
        // Pods that wait for a node which is not there.
        for (name, waiting) in (pods[set.uid] ?? [:]).sorted(by: { $0.key < $1.key }) where nodes[name] == nil {
            surplus += waiting.filter { !$0.isBound && !$0.isDeleting }
        }
        return apply(set, missing: missing, surplus: surplus)
    }

    /// Writes what was decided, a burst of each at most.
    mutating func apply(_ set: DaemonSetFacts, missing: [String], surplus: [DaemonPod]) -> Progress {
        for pod in surplus.prefix(Self.burst) { delete(pod, of: set) }
        for node in missing.prefix(Self.burst) where !create(set, on: node) { return .refused }
        return missing.count <= Self.burst && surplus.count <= Self.burst ? .complete : .partial
    }

    private mutating func surplusPods(of set: DaemonSetFacts, on node: String, _ present: [DaemonPod], _ now: Duration) -> [DaemonPod] {
        var surplus: [DaemonPod] = []
        var running: [DaemonPod] = []
        for pod in present where !pod.isDeleting {
            switch pod.phase {
            case "Failed":
                if mayReplaceFailed(set, on: node, now) { surplus.append(pod) }
            case "Succeeded": surplus.append(pod)
            default: running.append(pod)
            }
        }
        guard running.count > 1 else { return surplus }
        let oldest = running.oldestFirst
        guard set.allowsSurge else { return surplus + oldest.dropFirst() }
        // With surge an old and a new pod may stand together until the new one is available.
        let new = oldest.first { $0.revision == set.revision }
        let old = oldest.first { $0.revision != set.revision }
        surplus += oldest.filter { $0 != new && $0 != old }
        if let new, let old, !old.isReady || new.isAvailable(set.minReadySeconds, at: habitat.time.now()) { surplus.append(old) }
        return surplus
    }

    /// One second after the first failure on a node, then twice as long each time, up to fifteen minutes.
    private mutating func mayReplaceFailed(_ set: DaemonSetFacts, on node: String, _ now: Duration) -> Bool {
        let key = "\(set.uid)/\(node)"
        if let failure = failures[key], now < failure.last + failure.pause {
            lookAgain(at: set, failure.last + failure.pause)
            return false
        }
        let pause = failures[key].map { min($0.pause * 2, .seconds(900)) } ?? .seconds(1)
        failures[key] = (pause, now)
        return true
    }
}
