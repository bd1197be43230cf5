import KubeCore

extension SimulatedAPIServer {
    /// `POST …/pods/{name}/eviction`
    func evict(_ call: APICall) throws(KubeError) -> Outcome {
        var context = try call.writeContext(now: time.now())
        guard let definition = call.definition else { return Outcome(answer: .notFound) }
        let (body, _) = try APICall.parse(call.request.body, definition, isYAML: false)
        let kind = body["kind"]?.string ?? "Eviction"
        let version = body["apiVersion"]?.string ?? "policy/v1"
        guard kind == "Eviction", version == "policy/v1" else {
            throw .badRequest("no kind \"\(kind)\" is registered for version \"\(version)\" in scheme")
        }
        if let name = body["metadata"]?["name"]?.string, !name.isEmpty, name != call.attributes.name {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
        var options = DeleteOptions()
        if let given = body["deleteOptions"] {
            try options.read(given)
            if given["dryRun"]?.array?.contains("All") == true { context.isDryRun = true }
        }
        let (settledOptions, settledContext) = (options, context)
        try withState { state throws(KubeError) in
            try state.evict(call.key, settledOptions, settledContext)
        }
        return Outcome(answer: .json(201, ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201]))
    }
}

extension ClusterState {
    /// Deletes a pod when its disruption budget, if it has one, allows.
    mutating func evict(_ key: ObjectKey, _ options: DeleteOptions, _ context: WriteContext) throws(KubeError) {
        guard let definition = registry[.pods], let pod = store.object(.pods, key) else { throw .notFound(.pods, key.name) }
        try check(options, definition, pod)
        if !Self.needsNoBudget(pod) { try spendBudget(for: pod, context) }
        _ = try delete(definition, pod, options, context)
    }

    /// Pods that have ended, have not begun or are going already disturb nobody.
    private static func needsNoBudget(_ pod: StoredObject) -> Bool {
        let phase = pod.value["status"]?["phase"]?.string ?? ""
        return phase == "Succeeded" || phase == "Failed" || phase == "Pending" || pod.isDeleting
    }

    private mutating func spendBudget(for pod: StoredObject, _ context: WriteContext) throws(KubeError) {
        let resource = GroupResource(group: "policy", resource: "poddisruptionbudgets")
        let budgets = (store.tables[resource]?.list(namespace: pod.key.namespace) ?? []).filter { budget in
            guard let selector = budget.value["spec"]?["selector"] else { return false }
            return SelectorRequirement.parse(selector).allSatisfy { $0.matches(pod.labels) }
        }
        if budgets.count > 1 {
            throw KubeError(
                httpStatus: 500,
                status: Status(
                    message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                    reason: nil,
                    code: 500))
        }
        guard let budget = budgets.first, let definition = registry[resource] else { return }
        let status = budget.value["status"] ?? [:]
        let healthy = status["currentHealthy"]?.integer ?? 0
        let desired = status["desiredHealthy"]?.integer ?? 0
        if !Self.isReady(pod) {
            let policy = budget.value["spec"]?["unhealthyPodEvictionPolicy"]?.string
            if policy == "AlwaysAllow" || (healthy >= desired && desired > 0) { return }
        }
        if status["observedGeneration"]?.integer ?? 0 < budget.metadata["generation"]?.integer ?? 0 {
            throw Self.tooManyRequests(
                "The disruption budget \(budget.key.name) is still being processed by the server.", retryAfterSeconds: 10)
        }
        let allowed = status["disruptionsAllowed"]?.integer ?? 0
        guard allowed > 0 else {
            throw Self.tooManyRequests(
                "The disruption budget \(budget.key.name) needs \(desired) healthy pods and has \(healthy) currently",
                retryAfterSeconds: nil)
        }
        if context.isDryRun { return }
        var value = budget.value
        value.updateMember("status") { status in
            status["disruptionsAllowed"] = .integer(allowed - 1)
            status.updateMember("disruptedPods") { $0[pod.key.name] = .string(context.now.description) }
        }
        commit(definition, budget.key, value)
    }

    private static func isReady(_ pod: StoredObject) -> Bool {
        (pod.value["status"]?["conditions"]?.array ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }

    private static func tooManyRequests(_ cause: String, retryAfterSeconds: Int?) -> KubeError {
        .refused(
            429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
            details: Status.Details(
                causes: [Status.Cause(reason: "DisruptionBudget", message: cause)], retryAfterSeconds: retryAfterSeconds))
    }
}
