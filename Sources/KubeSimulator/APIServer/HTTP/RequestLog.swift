package import KubeCore

/// What a request asks for, as authorisation, faults and the log see it.
package struct RequestAttributes: Sendable, Hashable {
    package var user: String
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for other paths the method in lower case.
    package var verb: String
    package var group = ""
    package var version = ""
    package var resource = ""
    package var subresource = ""
    package var namespace = ""
    package var name = ""
    /// Not empty for paths that name no resource, such as `/version`.
    package var path = ""

    package init(user: String, verb: String) {
        self.user = user
        self.verb = verb
    }

    package var isWrite: Bool { !["get", "list", "watch"].contains(verb) }
}

/// One answered request.
package struct LoggedRequest: Sendable, Hashable {
    package var attributes: RequestAttributes
    package var method: KubeRequest.Method
    package var status: Int
    /// The store's revision after the request.
    package var revision: Int64
    /// Whether the request moved the revision.
    package var isEffective: Bool
    package var time: Timestamp
    package var isDryRun: Bool
    /// The field manager that the request named.
    package var fieldManager: String
}

/// The latest requests, oldest first.
struct RequestLog: Sendable {
    private(set) var requests: [LoggedRequest] = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ request: LoggedRequest) {
        requests.append(request)
        if requests.count > limit * 2 { requests.removeFirst(requests.count - limit) }
    }

    mutating func reset() { requests = [] }
}
