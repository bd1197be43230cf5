import KubeCore
import Testing

/// One test's part of a stage: names and a label of its own, and short ways to call the server.
struct Scene: Sendable {
    let stage: Stage
    let number: Int

    init(_ door: Door) throws {
        stage = try #require(Stages.current[door], "there is no stage \(door.rawValue)")
        number = stage.number()
    }

    // MARK: Names and objects

    /// A name that no other test uses.
    func name(_ name: String) -> String { "\(name)-\(number)" }

    /// What selects this test's objects.
    var selector: String { "scene=\(number)" }

    var widgets: String { "/apis/\(stage.group)/v1/widgets" }
    func widgetPath(_ name: String) -> String { "\(widgets)/\(self.name(name))" }
    var configMaps: String { core("configmaps") }
    func configMapPath(_ name: String) -> String { "\(configMaps)/\(self.name(name))" }
    func core(_ plural: String) -> String { "/api/v1/namespaces/\(stage.namespace)/\(plural)" }
    func grouped(_ groupVersion: String, _ plural: String) -> String { "/apis/\(groupVersion)/namespaces/\(stage.namespace)/\(plural)" }

    func metadata(_ name: String, _ more: JSONValue = [:]) -> JSONValue {
        var metadata = more
        metadata["name"] = .string(self.name(name))
        metadata[["labels", "scene"]] = .string(String(number))
        return metadata
    }

    func widget(_ name: String, _ spec: JSONValue, metadata: JSONValue = [:]) -> JSONValue {
        ["apiVersion": .string(stage.apiVersion), "kind": "Widget", "metadata": self.metadata(name, metadata), "spec": spec]
    }

    func configMap(_ name: String, _ data: JSONValue = [:], metadata: JSONValue = [:]) -> JSONValue {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": self.metadata(name, metadata), "data": data]
    }

    /// A reference to an object that a server answered with.
    func owner(_ answer: Answer, blocks: Bool = true) -> JSONValue {
        var owner: JSONValue = ["name": .string(answer.name), "uid": .string(answer.uid), "blockOwnerDeletion": .bool(blocks)]
        owner["apiVersion"] = answer.body["apiVersion"]
        owner["kind"] = answer.body["kind"]
        return owner
    }

    // MARK: Calls

    func get(_ path: String, _ query: [String: String] = [:], accept: String = "application/json") async throws -> Answer {
        try await stage.call(.get, path, query, accept: accept)
    }

    func create(_ collection: String, _ object: JSONValue, _ query: [String: String] = [:]) async throws -> Answer {
        try await stage.call(.post, collection, query, body: object)
    }

    func put(_ path: String, _ object: JSONValue, _ query: [String: String] = [:]) async throws -> Answer {
        try await stage.call(.put, path, query, body: object)
    }

    func merge(_ path: String, _ patch: JSONValue, _ query: [String: String] = [:]) async throws -> Answer {
        try await stage.call(.patch, path, query, body: patch, type: "application/merge-patch+json")
    }

    func strategic(_ path: String, _ patch: JSONValue) async throws -> Answer {
        try await stage.call(.patch, path, body: patch, type: "application/strategic-merge-patch+json")
    }

    func jsonPatch(_ path: String, _ patch: JSONValue) async throws -> Answer {
        try await stage.call(.patch, path, body: patch, type: "application/json-patch+json")
    }

    func apply(
        _ path: String, _ object: JSONValue, as manager: String?, force: Bool = false, _ query: [String: String] = [:]
    ) async throws -> Answer {
        var query = query
        query["fieldManager"] = manager
        if force { query["force"] = "true" }
        return try await stage.call(.patch, path, query, body: object, type: "application/apply-patch+yaml")
    }

    func delete(_ path: String, _ options: JSONValue? = nil, _ query: [String: String] = [:]) async throws -> Answer {
        try await stage.call(.delete, path, query, body: options)
    }

    /// Polls until the object is gone.
    func awaitAbsence(of path: String) async throws {
        try await stage.eventually("\(path) is gone") { try await get(path).status == 404 }
    }

    /// A watch from now on, or from where the query says.
    func watch(_ path: String, _ query: [String: String], accept: String = "application/json") async throws -> Watch {
        var query = query
        query["watch"] = "true"
        query["timeoutSeconds"] = query["timeoutSeconds"] ?? "60"
        let request = KubeRequest(
            method: .get, path: path, query: query.sorted { $0.key < $1.key }.map { QueryItem($0.key, $0.value) }, accept: accept,
            timeout: nil, idleTimeout: .seconds(90))
        return Watch(request: request.target, response: try await stage.transport.send(request))
    }
}

/// A watch's frames, one at a time. One reader.
final class Watch {
    struct Frame: CustomStringConvertible {
        var type: String
        var object: JSONValue

        var name: String { object["metadata"]?["name"]?.string ?? "" }
        var revision: Int64 { object["metadata"]?["resourceVersion"]?.string.flatMap { Int64($0) } ?? 0 }
        /// Type and name: `ADDED a`.
        var summary: String { "\(type) \(name)" }
        var description: String { "\(type) \(object.text())" }
    }

    let request: String
    let response: KubeResponse
    private var bytes: [UInt8] = []
    private(set) var frames: [Frame] = []
    /// Whether the stream came to its end, cleanly.
    private(set) var isEnded = false

    init(request: String, response: KubeResponse) {
        self.request = request
        self.response = response
    }

    /// The next frame, or nil at the end. Errors: the transport's, when the stream breaks off.
    func next() async throws -> Frame? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let value = try JSONValue(parsing: Array(bytes[..<end]))
                bytes.removeFirst(end + 1)
                let frame = Frame(type: value["type"]?.string ?? "", object: value["object"] ?? .null)
                frames.append(frame)
                return frame
            }
            guard let chunk = try await response.body.next() else {
                isEnded = true
                return nil
            }
            bytes += chunk
        }
    }

    /// The next so many frames; fewer when the stream ends before.
    func next(_ count: Int) async throws -> [Frame] {
        var found: [Frame] = []
        while found.count < count, let frame = try await next() { found.append(frame) }
        return found
    }

    /// All frames up to the end.
    func rest() async throws -> [Frame] {
        var found: [Frame] = []
        while let frame = try await next() { found.append(frame) }
        return found
    }

    /// Up to the first frame that is wanted; nil when the stream ends before.
    func first(where isWanted: (Frame) -> Bool) async throws -> Frame? {
        while let frame = try await next() {
            if isWanted(frame) { return frame }
        }
        return nil
    }
}
