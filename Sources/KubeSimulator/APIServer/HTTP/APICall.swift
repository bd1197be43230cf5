import KubeCore

/// A request with its path and query understood.
struct APICall: Sendable {
    var request: KubeRequest
    var attributes: RequestAttributes
    var query: [String: String]
    /// Nil for paths that name no served resource.
    var definition: ResourceDefinition?
    var segments: [String]

    var key: ObjectKey { ObjectKey(namespace: attributes.namespace, name: attributes.name) }

    func flag(_ name: String) -> Bool { query[name].map { $0 == "true" || $0 == "1" } ?? false }

    init(_ request: KubeRequest, user: String, registry: ResourceRegistry) {
        self.request = request
        query = [:]
        for item in request.query where query[item.name] == nil { query[item.name] = item.value }
        segments = request.path.split(separator: "/").map { String($0).percentDecoded() ?? String($0) }
        attributes = RequestAttributes(user: user, verb: request.method.rawValue.lowercased())
        var rest = segments[...]
        var group = ""
        switch rest.popFirst() {
        case "api": break
        case "apis": group = rest.popFirst() ?? ""
        default: rest = []
        }
        guard let version = rest.popFirst(), !rest.isEmpty else {
            attributes.path = request.path
            return
        }
        attributes.group = group
        attributes.version = version
        if rest.first == "namespaces", rest.count >= 3, !["status", "finalize"].contains(rest[rest.startIndex + 2]) || rest.count > 3 {
            rest.removeFirst()
            attributes.namespace = rest.popFirst() ?? ""
        }
        attributes.resource = rest.popFirst() ?? ""
        attributes.name = rest.popFirst() ?? ""
        attributes.subresource = rest.joined(separator: "/")
        if attributes.resource == "namespaces" { attributes.namespace = "" }
        definition = registry.definition(group: group, version: version, resource: attributes.resource)
        if let definition, !definition.type.isNamespaced, !attributes.namespace.isEmpty { self.definition = nil }
        attributes.verb = verb
    }

    private var verb: String {
        let isOne = !attributes.name.isEmpty
        switch request.method {
        case .get:
            if isOne { return "get" }
            return flag("watch") ? "watch" : "list"
        case .post: return "create"
        case .put: return "update"
        case .patch: return "patch"
        case .delete: return isOne ? "delete" : "deletecollection"
        }
    }

    /// The version that the path names, which may differ from the storage version.
    var apiVersion: String { attributes.group.isEmpty ? attributes.version : "\(attributes.group)/\(attributes.version)" }

    func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return request.headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// Who owns the fields that this request writes.
    var fieldManager: String {
        if let manager = query["fieldManager"], !manager.isEmpty { return manager }
        guard let agent = header("User-Agent"), let name = agent.split(separator: "/").first, !name.isEmpty else { return "unknown" }
        return String(name.prefix(128))
    }

    func writeContext(now: Timestamp) throws(KubeError) -> WriteContext {
        var context = WriteContext(now: now, manager: fieldManager)
        context.user = attributes.user
        context.apiVersion = apiVersion
        if let dryRun = query["dryRun"], !dryRun.isEmpty {
            guard dryRun == "All" else {
                throw .invalid(
                    GroupResource(group: "meta.k8s.io", resource: attributes.verb == "patch" ? "PatchOptions" : "CreateOptions"), "",
                    [.unsupported("dryRun", dryRun, supported: ["All"])])
            }
            context.isDryRun = true
        }
        context.fieldValidation = .warn
        if let text = query["fieldValidation"], !text.isEmpty {
            guard let validation = FieldValidation(rawValue: text) else {
                throw .invalid(
                    GroupResource(group: "meta.k8s.io", resource: attributes.verb == "patch" ? "PatchOptions" : "CreateOptions"), "",
                    [.unsupported("fieldValidation", text, supported: ["", "Ignore", "Strict", "Warn"])])
            }
            context.fieldValidation = validation
        }
        return context
    }
}
