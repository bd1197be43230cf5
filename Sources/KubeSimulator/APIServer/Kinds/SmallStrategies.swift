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

struct SecretStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        if object["type"]?.string?.isEmpty ?? true { object["type"] = "Opaque" }
        guard let texts = object["stringData"]?.object else { return }
        object.updateMember("data") { data in
            for (key, text) in texts { data[key] = .string(Base64.encode(Array((text.string ?? "").utf8))) }
        }
        object["stringData"] = nil
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        guard let old, old["type"] != object["type"] else { return [] }
        return [.invalid("type", object["type"] ?? "", "field is immutable")]
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
