import KubeCore
import Synchronization
import TestSupport

/// Single objects behind a transport: create, read, replace with a check of the revision, merge. No lists.
final class FakeObjects: KubeTransport {
    typealias Fault = @Sendable (KubeRequest) async throws(KubeError) -> KubeResponse?

    private struct State {
        var revision = 1
        var objects: [String: JSONValue] = [:]
        var requests: [KubeRequest] = []
        var fault: Fault?
    }

    private let state = Mutex(State())

    var requests: [KubeRequest] { state.withLock { $0.requests } }
    var writes: [KubeRequest] { requests.filter { $0.method != .get } }
    var objects: [JSONValue] { state.withLock { state in state.objects.sorted { $0.key < $1.key }.map(\.value) } }

    func object(_ name: String) -> JSONValue? {
        state.withLock { $0.objects.first { $0.key.hasSuffix("/" + name) }?.value }
    }

    func remove(_ name: String) { state.withLock { state in state.objects = state.objects.filter { !$0.key.hasSuffix("/" + name) } } }

    /// Met by every request before anything else, until changed.
    func fail(_ fault: Fault?) { state.withLock { $0.fault = fault } }

    func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        guard !Task.isCancelled else { throw KubeError(.cancelled, "cancelled before it was sent") }
        let fault = state.withLock { state -> Fault? in
            state.requests.append(request)
            return state.fault
        }
        if let response = try await fault?(request) { return response }
        let content: JSONValue
        do {
            content = request.body.isEmpty ? .null : try JSONValue(parsing: request.body)
        } catch {
            throw KubeError(any: error)
        }
        return state.withLock { state in Self.answer(request, content, &state) }
    }

    private static func answer(_ request: KubeRequest, _ content: JSONValue, _ state: inout State) -> KubeResponse {
        var path = request.path
        if request.method == .post { path += "/" + (content["metadata"]?["name"]?.string ?? "") }
        let known = state.objects[path]
        if request.method != .post, known == nil {
            let status: JSONValue = [
                "kind": "Status", "reason": "NotFound", "code": 404, "message": "not found", "details": ["name": "x"],
            ]
            return .json(status, status: 404)
        }
        switch request.method {
        case .get: return .json(known ?? .null)
        case .post where known != nil: return .failure(409, reason: "AlreadyExists")
        case .put where content["metadata"]?["resourceVersion"] != known?["metadata"]?["resourceVersion"]:
            return .failure(409, reason: "Conflict", message: "the object has been modified")
        case .delete:
            state.objects[path] = nil
            return .json(["kind": "Status", "status": "Success"])
        case .post, .put, .patch:
            var object = content
            if request.method == .patch { object = merge(content, into: known ?? [:]) }
            state.revision += 1
            object[["metadata", "resourceVersion"]] = .string(String(state.revision))
            state.objects[path] = object
            return .json(object, status: request.method == .post ? 201 : 200)
        }
    }

    private static func merge(_ patch: JSONValue, into target: JSONValue) -> JSONValue {
        guard let members = patch.object else { return patch }
        var result = target
        for (key, value) in members { result[key] = value.isNull ? nil : merge(value, into: result[key] ?? .null) }
        return result
    }
}
