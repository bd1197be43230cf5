import KubeCore
import Synchronization
import TestSupport

/// One collection of ConfigMaps behind a transport, small enough to break in every way a watch can break.
final class FakeCollection: KubeTransport {
    typealias Fault = @Sendable (KubeRequest) throws(KubeError) -> KubeResponse?

    private struct Entry {
        var revision: Int
        var type: String
        var object: JSONValue
    }

    private struct State {
        var revision = 100
        var objects: [String: JSONValue] = [:]
        var log: [Entry] = []
        var compactedBelow = 0
        var supportsWatchList = true
        var watches: [(pipe: BodyPipe, label: Int)] = []
        var requests: [KubeRequest] = []
        var faults: [Fault] = []
        var isMuted = false
    }

    private let state = Mutex(State())

    init(supportsWatchList: Bool = true) { state.withLock { $0.supportsWatchList = supportsWatchList } }

    var requests: [KubeRequest] { state.withLock { $0.requests } }
    var revision: String { state.withLock { String($0.revision) } }
    var openWatches: Int { state.withLock { $0.watches.count { !$0.pipe.wasCancelled } } }

    var colors: [String: String] { state.withLock { $0.objects.compactMapValues { $0["data"]?["color"]?.string } } }

    /// What each request was, in short: `watch@105`, `watchlist@`, `list@`, `page`.
    var story: [String] {
        requests.map { request in
            func value(_ name: String) -> String { request.query.first { $0.name == name }?.value ?? "" }
            if value("sendInitialEvents") == "true" { return "watchlist@\(value("resourceVersion"))" }
            if value("watch") == "true" { return "watch@\(value("resourceVersion"))" }
            return value("continue").isEmpty ? "list@\(value("resourceVersion"))" : "page"
        }
    }

    // MARK: The world

    func put(_ name: String, _ color: String) {
        change { state in
            let type = state.objects[name] == nil ? "ADDED" : "MODIFIED"
            state.revision += 1
            let object = Self.object(name, color, state.revision)
            state.objects[name] = object
            return Entry(revision: state.revision, type: type, object: object)
        }
    }

    func remove(_ name: String) {
        change { state in
            state.revision += 1
            var object = state.objects.removeValue(forKey: name) ?? [:]
            object[["metadata", "resourceVersion"]] = .string(String(state.revision))
            return Entry(revision: state.revision, type: "DELETED", object: object)
        }
    }

    /// Objects of other kinds move the revision too.
    func changeSomethingElse(_ count: Int = 1) { state.withLock { $0.revision += count } }

    /// Forgets the history: older revisions answer 410.
    func compact() {
        state.withLock { state in
            state.log = []
            state.compactedBelow = state.revision
        }
    }

    // MARK: Faults

    /// The next requests meet these first; nil lets one pass.
    func fail(_ faults: [Fault]) { state.withLock { $0.faults += faults } }

    func fail(times: Int, with response: KubeResponse) { fail(Array(repeating: { _ in response }, count: times)) }

    func refuse(times: Int) {
        let refusal: Fault = { (_) throws(KubeError) in throw KubeError(.unreachable, "connection refused") }
        fail(Array(repeating: refusal, count: times))
    }

    func stopFailing() { state.withLock { $0.faults = [] } }

    /// Streams take no more bytes: nothing is sent and nothing is closed.
    func mute(_ isMuted: Bool) { state.withLock { $0.isMuted = isMuted } }

    func sendBookmark() {
        let revision = revision
        toWatches { $0.send(Self.bookmark(revision, ends: false)) }
    }

    func send(_ text: String) { toWatches { $0.send(text) } }

    func repeatLastEvent() {
        guard let entry = state.withLock({ $0.log.last }) else { return }
        toWatches { $0.send(["type": .string(entry.type), "object": entry.object]) }
    }

    /// Ends every open watch: in good order, or with an error.
    func cut(_ error: KubeError? = nil) {
        toWatches { pipe in
            if let error { pipe.fail(error) } else { pipe.finish() }
        }
        state.withLock { $0.watches = [] }
    }

    private func toWatches(_ action: (BodyPipe) -> Void) {
        for watch in state.withLock({ $0.isMuted ? [] : $0.watches }) { action(watch.pipe) }
    }

    private func change(_ make: (inout State) -> Entry) {
        let entry = state.withLock { state in
            let entry = make(&state)
            state.log.append(entry)
            return entry
        }
        toWatches { $0.send(["type": .string(entry.type), "object": entry.object]) }
    }

    // MARK: Answers

    func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        let fault = state.withLock { state -> Fault? in
            state.requests.append(request)
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        if let response = try fault?(request) { return response }
        return state.withLock { state in
            func value(_ name: String) -> String? { request.query.first { $0.name == name }?.value }
            let from = value("resourceVersion").flatMap { Int($0) }
            if value("watch") == "true" {
                let isInitial = value("sendInitialEvents") == "true"
                if isInitial, !state.supportsWatchList {
                    return .failure(422, reason: "Invalid", message: "sendInitialEvents is forbidden for watch")
                }
                return Self.watch(&state, from: from, isInitial: isInitial)
            }
            return Self.list(&state, notOlderThan: from, limit: value("limit").flatMap { Int($0) }, token: value("continue"))
        }
    }

    private static func watch(_ state: inout State, from: Int?, isInitial: Bool) -> KubeResponse {
        if !isInitial, let from, from < state.compactedBelow { return .failure(410, reason: "Expired", message: "too old") }
        let pipe = BodyPipe()
        if isInitial {
            for name in state.objects.keys.sorted() { pipe.send(["type": "ADDED", "object": state.objects[name] ?? [:]]) }
            pipe.send(bookmark(String(state.revision), ends: true))
        } else {
            for entry in state.log where entry.revision > from ?? 0 {
                pipe.send(["type": .string(entry.type), "object": entry.object])
            }
        }
        state.watches.append((pipe, state.requests.count))
        return KubeResponse(status: 200, body: pipe.body)
    }

    private static func list(_ state: inout State, notOlderThan: Int?, limit: Int?, token: String?) -> KubeResponse {
        if let notOlderThan, notOlderThan > state.revision {
            return .failure(504, reason: "Timeout", message: "Too large resource version: \(notOlderThan), current: \(state.revision)")
        }
        let names = state.objects.keys.sorted().filter { $0 > token ?? "" }
        let page = names.prefix(limit ?? names.count)
        var metadata: JSONValue = ["resourceVersion": .string(String(state.revision))]
        if page.count < names.count { metadata["continue"] = .string(page.last ?? "") }
        return .json(["kind": "ConfigMapList", "metadata": metadata, "items": .array(page.compactMap { state.objects[$0] })])
    }

    private static func object(_ name: String, _ color: String, _ revision: Int) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "ns", "resourceVersion": .string(String(revision))],
            "data": ["color": .string(color)],
        ]
    }

    private static func bookmark(_ revision: String, ends: Bool) -> JSONValue {
        var metadata: JSONValue = ["resourceVersion": .string(revision)]
        if ends { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        return ["type": "BOOKMARK", "object": ["kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata]]
    }
}
