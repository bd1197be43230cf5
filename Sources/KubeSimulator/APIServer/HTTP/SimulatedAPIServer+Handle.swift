import KubeCore

extension SimulatedAPIServer {
    /// Executes a request that may be executed.
    func handle(_ call: APICall, _ fault: Fault?) throws(KubeError) -> Outcome {
        guard call.attributes.path.isEmpty else { return try discover(call) }
        guard let definition = call.definition else { return Outcome(answer: .notFound) }
        // What the server reads of a body at most, and what etcd takes of an object.
        if call.request.body.count > 3 * 1024 * 1024 {
            throw .refused(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")
        }
        if call.request.body.count > 1_536 * 1024, call.attributes.isWrite {
            throw KubeError(httpStatus: 500, status: Status(message: "etcdserver: request is too large", reason: nil, code: 500))
        }
        let isOne = !call.attributes.name.isEmpty
        if !isOne, !call.attributes.subresource.isEmpty { return Outcome(answer: .notFound) }
        try checkSubresource(call, definition)
        if call.attributes.subresource == "scale" { return try scale(call, definition) }
        switch call.attributes.verb {
        case "get": return try get(call, definition, fault)
        case "list": return try list(call, definition, fault)
        case "watch": return try watch(call, definition, fault)
        case "create": return try create(call, definition)
        case "update":
            guard isOne else { throw .nameless(definition) }
            return try update(call, definition)
        case "patch":
            guard isOne else { throw .nameless(definition) }
            return try patch(call, definition)
        case "delete": return try delete(call, definition)
        case "deletecollection": return try deleteCollection(call, definition)
        default: throw .methodNotAllowed(definition)
        }
    }

    private func checkSubresource(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) {
        let name = call.attributes.subresource
        let verbs: [String]
        if name.isEmpty {
            verbs = definition.verbs
            // Custom kinds take it for a POST to the collection.
            if call.attributes.verb == "create", !call.attributes.name.isEmpty, !definition.isCustom {
                throw .methodNotAllowed(definition)
            }
        } else if name == "status", definition.hasStatus {
            verbs = ["get", "update", "patch"]
        } else if let subresource = definition.subresources.first(where: { $0.name == name }) {
            verbs = subresource.verbs
        } else {
            throw .refused(404, "NotFound", "the server could not find the requested resource")
        }
        guard verbs.contains(call.attributes.verb) else { throw .methodNotAllowed(definition) }
    }

    // MARK: Encoding

    /// The whole object as the path's version and the Accept header ask for it.
    func answer(_ status: Int, _ value: JSONValue, _ call: APICall, _ definition: ResourceDefinition) throws(KubeError) -> Answer {
        let value = definition.view(value, in: call.apiVersion)
        switch try call.form(definition) {
        case .object, .protobuf: return .json(status, value)
        case .table: return .json(status, definition.table(of: [value], call: call, now: time.now(), isList: false))
        case .partialMetadata: return .json(status, value.partialMetadata)
        }
    }
}

extension ResourceDefinition {
    /// A stored object as this path's group and version show it.
    func view(_ value: JSONValue, in apiVersion: String) -> JSONValue {
        var value = storage == groupResource ? value : CoreEvent.fromStorage(value)
        value["apiVersion"] = .string(apiVersion)
        return value
    }

    /// The members of a stored object in this path's form, from the cache where it can be.
    func memberBytes(of object: StoredObject) -> [UInt8] {
        storage == groupResource ? object.memberBytes : StoredObject.memberBytes(of: CoreEvent.fromStorage(object.value))
    }
}

extension JSONValue {
    /// `PartialObjectMetadata`.
    var partialMetadata: JSONValue {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": self["metadata"] ?? [:]]
    }
}
