import KubeCore

extension SimulatedAPIServer {
    func patch(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        _ = try ResponseForm(accept: call.request.accept)
        let context = try call.writeContext(now: time.now())
        let media = call.request.contentType.map { String($0.prefix { $0 != ";" }) } ?? ""
        var accepted = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"]
        if !definition.isCustom { accepted.insert("application/strategic-merge-patch+json", at: 2) }
        guard accepted.contains(media) else {
            throw .refused(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: \(accepted.joined(separator: ", "))")
        }
        if media == "application/apply-patch+yaml" { return try applyPatch(call, definition, context) }
        guard call.query["force"] == nil else {
            throw .invalid(
                GroupResource(group: "meta.k8s.io", resource: "PatchOptions"), "",
                [.forbidden("force", "may not be specified for non-apply patch")])
        }
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONValue(parsing: call.request.body)
        } catch {
            throw .badRequest("error decoding patch: \(GoJSON.message(for: error, in: call.request.body))")
        }
        let subresource = call.attributes.subresource.isEmpty ? nil : call.attributes.subresource
        let (written, warnings) = try withState { state throws(KubeError) -> (JSONValue, [String]) in
            let storage = try state.storageDefinition(of: definition)
            guard let current = state.store.object(storage.storage, call.key) else {
                throw .notFound(definition.groupResource, call.attributes.name)
            }
            let shown = definition.view(current.value, in: call.apiVersion)
            var patched: JSONValue
            switch media {
            case "application/json-patch+json": patched = try JSONPatch.apply(body, to: shown)
            case "application/merge-patch+json": patched = MergePatch.apply(body, to: shown)
            default: patched = StrategicMergePatch.apply(body, to: shown, definition.fields)
            }
            // What the complaint shows: the patched object, or after a strategic merge the patch as Go prints it.
            let shownPatch = media == "application/strategic-merge-patch+json" ? body.goText : patched.text()
            if definition.storage != definition.groupResource { patched = CoreEvent.toStorage(patched) }
            let (warnings, refusal) = definition.prune(&patched, duplicates: [], apiVersion: call.apiVersion, context.fieldValidation)
            if let refusal {
                throw .invalid(
                    GroupResource(group: "", resource: ""), "",
                    [
                        FieldProblem(
                            reason: "FieldValueInvalid", field: "patch",
                            message: "Invalid value: \(JSONValue.string(shownPatch).text()): \(refusal)")
                    ])
            }
            return (try state.replace(storage, current, with: patched, subresource: subresource, context), warnings)
        }
        return Outcome(answer: try answer(200, written, call, definition), warnings: warnings)
    }

    /// Server-side apply.
    private func applyPatch(_ call: APICall, _ definition: ResourceDefinition, _ context: WriteContext) throws(KubeError) -> Outcome {
        guard let manager = call.query["fieldManager"], !manager.isEmpty else {
            throw .invalid(
                GroupResource(group: "meta.k8s.io", resource: "PatchOptions"), "",
                [.required("fieldManager", "is required for apply patch")])
        }
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

extension APICall {
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
