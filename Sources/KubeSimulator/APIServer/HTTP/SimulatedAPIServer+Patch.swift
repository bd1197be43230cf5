import KubeCore

extension SimulatedAPIServer {
    func patch(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        _ = try call.form(definition)
        var context = try call.writeContext(now: time.now())
        context.isPatch = true
        let kind = try PatchKind(call, definition)
        if kind == .apply { return try applyPatch(call, definition, context) }
        let body = try call.patchBody()
        let subresource = call.attributes.subresource.isEmpty ? nil : call.attributes.subresource
        let settled = context
        let (written, warnings) = try withState { state throws(KubeError) -> (JSONValue, [String]) in
            let storage = try state.storageDefinition(of: definition)
            guard let current = state.store.object(storage.storage, call.key) else {
                throw .notFound(definition.groupResource, call.attributes.name)
            }
            var patched = try kind.apply(body, to: definition.view(current.value, in: call.apiVersion), definition.fields)
            // What the complaint shows: the patched object, or after a strategic merge the patch as Go prints it.
            let shownPatch = kind == .strategic ? body.goText : patched.text()
            if definition.storage != definition.groupResource { patched = CoreEvent.toStorage(patched) }
            let (warnings, refusal) = definition.prune(&patched, duplicates: [], apiVersion: call.apiVersion, settled.fieldValidation)
            if let refusal {
                throw .invalid(
                    GroupResource(group: "", resource: ""), "",
                    [
                        FieldProblem(
                            reason: "FieldValueInvalid", field: "patch",
                            message: "Invalid value: \(JSONValue.string(shownPatch).text()): \(refusal)")
                    ])
            }
            try call.checkName(patched)
            return (try state.replace(storage, current, with: patched, subresource: subresource, settled), warnings)
        }
        return Outcome(answer: try answer(200, written, call, definition), warnings: warnings)
    }

    /// Server-side apply.
    private func applyPatch(_ call: APICall, _ definition: ResourceDefinition, _ context: WriteContext) throws(KubeError) -> Outcome {
        let manager = try call.applyManager()
        var (configuration, duplicates) = try APICall.parse(call.request.body, definition, isYAML: true)
        try call.checkApplied(configuration, definition)
        if definition.storage != definition.groupResource { configuration = CoreEvent.toStorage(configuration) }
        try call.checkTypes(configuration, definition)
        let (warnings, refusal) = definition.prune(
            &configuration, duplicates: duplicates, apiVersion: call.apiVersion, context.fieldValidation)
        if let refusal { throw call.strictRefusal(definition, refusal) }
        let subresource = call.attributes.subresource.isEmpty ? nil : call.attributes.subresource
        let (settled, isForced) = (configuration, call.flag("force"))
        let (written, isCreated) = try withState { state throws(KubeError) in
            let storage = try state.storageDefinition(of: definition)
            return try state.apply(
                storage, call.key, settled, manager: manager, isForced: isForced, subresource: subresource, context)
        }
        return Outcome(answer: try answer(isCreated ? 201 : 200, written, call, definition), warnings: warnings)
    }
}

/// What a patch is, by its media type.
enum PatchKind: String, Sendable {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"
    case apply = "application/apply-patch+yaml"

    /// Errors: 415 for what the kind does not take, 422 for `force` with anything but an apply.
    init(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) {
        let media = call.request.contentType.map { String($0.prefix { $0 != ";" }) } ?? ""
        guard let kind = PatchKind(rawValue: media), kind != .strategic || !definition.isCustom else {
            guard definition.isCustom else {
                throw .refused(415, "UnsupportedMediaType", "415: Unsupported Media Type", details: Status.Details())
            }
            let accepted = [PatchKind.json, .merge, .apply].map(\.rawValue).joined(separator: ", ")
            throw .refused(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: \(accepted)")
        }
        guard kind == .apply || call.query["force"] == nil else {
            throw .invalid(
                GroupResource(group: "meta.k8s.io", resource: "PatchOptions"), "",
                [.forbidden("force", "may not be specified for non-apply patch")])
        }
        self = kind
    }

    /// `object` with the patch carried out; an apply is merged elsewhere.
    func apply(_ patch: JSONValue, to object: JSONValue, _ fields: FieldType) throws(KubeError) -> JSONValue {
        switch self {
        case .json: try JSONPatch.apply(patch, to: object)
        case .merge: MergePatch.apply(patch, to: object)
        case .strategic, .apply: StrategicMergePatch.apply(patch, to: object, fields)
        }
    }
}

extension APICall {
    func patchBody() throws(KubeError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: request.body)
        } catch {
            throw .badRequest("error decoding patch: \(GoJSON.message(for: error, in: request.body))")
        }
    }

    func applyManager() throws(KubeError) -> String {
        guard let manager = query["fieldManager"], !manager.isEmpty else {
            throw .invalid(
                GroupResource(group: "meta.k8s.io", resource: "PatchOptions"), "",
                [.required("fieldManager", "is required for apply patch")])
        }
        return manager
    }

    /// A patch may not rename.
    func checkName(_ patched: JSONValue) throws(KubeError) {
        let name = patched["metadata"]?["name"]?.string ?? ""
        guard name == attributes.name else {
            throw .badRequest(
                name.isEmpty
                    ? "the name of the object is required"
                    : "the name of the object (\(name)) does not match the name on the URL (\(attributes.name))")
        }
    }

    /// A configuration that does not fit the schema is an internal error, as in the server (kubernetes/kubernetes#139253).
    fileprivate func checkTypes(_ configuration: JSONValue, _ definition: ResourceDefinition) throws(KubeError) {
        let problems = definition.storageFields.typingProblems(of: configuration)
        if problems.isEmpty { return }
        let text = problems.count == 1 ? problems[0] : "errors:" + problems.map { "\n  \($0)" }.joined()
        let subject =
            "\(attributes.namespace)/\(attributes.name); \(definition.type.group)/\(attributes.version), Kind=\(definition.type.kind)"
        throw KubeError(
            httpStatus: 500, status: Status(message: "failed to create typed patch object (\(subject)): \(text)", reason: nil, code: 500))
    }

    fileprivate func checkApplied(_ configuration: JSONValue, _ definition: ResourceDefinition) throws(KubeError) {
        if configuration["metadata"]?["managedFields"]?.array?.isEmpty == false { throw .badRequest("metadata.managedFields must be nil") }
        let version = configuration["apiVersion"]?.string ?? ""
        let kind = configuration["kind"]?.string ?? ""
        guard version == apiVersion, kind == definition.type.kind else {
            throw .badRequest(
                "PatchType is application/apply-patch+yaml, but the object is \(version.isEmpty ? "?" : version), Kind=\(kind), "
                    + "expected \(apiVersion), Kind=\(definition.type.kind)")
        }
        let name = configuration["metadata"]?["name"]?.string ?? ""
        if !name.isEmpty, name != attributes.name {
            throw .badRequest("the name of the object (\(name)) does not match the name on the URL (\(attributes.name))")
        }
        let namespace = configuration["metadata"]?["namespace"]?.string ?? ""
        if definition.type.isNamespaced, !namespace.isEmpty, namespace != attributes.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
    }
}
