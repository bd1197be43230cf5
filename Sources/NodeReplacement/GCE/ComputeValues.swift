import KubeCore

/// `instances.get`, what is read of it.
struct ComputeInstance {
    var id: String
    /// PROVISIONING, STAGING, RUNNING, STOPPING, STOPPED, SUSPENDING, SUSPENDED, REPAIRING, TERMINATED
    var status: String
    var lastStart: String?
    /// The group that made it; nil when none did.
    var creator: String?

    init(id: String, status: String) {
        self.id = id
        self.status = status
    }

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.numberText else { return nil }
        self.id = id
        status = value["status"]?.string ?? ""
        lastStart = value["lastStartTimestamp"]?.string
        creator = (value["metadata"]?["items"]?.array ?? []).first { $0["key"]?.string == "created-by" }?["value"]?.string
    }
}

/// One row of `listManagedInstances`.
struct ManagedInstance: Sendable, Hashable {
    /// `zones/z/instances/i`
    var partialURL: String
    /// nil while there is no machine.
    var id: String?
    var status: String
    /// NONE, CREATING, CREATING_WITHOUT_RETRIES, RECREATING, DELETING, ABANDONING, RESTARTING, REFRESHING, VERIFYING, …
    var action: String
    /// What the last attempt at the action met.
    var obstacle: ReplacementObstacle?

    init?(_ value: JSONValue) {
        guard let url = value["instance"]?.string else { return nil }
        let parts = url.split(separator: "/").suffix(4)
        guard parts.count == 4, parts.first == "zones" else { return nil }
        partialURL = parts.joined(separator: "/")
        id = value["id"]?.numberText
        status = value["instanceStatus"]?.string ?? ""
        action = value["currentAction"]?.string ?? "NONE"
        obstacle = ReplacementObstacle(firstOf: value["lastAttempt"]?["errors"]?["errors"])
    }

    var isIdle: Bool { action == "NONE" }

    /// As far as the listing shows it.
    var machine: ComputeInstance? { id.map { ComputeInstance(id: $0, status: status) } }
}

/// `zoneOperations` and `regionOperations`.
struct ComputeOperation {
    var name: String
    var isDone: Bool
    /// Why it came to nothing.
    var failure: ReplacementObstacle?

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, GCEName.isOperation(name) else { return nil }
        self.name = name
        isDone = value["status"]?.string == "DONE"
        failure = ReplacementObstacle(firstOf: value["error"]?["errors"])
        if let status = value["httpErrorStatusCode"]?.integer, status >= 400, failure == nil || failure?.reason == .failed {
            let message = failure?.message ?? Excerpt.of(value["httpErrorMessage"]?.string ?? "")
            failure = ReplacementObstacle(
                reason: ComputeReason(status: Int(status), words: []).reason, code: failure?.code ?? "HTTP \(status)", message: message)
        }
    }
}

extension ReplacementObstacle {
    /// The first of Compute Engine's `{code, message}` errors; nil when there is none.
    init?(firstOf errors: JSONValue?) {
        guard let first = errors?.array?.first else { return nil }
        let code = Excerpt.of(first["code"]?.string ?? "UNKNOWN")
        self.init(reason: ComputeReason(code: code).reason, code: code, message: Excerpt.of(first["message"]?.string ?? ""))
    }

    var text: String { message.isEmpty ? code : "\(code): \(message)" }
}

extension GCEName {
    /// `operation-1700000000000-5f3c…`, or an operation's number.
    static func isOperation(_ text: String) -> Bool { isResource(text) || isID(text) }
}

extension JSONValue {
    /// Google writes 64-bit numbers as strings.
    fileprivate var numberText: String? {
        let text = string ?? integer.map { String($0) }
        guard let text, GCEName.isID(text) else { return nil }
        return text
    }
}
