import KubeCore

/// Works out how many evictions each PodDisruptionBudget allows; the server's eviction takes them from its status.
struct DisruptionController: WorldPart {
    static let name = "disruption"
    /// How long an eviction that the server granted counts against the budget while its pod still stands.
    private static let deletionTimeout = Duration.seconds(120)

    let habitat: Habitat
    private var due = Timetable<ObjectKey>()

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [PodDisruptionBudget.type, Pod.type] }
    var nextDeadline: Duration? { due.first }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        var dirty: Set<ObjectKey> = []
        var namespaces: Set<String> = []
        for reference in changes.objects {
            if reference.resource == .pods { namespaces.insert(reference.key.namespace) } else { dirty.insert(reference.key) }
        }
        if !namespaces.isEmpty {
            for budget in habitat.server.list(PodDisruptionBudget.type) where namespaces.contains(budget.namedKey.namespace) {
                dirty.insert(budget.namedKey)
            }
        }
        while let key = due.next(dueAt: now) { dirty.insert(key) }
        for key in dirty.sorted() { sync(key, now) }
    }

    private mutating func sync(_ key: ObjectKey, _ now: Duration) {
        guard let budget = habitat.server.get(PodDisruptionBudget.type, key) else { return }
        let pods = matching(budget)
        let time = habitat.time.now()
        let old = budget["status"]?["disruptedPods"]?.object ?? [:]
        var disrupted: [String: JSONValue] = [:]
        for pod in pods where !pod.isDeleting {
            let name = pod.namedKey.name
            guard let since = old[name], let start = since.string.flatMap({ Timestamp($0) }) else { continue }
            let rest = start + Self.deletionTimeout - time
            guard rest > .zero else { continue }
            disrupted[name] = since
            due.add(key, at: now + rest)
        }
        let healthy = pods.filter { pod in
            !pod.isDeleting && disrupted[pod.namedKey.name] == nil && pod.condition("Ready")?["status"]?.string == "True"
        }.count
        let (expected, desired) = demand(of: budget, pods)
        let allowed = expected > 0 ? max(0, healthy - desired) : 0
        _ = habitat.attempt("report a budget") { () throws(KubeError) in
            try habitat.server.updateStatus(PodDisruptionBudget.type, key, manager: habitat.manager("kube-controller-manager")) { budget in
                var status: JSONValue = [
                    "currentHealthy": .integer(Int64(healthy)), "desiredHealthy": .integer(Int64(desired)),
                    "disruptionsAllowed": .integer(Int64(allowed)), "expectedPods": .integer(Int64(expected)),
                    "observedGeneration": budget["metadata"]?["generation"] ?? 0,
                ]
                if !disrupted.isEmpty { status["disruptedPods"] = .object(disrupted) }
                status["conditions"] = budget["status"]?["conditions"]
                budget["status"] = status
                budget.setCondition(
                    "DisruptionAllowed", allowed > 0 ? "True" : "False", reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
                    message: "", now: time)
                if case .array(var conditions)? = budget["status"]?["conditions"] {
                    for index in conditions.indices { conditions[index]["observedGeneration"] = budget["metadata"]?["generation"] }
                    budget[["status", "conditions"]] = .array(conditions)
                }
            }
        }
    }

    /// A budget without a selector covers nothing, one with an empty selector its whole namespace. Finished pods do not count.
    private func matching(_ budget: JSONValue) -> [JSONValue] {
        guard let selector = budget["spec"]?["selector"] else { return [] }
        return habitat.server.list(Pod.type, namespace: budget.namedKey.namespace, selector: LabelSelector(json: selector)).filter { pod in
            !["Succeeded", "Failed"].contains(pod["status"]?["phase"]?.string ?? "")
        }
    }

    /// Expected and desired healthy pods: percentages and `maxUnavailable` are of the scale of the pods' controllers, rounded up.
    private func demand(of budget: JSONValue, _ pods: [JSONValue]) -> (expected: Int, desired: Int) {
        let spec = budget["spec"]
        if let value = spec?["maxUnavailable"] {
            let scale = scale(of: pods)
            return (scale, max(0, scale - scaled(value, to: scale)))
        }
        guard let value = spec?["minAvailable"] else { return (pods.count, 0) }
        if case .string = value {
            let scale = scale(of: pods)
            return (scale, scaled(value, to: scale))
        }
        return (pods.count, Int(value.integer ?? 0))
    }

    private func scaled(_ value: JSONValue, to total: Int) -> Int {
        if case .string(let text) = value { return IntOrString.string(text).scaled(to: total, roundingUp: true) ?? 0 }
        return Int(value.integer ?? 0)
    }

    private func scale(of pods: [JSONValue]) -> Int {
        var scales: [String: Int] = [:]
        for pod in pods {
            guard let owner = pod.controller, let uid = owner["uid"]?.string, scales[uid] == nil, let name = owner["name"]?.string else {
                continue
            }
            let types = [ReplicaSetController.type, SimulatedCluster.statefulSetType]
            guard let type = types.first(where: { $0.kind == owner["kind"]?.string }) else { continue }
            let key = ObjectKey(namespace: pod.namedKey.namespace, name: name)
            scales[uid] = Int(habitat.server.get(type, key)?["spec"]?["replicas"]?.integer ?? 0)
        }
        return scales.values.reduce(0, +)
    }
}
