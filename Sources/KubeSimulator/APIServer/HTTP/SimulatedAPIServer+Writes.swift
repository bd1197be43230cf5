import KubeCore

extension SimulatedAPIServer {
    func create(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        if call.attributes.subresource == "eviction" { return try evict(call) }
        if let review = try review(call, definition) { return review }
        _ = try call.form(definition)
        let context = try call.writeContext(now: time.now())
        var (object, duplicates) = try call.decodeObject(definition)
        let storage = try withState { state throws(KubeError) in try state.storageDefinition(of: definition) }
        let (warnings, refusal) = definition.prune(
            &object, duplicates: duplicates, apiVersion: call.apiVersion, context.fieldValidation)
        if let refusal { throw call.strictRefusal(definition, refusal) }
        // What is no number is not looked at.
        if let version = object["metadata"]?["resourceVersion"]?.string.flatMap({ UInt64($0) }), version > 0 {
            throw .refused(500, nil, "resourceVersion should not be set on objects to be created")
        }
        let created = try withState { state throws(KubeError) in
            try state.create(storage, object, namespace: call.attributes.namespace, context)
        }
        return Outcome(answer: try answer(201, created, call, definition), warnings: warnings)
    }

    func update(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        _ = try call.form(definition)
        let context = try call.writeContext(now: time.now())
        var (object, duplicates) = try call.decodeObject(definition)
        let (warnings, refusal) = definition.prune(
            &object, duplicates: duplicates, apiVersion: call.apiVersion, context.fieldValidation)
        if let refusal { throw call.strictRefusal(definition, refusal) }
        let value = object
        let subresource = call.attributes.subresource.isEmpty ? nil : call.attributes.subresource
        let (written, isCreated) = try withState { state throws(KubeError) -> (JSONValue, Bool) in
            let storage = try state.storageDefinition(of: definition)
            guard let current = state.store.object(storage.storage, call.key) else {
                guard definition.createsOnUpdate, subresource == nil else {
                    throw .notFound(definition.groupResource, call.attributes.name)
                }
                try state.authorizeCreation(definition, call.key, context)
                return (try state.create(storage, value, namespace: call.attributes.namespace, context), true)
            }
            if !definition.updatesUnconditionally, try ClusterState.revision(value["metadata"] ?? [:]) == nil {
                throw .invalid(
                    definition.kindForMessages, call.attributes.name,
                    [.invalid("metadata.resourceVersion", 0, "must be specified for an update")])
            }
            return (try state.replace(storage, current, with: value, subresource: subresource, context), false)
        }
        return Outcome(answer: try answer(isCreated ? 201 : 200, written, call, definition), warnings: warnings)
    }

    func delete(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        let form = try call.form(definition)
        var context = try call.writeContext(now: time.now())
        let options = try call.deleteOptions(&context)
        let settled = context
        let outcome = try withState { state throws(KubeError) in
            let storage = try state.storageDefinition(of: definition)
            guard let current = state.store.object(storage.storage, call.key) else {
                throw .notFound(definition.groupResource, call.attributes.name)
            }
            return try state.delete(storage, current, options, settled)
        }
        if !outcome.isDeleted || definition.returnsDeletedObject, form == .object {
            return Outcome(answer: try answer(200, outcome.object, call, definition))
        }
        let details = Status.Details(
            name: call.attributes.name, group: definition.type.group.isEmpty ? nil : definition.type.group, kind: definition.type.plural,
            uid: outcome.object["metadata"]?["uid"]?.string)
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details.object,
        ]
        return Outcome(answer: .json(200, status))
    }

    func deleteCollection(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Outcome {
        var context = try call.writeContext(now: time.now())
        let options = try call.deleteOptions(&context)
        let settled = context
        let selection = try Selection(call, definition)
        let (objects, revision) = try withState { state throws(KubeError) -> ([StoredObject], Int64) in
            let storage = try state.storageDefinition(of: definition)
            let objects = state.store.tables[storage.storage]?.list(namespace: call.attributes.namespace).filter(selection.matches) ?? []
            for object in objects { _ = try state.delete(storage, object, options, settled) }
            return (objects, state.store.revision)
        }
        let metadata: JSONValue = ["resourceVersion": .string(String(revision))]
        let head = "{\"kind\":\"\(definition.listKind)\",\"apiVersion\":\"\(call.apiVersion)\",\"metadata\":\(metadata.text()),\"items\":["
        let itemHead = definition.isCustom ? call.objectHead(definition) : Array("{".utf8)
        let cursor = ListCursor(head: Array(head.utf8), objects: objects, itemHead: itemHead) { definition.memberBytes(of: $0) }
        return Outcome(answer: .stream(KubeBody { () async throws(KubeError) -> [UInt8]? in cursor.next() }))
    }
}

extension ClusterState {
    /// The definition that keeps the objects; it differs from the served one for Events in the core group.
    func storageDefinition(of definition: ResourceDefinition) throws(KubeError) -> ResourceDefinition {
        guard let current = registry[definition.storage] else {
            throw .refused(404, "NotFound", "the server could not find the requested resource")
        }
        return current
    }
}

extension APICall {
    func strictRefusal(_ definition: ResourceDefinition, _ complaint: String) -> KubeError {
        .badRequest(
            "\(definition.type.kind) in version \"\(attributes.version)\" cannot be handled as a \(definition.type.kind): \(complaint)")
    }

    /// Options from the body, else from the query.
    func deleteOptions(_ context: inout WriteContext) throws(KubeError) -> DeleteOptions {
        var options = DeleteOptions()
        options.gracePeriodSeconds = query["gracePeriodSeconds"].flatMap { Int64($0) }
        options.propagation = query["propagationPolicy"].flatMap { DeleteOptions.Propagation(rawValue: $0) }
        if query["orphanDependents"] == "true" { options.propagation = .orphan }
        guard !request.body.isEmpty else { return options }
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONValue(parsing: request.body)
        } catch {
            throw .badRequest("couldn't get version/kind; json parse error: \(GoJSON.message(for: error, in: request.body))")
        }
        try options.read(body)
        if body["dryRun"]?.array?.contains("All") == true { context.isDryRun = true }
        return options
    }
}

extension DeleteOptions {
    mutating func read(_ body: JSONValue) throws(KubeError) {
        if let seconds = body["gracePeriodSeconds"]?.integer { gracePeriodSeconds = seconds }
        if let text = body["propagationPolicy"]?.string {
            guard let policy = Propagation(rawValue: text) else {
                throw .invalid(
                    GroupResource(group: "meta.k8s.io", resource: "DeleteOptions"), "",
                    [.unsupported("propagationPolicy", text, supported: ["Background", "Foreground", "Orphan"])])
            }
            propagation = policy
        }
        if body["orphanDependents"]?.bool == true { propagation = .orphan }
        uid = body["preconditions"]?["uid"]?.string
        resourceVersion = body["preconditions"]?["resourceVersion"]?.string
    }
}
