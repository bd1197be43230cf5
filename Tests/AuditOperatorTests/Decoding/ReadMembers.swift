import KubeCore

/// The members of an object that the decoders read, as a tree: what the decoder of whole objects makes of it is what they must make
/// of the whole object.
enum ReadMembers {
    static func node(_ object: JSONValue) -> JSONValue {
        object.keeping(["metadata", "spec", "status"]) { name, value in
            switch name {
            case "metadata":
                value.keeping([
                    "name", "namespace", "uid", "resourceVersion", "labels", "annotations", "creationTimestamp", "deletionTimestamp",
                ]) {
                    name, value in
                    name == "annotations" ? value.keeping(["nodeaudit.dev/recreation", "cluster.x-k8s.io/machine"]) : value
                }
            case "spec":
                value.keeping(["providerID", "unschedulable", "taints"]) { name, value in
                    guard name == "taints", let taints = value.array else { return value }
                    return .array(taints.map { $0.keeping(["key", "effect"]) })
                }
            default:
                value.keeping(["conditions", "nodeInfo", "volumesAttached"]) { name, value in
                    switch name {
                    case "nodeInfo": return value.keeping(["bootID"])
                    case "conditions": return value.first("type", "Ready") { $0.keeping(["type", "status", "reason"]) }
                    default:
                        guard let volumes = value.array else { return value }
                        return .array(volumes.map { _ in ["name": "", "devicePath": ""] })
                    }
                }
            }
        }
    }

    static func record(_ object: JSONValue) -> JSONValue {
        object.keeping(["metadata", "report"]) { name, value in
            name == "metadata" ? value.keeping(["name", "namespace", "uid", "resourceVersion", "labels", "finalizers"]) : value
        }
    }

    static func pod(_ object: JSONValue) -> JSONValue {
        object.keeping(["metadata", "spec", "status"]) { name, value in
            switch name {
            case "metadata": podMetadata(value)
            case "spec": podSpec(value)
            default: podStatus(value)
            }
        }
    }

    /// With the members that the decoder of whole objects insists on and nobody reads.
    static func completed(pod: JSONValue) -> JSONValue {
        var pod = pod
        guard pod["spec"]?.object != nil else { return pod }
        pod[["spec", "containers"]] = []
        guard let volumes = pod["spec"]?["volumes"]?.array else { return pod }
        pod[["spec", "volumes"]] = .array(
            volumes.map { volume in
                guard var members = volume.object else { return volume }
                members["name"] = "any"
                return .object(members)
            })
        return pod
    }

    private static func podMetadata(_ value: JSONValue) -> JSONValue {
        value.keeping(["name", "namespace", "uid", "resourceVersion", "labels", "annotations", "creationTimestamp", "deletionTimestamp"]) {
            name, value in
            switch name {
            case "labels": value.keeping(["nodeaudit.dev/policy"])
            case "annotations": value.keeping(["nodeaudit.dev/revision", "nodeaudit.dev/audit-revision"])
            default: value
            }
        }
    }

    private static func podSpec(_ value: JSONValue) -> JSONValue {
        var spec = value.keeping(["nodeName", "affinity", "volumes"]) { name, value in
            if name == "affinity" { return affinity(value) }
            guard name == "volumes", let volumes = value.array else { return value }
            let mounts = volumes.map { volume -> JSONValue in
                guard volume.object != nil else { return volume }
                return volume.keeping(["configMap"]) { _, value in value.keeping(["name"]) }
            }
            return .array(mounts.filter { $0.object == nil || !($0["configMap"] ?? .null).isNull })
        }
        guard spec.object != nil else { return spec }
        // Read only until the pod is bound.
        if !(spec["nodeName"] ?? .null).isNull { spec["affinity"] = nil }
        return spec
    }

    private static func affinity(_ value: JSONValue) -> JSONValue {
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        return value.keeping(["nodeAffinity"]) { _, value in
            var affinity = value.keeping([required]) { _, value in
                value.keeping(["nodeSelectorTerms"]) { _, value in
                    guard let terms = value.array else { return value }
                    return .array(
                        terms.prefix(1).map { term in
                            term.keeping(["matchFields"]) { _, value in
                                guard let fields = value.array else { return value }
                                return .array(fields.map { $0.keeping(["key", "operator", "values"]) })
                            }
                        })
                }
            }
            // No terms: the decoder of whole objects refuses what pins nothing.
            if let selector = affinity[required], selector.object != nil, (selector["nodeSelectorTerms"] ?? .null).isNull {
                affinity[required] = nil
            }
            return affinity
        }
    }

    private static func podStatus(_ value: JSONValue) -> JSONValue {
        value.keeping(["phase", "reason", "conditions", "initContainerStatuses", "containerStatuses"]) { name, value in
            switch name {
            case "conditions": value.first("type", "PodScheduled") { $0.keeping(["type", "status", "reason"]) }
            case "initContainerStatuses": value.first("name", "audit-setup", container)
            case "containerStatuses": value.first("name", "collector", container)
            default: value
            }
        }
    }

    private static func container(_ value: JSONValue) -> JSONValue {
        value.keeping(["name", "ready", "state", "lastState"]) { name, value in
            guard name == "state" || name == "lastState" else { return value }
            return value.keeping(["waiting", "running", "terminated"]) { name, value in
                switch name {
                case "waiting": value.keeping(["reason", "message"])
                case "running": value.keeping([])
                default: value.keeping(["exitCode", "message", "finishedAt"])
                }
            }
        }
    }
}

extension JSONValue {
    var isNull: Bool { self == .null }

    /// Only these members, each changed by `change`; a value that is no object stays as it is.
    fileprivate func keeping(_ names: [String], _ change: (String, JSONValue) -> JSONValue = { $1 }) -> JSONValue {
        guard let members = object else { return self }
        var kept: [String: JSONValue] = [:]
        for name in names { kept[name] = members[name].map { change(name, $0) } }
        return .object(kept)
    }

    /// Only the first element that says so, changed; a value that is no array stays as it is.
    fileprivate func first(_ member: String, _ text: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
        guard let elements = array else { return self }
        return .array(elements.first { $0[member]?.string == text }.map { [change($0)] } ?? [])
    }
}
