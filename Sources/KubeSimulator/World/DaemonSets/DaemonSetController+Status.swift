import KubeCore

extension DaemonSetController {
    mutating func report(_ set: DaemonSetFacts, _ now: Duration) {
        var desired: Int64 = 0
        var current: Int64 = 0
        var updated: Int64 = 0
        var ready: Int64 = 0
        var available: Int64 = 0
        var misscheduled: Int64 = 0
        let time = habitat.time.now()
        var nextAvailable: Duration?
        for name in nodeNames {
            guard let node = nodes[name] else { continue }
            let present = (pods[set.uid]?[name] ?? []).oldestFirst
            guard verdict(on: node, for: set).run else {
                if !present.isEmpty { misscheduled += 1 }
                continue
            }
            desired += 1
            guard let pod = present.first else { continue }
            current += 1
            if let since = pod.readySince {
                ready += 1
                if pod.isAvailable(set.minReadySeconds, at: time) {
                    available += 1
                } else {
                    let rest = since + .seconds(set.minReadySeconds) - time
                    nextAvailable = min(nextAvailable ?? rest, rest)
                }
            }
            if pod.revision == set.revision { updated += 1 }
        }
        if let nextAvailable { lookAgain(at: set, now + max(nextAvailable, .milliseconds(100))) }
        var status: JSONValue = [
            "currentNumberScheduled": .integer(current), "desiredNumberScheduled": .integer(desired),
            "numberMisscheduled": .integer(misscheduled), "numberReady": .integer(ready), "observedGeneration": .integer(set.generation),
        ]
        // Zeros of these are left out, as the API does.
        if updated > 0 { status["updatedNumberScheduled"] = .integer(updated) }
        if available > 0 { status["numberAvailable"] = .integer(available) }
        if desired > available { status["numberUnavailable"] = .integer(desired - available) }
        guard status != set.object["status"] else { return }
        _ = habitat.attempt("report a daemon set") { () throws(KubeError) in
            try habitat.server.updateStatus(DaemonSet.type, set.key, manager: habitat.manager("kube-controller-manager")) { object in
                object["status"] = status
            }
        }
    }
}
