import KubeCore

extension DaemonSetController {
    /// Replaces pods of older revisions within the limits.
    ///
    /// An old pod that is not available is replaced at once and takes no slot: its node is unavailable as it is. Available ones are
    /// replaced while fewer than `maxUnavailable` nodes are without an available pod, or, with surge, get a second pod first.
    mutating func rollOver(_ set: DaemonSetFacts, _ uptime: Duration) {
        let names = nodeNames.filter { name in nodes[name].map { verdict(on: $0, for: set).run } ?? false }
        let limits = set.limits(desired: names.count)
        let now = habitat.time.now()
        // Also nodes where a pod merely stays count, as in the original.
        let occupied = Set(pods[set.uid]?.keys.map { $0 } ?? []).subtracting(names).sorted()
        let progress =
            limits.surge > 0 ? surge(set, names + occupied, limits.surge, now) : replace(set, names + occupied, limits.unavailable, now)
        switch progress {
        case .complete: break
        case .partial: continueAtOnce(set, uptime)
        case .refused: lookAgain(at: set, uptime + .seconds(1))
        }
    }

    private mutating func replace(_ set: DaemonSetFacts, _ names: [String], _ limit: Int, _ now: Timestamp) -> Progress {
        var unavailable = 0
        var free: [DaemonPod] = []
        var candidates: [DaemonPod] = []
        for name in names {
            switch generations(of: set, on: name) {
            case .unclear, .both, .neither: unavailable += 1
            case .new(let pod): if !pod.isAvailable(set.minReadySeconds, at: now) { unavailable += 1 }
            case .old(let pod):
                if !pod.isAvailable(set.minReadySeconds, at: now) {
                    free.append(pod)
                } else if unavailable < limit {
                    candidates.append(pod)
                }
            }
        }
        let slots = max(0, limit - unavailable)
        return apply(set, missing: [], surplus: free + candidates.prefix(slots))
    }

    private mutating func surge(_ set: DaemonSetFacts, _ names: [String], _ limit: Int, _ now: Timestamp) -> Progress {
        var surging = 0
        var done: [DaemonPod] = []
        var free: [String] = []
        var candidates: [String] = []
        for name in names {
            switch generations(of: set, on: name) {
            case .unclear: surging += 1
            case .neither, .new: break
            case .old(let pod):
                if !pod.isAvailable(set.minReadySeconds, at: now) {
                    free.append(name)
                } else if surging < limit {
                    candidates.append(name)
                }
            case .both(let new, let old):
                if new.isAvailable(set.minReadySeconds, at: now) { done.append(old) } else { surging += 1 }
            }
        }
        let slots = max(0, limit - surging)
        return apply(set, missing: free + candidates.prefix(slots), surplus: done)
    }

    private enum Generations {
        case neither
        case new(DaemonPod)
        case old(DaemonPod)
        case both(new: DaemonPod, old: DaemonPod)
        /// More than one of a kind: `manage` will sort it out.
        case unclear
    }

    private func generations(of set: DaemonSetFacts, on node: String) -> Generations {
        let standing = (pods[set.uid]?[node] ?? []).filter { !$0.isDeleting }
        let new = standing.filter { $0.revision == set.revision }
        let old = standing.filter { $0.revision != set.revision }
        guard new.count < 2, old.count < 2 else { return .unclear }
        switch (new.first, old.first) {
        case (nil, nil): return .neither
        case (let new?, nil): return .new(new)
        case (nil, let old?): return .old(old)
        case (let new?, let old?): return .both(new: new, old: old)
        }
    }
}
