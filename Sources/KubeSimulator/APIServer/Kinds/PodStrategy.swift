import KubeCore

struct PodStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            PodDefaults.apply(to: &spec)
            if spec["enableServiceLinks"] == nil { spec["enableServiceLinks"] = true }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {
        let quality = Self.qualityOfService(object["spec"] ?? [:])
        object["status"] = ["phase": "Pending", "qosClass": .string(quality)]
        object.updateMember("spec") { spec in
            Self.setPriority(&spec, in: cluster)
            Self.addTolerations(&spec)
        }
        guard let node = object["spec"]?["nodeName"]?.string, !node.isEmpty,
            let labels = cluster.store.object(.nodes, ObjectKey(name: node))?.labels
        else { return }
        // PodTopologyLabels: a bound pod carries where its node stands.
        object.updateMetadata { metadata in
            for label in ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"] {
                if let value = labels[label] { metadata.updateMember("labels") { $0[label] = value } }
            }
        }
    }

    private static func setPriority(_ spec: inout JSONValue, in cluster: ClusterState) {
        let resource = GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses")
        var named = spec["priorityClassName"]?.string.flatMap { cluster.store.object(resource, ObjectKey(name: $0))?.value }
        if spec["priorityClassName"]?.string?.isEmpty ?? true {
            named = cluster.store.tables[resource]?.list().first { $0.value["globalDefault"] == true }?.value
            if let named { spec["priorityClassName"] = named["metadata"]?["name"] }
        }
        spec["priority"] = named?["value"] ?? 0
        if spec["preemptionPolicy"] == nil { spec["preemptionPolicy"] = named?["preemptionPolicy"] ?? "PreemptLowerPriority" }
    }

    /// DefaultTolerationSeconds: five minutes on a node that is not ready or not reachable.
    private static func addTolerations(_ spec: inout JSONValue) {
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let tolerations = spec["tolerations"]?.array ?? []
            let isTolerated = tolerations.contains { toleration in
                let effect = toleration["effect"]?.string ?? ""
                let tolerated = toleration["key"]?.string ?? ""
                return (tolerated == key || tolerated.isEmpty) && (effect == "NoExecute" || effect.isEmpty)
            }
            if isTolerated { continue }
            let added: JSONValue = ["key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300]
            spec["tolerations"] = .array(tolerations + [added])
        }
    }

    static func qualityOfService(_ spec: JSONValue) -> String {
        let containers = (spec["containers"]?.array ?? []) + (spec["initContainers"]?.array ?? [])
        var isGuaranteed = !containers.isEmpty
        var isBestEffort = true
        for container in containers {
            let limits = container["resources"]?["limits"]?.object ?? [:]
            let requests = container["resources"]?["requests"]?.object ?? [:]
            for name in ["cpu", "memory"] {
                if limits[name] != nil || requests[name] != nil { isBestEffort = false }
                if limits[name] == nil || (requests[name] ?? limits[name]) != limits[name] { isGuaranteed = false }
            }
        }
        return isBestEffort ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        guard let old else { return PodValidation.problems(object["spec"] ?? [:], at: "spec") }
        var left = old["spec"] ?? [:]
        var right = object["spec"] ?? [:]
        // What may change: images, the deadline, the grace period, tolerations (added), scheduling gates (removed).
        for list in ["containers", "initContainers"] {
            left.updateItems(list) { $0["image"] = nil }
            right.updateItems(list) { $0["image"] = nil }
        }
        for member in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", "nodeName"] {
            if member == "nodeName", left[member] != nil { continue }
            left[member] = nil
            right[member] = nil
        }
        if left == right { return [] }
        return [
            .forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                    + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                    + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)")
        ]
    }
}
