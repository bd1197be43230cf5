import KubeCore
import KubeSimulator
import Synchronization
import Testing

/// What one run has on one API server: a namespace and a group of custom kinds, both with a name of their own, and nothing else.
///
/// Guarantees: objects that are no part of the run are never written; `strike` removes everything, whatever the tests did, and
/// records what it could not. A process that is killed leaves `metadata.labels["nodeaudit.dev/contract"]` on what to delete.
final class Stage: Sendable {
    static let label = "nodeaudit.dev/contract"

    let door: Door
    let transport: any KubeTransport
    let time = SystemTime()
    /// Eight letters and digits that no other run has.
    let run: String
    private let state = Mutex(Made())

    private struct Made {
        var namespaces: [String] = []
        var definitions: [String] = []
        var count = 0
    }

    init(door: Door, transport: any KubeTransport) {
        self.door = door
        self.transport = transport
        var generator = SystemRandomNumberGenerator()
        run = String((0..<8).compactMap { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement(using: &generator) })
    }

    var namespace: String { "nodeaudit-contract-\(run)" }
    var group: String { "c\(run).contract.nodeaudit.dev" }
    var apiVersion: String { "\(group)/v1" }
    var labels: JSONValue { [Self.label: .string(run)] }

    /// Different each time.
    func number() -> Int {
        state.withLock { state in
            state.count += 1
            return state.count
        }
    }

    // MARK: Setting up

    func raise() async throws {
        try await makeNamespace(namespace)
        try await install(WidgetDefinition.widgets(of: self))
        try await eventually("pods can be made") {
            // A controller of real clusters brings the account that pods need; others admit pods without one.
            guard door == .cluster else { return true }
            return try await call(.get, "/api/v1/namespaces/\(namespace)/serviceaccounts/default").status == 200
        }
    }

    @discardableResult
    func makeNamespace(_ name: String, finalizers: JSONValue = []) async throws -> Answer {
        state.withLock { $0.namespaces.append(name) }
        let metadata: JSONValue = ["name": .string(name), "labels": labels, "finalizers": finalizers]
        return try await call(.post, "/api/v1/namespaces", body: ["apiVersion": "v1", "kind": "Namespace", "metadata": metadata])
            .expecting(201)
    }

    /// Creates a definition and waits until its kind is served. Returns what the server answered first.
    @discardableResult
    func install(_ definition: JSONValue) async throws -> Answer {
        let name = definition["metadata"]?["name"]?.string ?? ""
        state.withLock { $0.definitions.append(name) }
        let created = try await call(.post, Self.definitions, body: definition).expecting(201)
        try await eventually("\(name) is established") {
            let conditions = try await call(.get, "\(Self.definitions)/\(name)").body["status"]?["conditions"]?.array ?? []
            return conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
        }
        let names = definition["spec"]?["names"]
        let collection = "/apis/\(group)/v1/\(names?["plural"]?.string ?? "")"
        try await eventually("\(name) is served") { try await call(.get, collection).status == 200 }
        return created
    }

    static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    // MARK: Striking

    /// Takes everything away that was made. What stays is recorded as an issue.
    func strike() async {
        let made = state.withLock { $0 }
        do {
            for name in made.definitions.reversed() { try await remove(definition: name) }
            for name in made.namespaces.reversed() { try await remove(namespace: name) }
            for name in made.namespaces { try await awaitAbsence(of: "/api/v1/namespaces/\(name)") }
            for name in made.definitions { try await awaitAbsence(of: "\(Self.definitions)/\(name)") }
            for collection in ["/api/v1/namespaces", Self.definitions] {
                let left = try await call(.get, collection, ["labelSelector": "\(Self.label)=\(run)"])
                #expect(left.status == 200 && left.items.isEmpty, "left behind: \(left)")
            }
        } catch {
            Issue.record("the contract run \(run) leaves objects behind (label \(Self.label)=\(run)): \(error)")
        }
    }

    private func remove(definition name: String) async throws {
        let definition = try await call(.get, "\(Self.definitions)/\(name)")
        guard definition.status == 200, let plural = definition.body["spec"]?["names"]?["plural"]?.string else { return }
        try await dropFinalizers(in: "/apis/\(group)/v1/\(plural)")
        try await call(.delete, "\(Self.definitions)/\(name)").expecting(200, 202, 404)
    }

    private func remove(namespace name: String) async throws {
        let path = "/api/v1/namespaces/\(name)"
        for resource in ["configmaps", "pods"] { try await dropFinalizers(in: "\(path)/\(resource)") }
        let metadata: JSONValue = ["finalizers": .null]
        try await call(.patch, path, body: ["metadata": metadata], type: "application/merge-patch+json").expecting(200, 404)
        // 409: it is terminating already.
        try await call(.delete, path).expecting(200, 202, 404, 409)
    }

    private func dropFinalizers(in collection: String) async throws {
        for item in try await call(.get, collection).items where !(item["metadata"]?["finalizers"]?.array?.isEmpty ?? true) {
            let name = item["metadata"]?["name"]?.string ?? ""
            let metadata: JSONValue = ["finalizers": .null]
            try await call(.patch, "\(collection)/\(name)", body: ["metadata": metadata], type: "application/merge-patch+json")
        }
    }

    private func awaitAbsence(of path: String) async throws {
        try await eventually("\(path) is gone") { try await call(.get, path).status == 404 }
    }

    // MARK: Calling

    /// Sends a request and reads the whole answer. A cluster that asks to slow down is obeyed, except about evictions.
    @discardableResult
    func call(
        _ method: KubeRequest.Method, _ path: String, _ query: [String: String] = [:], body: JSONValue? = nil, text: String? = nil,
        type: String? = nil, accept: String = "application/json"
    ) async throws -> Answer {
        let bytes = text.map { Array($0.utf8) } ?? body?.serialized ?? []
        let request = KubeRequest(
            method: method, path: path, query: query.sorted { $0.key < $1.key }.map { QueryItem($0.key, $0.value) },
            contentType: type ?? (bytes.isEmpty ? nil : "application/json"), accept: accept, body: bytes, timeout: .seconds(60))
        var attempt = 0
        while true {
            attempt += 1
            let response = try await transport.send(request)
            let received = try await response.body.collect(upTo: 64 << 20)
            let answer = Answer(
                request: "\(method.rawValue) \(request.target)", status: response.status, body: Self.value(received),
                headers: response.headers)
            guard door == .cluster, answer.status == 429, answer.causes.isEmpty, attempt < 10 else { return answer }
            try await time.sleep(for: .seconds(answer.header("Retry-After").flatMap { Int64($0) } ?? 1))
        }
    }

    private static func value(_ bytes: [UInt8]) -> JSONValue {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("{") else { return .string(text) }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            return .string(text)
        }
    }

    /// Returns as soon as the condition holds; it is looked at ever more seldom, up to each second.
    /// Errors: `NeverHappened` after the bound, which is far beyond what any server needs.
    func eventually(
        _ what: String, within bound: Duration = .seconds(90), _ condition: () async throws -> Bool
    ) async throws {
        let start = time.uptime()
        var pause = Duration.milliseconds(10)
        while true {
            if try await condition() { return }
            guard time.uptime() - start < bound else { throw NeverHappened(description: "not within \(bound): \(what)") }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    var description: String
}
