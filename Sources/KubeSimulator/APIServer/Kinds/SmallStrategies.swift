import KubeCore

/// Status is the controllers' alone.
struct StatusStrategy: ResourceStrategy {
    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) { object["status"] = nil }
}

/// A kubelet registers its node with a status, so creation keeps it.
struct NodeStrategy: ResourceStrategy {}

struct NamespaceStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        guard let name = object["metadata"]?["name"]?.string else { return }
        object.updateMetadata { metadata in
            metadata.updateMember("labels") { $0["kubernetes.io/metadata.name"] = .string(name) }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {
        object["status"] = ["phase": "Active"]
        object.updateMember("spec") { spec in
            let finalizers = spec["finalizers"]?.array ?? []
            if !finalizers.contains("kubernetes") { spec["finalizers"] = .array(finalizers + ["kubernetes"]) }
        }
    }

    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue, subresource: String?) {
        if subresource != "finalize" { object.updateMember("spec") { $0["finalizers"] = old["spec"]?["finalizers"] } }
        if subresource == "finalize" { object["status"] = old["status"] }
    }
}

struct PriorityClassStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        if object["preemptionPolicy"] == nil { object["preemptionPolicy"] = "PreemptLowerPriority" }
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        guard let old, old["value"] != object["value"] else { return [] }
        return [.forbidden("value", "may not be changed in an update.")]
    }
}

struct NetworkPolicyStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            if spec["policyTypes"]?.array?.isEmpty ?? true {
                spec["policyTypes"] = spec["egress"]?.array?.isEmpty ?? true ? ["Ingress"] : ["Ingress", "Egress"]
            }
            for direction in ["ingress", "egress"] {
                spec.updateItems(direction) { rule in
                    rule.updateItems("ports") { port in
                        if port["protocol"] == nil { port["protocol"] = "TCP" }
                    }
                }
            }
        }
    }
}

struct LeaseStrategy: ResourceStrategy {
    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        if let seconds = object["spec"]?["leaseDurationSeconds"], seconds.integer ?? 1 <= 0 {
            problems.append(.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
        }
        if let transitions = object["spec"]?["leaseTransitions"], transitions.integer ?? 0 < 0 {
            problems.append(.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"))
        }
        return problems
    }
}
