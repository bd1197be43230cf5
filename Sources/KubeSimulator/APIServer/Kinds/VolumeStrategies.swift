import KubeCore

/// Volumes and claims as the API server keeps them. Nobody binds them and nobody protects what is in use: a claim has the volume that
/// its writer names, and both go when they are deleted.
struct PersistentVolumeStrategy: ResourceStrategy {
    /// Where a volume is, one of these members.
    private static let sources: Set<String> = {
        let others: Set<String> = [
            "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions", "volumeMode",
            "nodeAffinity", "volumeAttributesClassName",
        ]
        return Set(BuiltinTypes.types["PersistentVolumeSpec"]?.members.keys.filter { !others.contains($0) } ?? [])
    }()

    private static func source(of object: JSONValue) -> [String: JSONValue] {
        (object["spec"]?.object ?? [:]).filter { sources.contains($0.key) }
    }

    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            if spec["persistentVolumeReclaimPolicy"]?.string?.isEmpty ?? true { spec["persistentVolumeReclaimPolicy"] = "Retain" }
            if spec["volumeMode"] == nil { spec["volumeMode"] = "Filesystem" }
            if spec["hostPath"] != nil, spec["hostPath"]?["type"] == nil { spec[["hostPath", "type"]] = "" }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {
        object["status"] = ["phase": "Pending", "lastPhaseTransitionTime": object["metadata"]?["creationTimestamp"] ?? .null]
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let spec = object["spec"]
        let source = Self.source(of: object)
        if spec?["accessModes"]?.array?.isEmpty ?? true { problems.append(.required("spec.accessModes")) }
        problems += ClaimedMode.problems(spec?["accessModes"], at: "spec.accessModes")
        let capacity = spec?["capacity"]?.object ?? [:]
        if capacity.isEmpty { problems.append(.required("spec.capacity")) }
        if capacity["storage"] == nil || capacity.count > 1 {
            problems.append(
                FieldProblem(
                    reason: "FieldValueNotSupported", field: "spec.capacity",
                    message: "Unsupported value: \(capacity.isEmpty ? "null" : JSONValue.object(capacity).text()): "
                        + "supported values: \"storage\""))
        }
        if source.isEmpty { problems.append(.required("spec", "must specify a volume type")) }
        if source.count > 1, let second = source.keys.sorted().last {
            problems.append(.forbidden("spec.\(second)", "may not specify more than 1 volume type"))
        }
        if source["local"] != nil {
            if source["local"]?["path"]?.string?.isEmpty ?? true { problems.append(.required("spec.local.path")) }
            if spec?["nodeAffinity"]?["required"] == nil {
                problems.append(.required("spec.nodeAffinity", "Local volume requires node affinity"))
            }
        }
        if let old, Self.source(of: old) != source {
            problems.append(.forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"))
        }
        return problems
    }
}

struct PersistentVolumeClaimStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            if spec["volumeMode"] == nil { spec["volumeMode"] = "Filesystem" }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) { object["status"] = ["phase": "Pending"] }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let spec = object["spec"]
        if spec?["accessModes"]?.array?.isEmpty ?? true {
            problems.append(.required("spec.accessModes", "at least 1 access mode is required"))
        }
        problems += ClaimedMode.problems(spec?["accessModes"], at: "spec.accessModes")
        if spec?["resources"]?["requests"]?["storage"] == nil { problems.append(.required("spec.resources[storage]")) }
        if let old, Self.fixedPart(of: object, beside: old) != Self.fixedPart(of: old, beside: old) {
            problems.append(
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"))
        }
        return problems
    }

    /// What stays; the volume may still be named while there is none, and a bound claim may grow.
    private static func fixedPart(of object: JSONValue, beside old: JSONValue) -> [String: JSONValue] {
        var spec = object["spec"]?.object ?? [:]
        if old["status"]?["phase"] == "Bound" {
            spec["resources"] = nil
            spec["volumeAttributesClassName"] = nil
        }
        if old["spec"]?["volumeName"]?.string?.isEmpty ?? true { spec["volumeName"] = nil }
        return spec
    }
}

private enum ClaimedMode {
    private static let supported = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    static func problems(_ modes: JSONValue?, at field: String) -> [FieldProblem] {
        (modes?.array ?? []).compactMap(\.string).filter { !supported.contains($0) }.map {
            .unsupported(field, $0, supported: supported)
        }
    }
}
