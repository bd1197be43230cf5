import KubeCore

/// `autoscaling/v1 Scale`: how many pods a workload wants and has, as its `scale` subresource shows them.
enum Scale {
    static let definition: ResourceDefinition = {
        var definition = ResourceDefinition(
            ResourceType(group: "autoscaling", version: "v1", kind: "Scale", plural: "scales", isNamespaced: true))
        definition.fields = BuiltinTypes.type("Scale")
        return definition
    }()

    /// For kinds that have it.
    static let subresource = ResourceDefinition.Subresource(
        name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"])

    static func of(_ workload: JSONValue) -> JSONValue {
        var metadata: JSONValue = [:]
        for member in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[member] = workload["metadata"]?[member]
        }
        var scale: JSONValue = [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
            "spec": ["replicas": workload["spec"]?["replicas"] ?? 0], "status": ["replicas": workload["status"]?["replicas"] ?? 0],
        ]
        let selector = (workload["spec"]?["selector"]).map(SelectorRequirement.parse) ?? []
        let text = selector.sorted { $0.key < $1.key }.map(\.text).joined(separator: ",")
        if !text.isEmpty { scale[["status", "selector"]] = .string(text) }
        definition.normalize(&scale)
        return scale
    }

    /// The workload as the scale wants it; revision and uid stay for the write to look at.
    static func apply(_ scale: JSONValue, to workload: JSONValue) throws(KubeError) -> JSONValue {
        let replicas = scale["spec"]?["replicas"]?.integer ?? 0
        guard replicas >= 0 else {
            throw .invalid(
                definition.kindForMessages, scale["metadata"]?["name"]?.string ?? "",
                [.invalid("spec.replicas", .integer(replicas), "must be greater than or equal to 0")])
        }
        var workload = workload
        workload[["spec", "replicas"]] = .integer(replicas)
        workload[["metadata", "resourceVersion"]] = scale["metadata"]?["resourceVersion"]
        workload[["metadata", "uid"]] = scale["metadata"]?["uid"]
        return workload
    }
}

extension SimulatedAPIServer {
    /// `GET`, `PUT` and `PATCH …/deployments/{name}/scale`
    func scale(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        let context = try call.writeContext(now: time.now())
        let asked = call.addressed(to: Scale.definition)
        let write: @Sendable (JSONValue) throws(KubeError) -> JSONValue
        switch call.attributes.verb {
        case "get":
            guard let workload = state.withLock({ $0.store.object(definition.storage, call.key) }) else {
                throw .notFound(definition.groupResource, call.attributes.name)
            }
            return Outcome(answer: try answer(200, Scale.of(workload.value), asked, Scale.definition))
        case "update":
            var (scale, duplicates) = try asked.decodeObject(Scale.definition)
            let settled = try asked.prune(&scale, duplicates, context)
            write = { (_) throws(KubeError) in settled }
        default:
            let kind = try PatchKind(call, definition)
            if kind == .apply { return try applyScale(asked, definition, context) }
            let patch = try call.patchBody()
            write = { (current) throws(KubeError) in
                var scale = try kind.apply(patch, to: current, Scale.definition.fields)
                scale = try asked.prune(&scale, [], context)
                try asked.checkName(scale)
                return scale
            }
        }
        let written = try withState { state throws(KubeError) -> JSONValue in
            guard let current = state.store.object(definition.storage, call.key) else {
                throw .notFound(definition.groupResource, call.attributes.name)
            }
            let workload = try Scale.apply(try write(Scale.of(current.value)), to: current.value)
            return try state.replace(definition, current, with: workload, subresource: "scale", context)
        }
        return Outcome(answer: try answer(200, Scale.of(written), asked, Scale.definition))
    }

    private func applyScale(_ call: APICall, _ definition: ResourceDefinition, _ context: WriteContext) throws(KubeError) -> Outcome {
        let manager = try call.applyManager()
        var (scale, duplicates) = try APICall.parse(call.request.body, Scale.definition, isYAML: true)
        scale = try call.prune(&scale, duplicates, context)
        var configuration: JSONValue = [
            "apiVersion": .string(definition.type.apiVersion), "kind": .string(definition.type.kind),
            "metadata": scale["metadata"] ?? [:],
        ]
        if let replicas = scale["spec"]?["replicas"] { configuration["spec"] = ["replicas": replicas] }
        let settled = configuration
        let key = call.key
        let isForced = call.flag("force")
        let (written, _) = try withState { state throws(KubeError) in
            try state.apply(definition, key, settled, manager: manager, isForced: isForced, subresource: "scale", context)
        }
        return Outcome(answer: try answer(200, Scale.of(written), call, Scale.definition))
    }
}

extension APICall {
    /// The body of a subresource may be of another group than the path.
    fileprivate func addressed(to definition: ResourceDefinition) -> APICall {
        var call = self
        call.attributes.group = definition.type.group
        call.attributes.version = definition.type.version
        return call
    }

    /// The scale without what a scale does not have.
    fileprivate func prune(_ scale: inout JSONValue, _ duplicates: [String], _ context: WriteContext) throws(KubeError) -> JSONValue {
        let (_, refusal) = Scale.definition.prune(
            &scale, duplicates: duplicates, apiVersion: apiVersion, context.fieldValidation)
        if let refusal { throw strictRefusal(Scale.definition, refusal) }
        return scale
    }
}
