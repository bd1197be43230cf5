import KubeCore

/// What the server says no with: code, reason, message and details as recorded.
extension KubeError {
    static func refused(_ code: Int, _ reason: String?, _ message: String, details: Status.Details? = nil) -> KubeError {
        KubeError(httpStatus: code, status: Status(message: message, reason: reason, details: details, code: code))
    }

    static func badRequest(_ message: String) -> KubeError { .refused(400, "BadRequest", message) }

    static func internalError(_ message: String) -> KubeError {
        .refused(
            500, "InternalError", "Internal error occurred: \(message)",
            details: Status.Details(causes: [Status.Cause(reason: nil, message: message)]))
    }

    static func notFound(_ resource: GroupResource, _ name: String) -> KubeError {
        .refused(404, "NotFound", "\(resource) \"\(name)\" not found", details: details(resource, name))
    }

    static func alreadyExists(_ resource: GroupResource, _ name: String) -> KubeError {
        .refused(409, "AlreadyExists", "\(resource) \"\(name)\" already exists", details: details(resource, name))
    }

    /// `resource` is the plural for stale writes and the kind for failed preconditions, as in the server.
    static func conflict(_ resource: GroupResource, _ name: String, _ why: String) -> KubeError {
        .refused(409, "Conflict", "Operation cannot be fulfilled on \(resource) \"\(name)\": \(why)", details: details(resource, name))
    }

    static func modified(_ resource: GroupResource, _ name: String) -> KubeError {
        conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again")
    }

    static func forbidden(_ resource: GroupResource, _ name: String, _ why: String, causes: [Status.Cause]? = nil) -> KubeError {
        let subject = name.isEmpty ? "\(resource) is forbidden" : "\(resource) \"\(name)\" is forbidden"
        var details = details(resource, name)
        details.causes = causes
        return .refused(403, "Forbidden", "\(subject): \(why)", details: details)
    }

    static func invalid(_ kind: GroupResource, _ name: String, _ problems: [FieldProblem]) -> KubeError {
        var seen: Set<String> = []
        let texts = problems.map { "\($0.field): \($0.message)" }.filter { seen.insert($0).inserted }
        let text = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        var details = details(kind, name)
        details.causes = problems.map { Status.Cause(reason: $0.reason, message: $0.message, field: $0.field) }
        return .refused(422, "Invalid", "\(kind) \"\(name)\" is invalid: \(text)", details: details)
    }

    static func expired(_ message: String) -> KubeError { .refused(410, "Expired", message) }

    /// Built-in kinds are refused by the router before them, which has details and nothing in them.
    static func methodNotAllowed(_ definition: ResourceDefinition) -> KubeError {
        .refused(
            405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
            details: definition.isCustom ? nil : Status.Details())
    }

    /// A PUT or PATCH of a collection.
    static func nameless(_ definition: ResourceDefinition) -> KubeError {
        definition.isCustom ? .badRequest("name must be provided") : .methodNotAllowed(definition)
    }

    private static func details(_ resource: GroupResource, _ name: String) -> Status.Details {
        Status.Details(
            name: name.isEmpty ? nil : name, group: resource.group.isEmpty ? nil : resource.group,
            kind: resource.resource.isEmpty ? nil : resource.resource)
    }

    /// The `Status` object that goes over the wire.
    var statusObject: JSONValue {
        let status = self.status ?? Status(message: message, reason: nil, code: 500)
        var object: JSONValue = ["kind": "Status", "apiVersion": "v1", "metadata": [:]]
        object["status"] = .string(status.status ?? "Failure")
        object["message"] = status.message.map(JSONValue.string)
        object["reason"] = status.reason.map(JSONValue.string)
        object["details"] = status.details.map { $0.object }
        object["code"] = status.code.map { .integer(Int64($0)) }
        return object
    }
}

extension Status.Details {
    var object: JSONValue {
        var object: JSONValue = [:]
        object["name"] = name.map(JSONValue.string)
        object["group"] = group.map(JSONValue.string)
        object["kind"] = kind.map(JSONValue.string)
        object["uid"] = uid.map(JSONValue.string)
        if let causes, !causes.isEmpty {
            object["causes"] = .array(
                causes.map { cause in
                    var object: JSONValue = [:]
                    object["reason"] = cause.reason.map(JSONValue.string)
                    object["message"] = cause.message.map(JSONValue.string)
                    object["field"] = cause.field.map(JSONValue.string)
                    return object
                })
        }
        object["retryAfterSeconds"] = retryAfterSeconds.map { .integer(Int64($0)) }
        return object
    }
}
