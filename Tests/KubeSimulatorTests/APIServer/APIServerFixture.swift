import KubeCore
import KubeSimulator
import TestSupport

/// A server with the recorded custom kind, and short ways to call it.
struct APIServerFixture {
    let server: SimulatedAPIServer
    let time: ManualTime

    init(time: ManualTime, widgets: Bool = true, configure: (inout SimulatedAPIServer.Configuration) -> Void = { _ in }) throws {
        self.time = time
        var configuration = SimulatedAPIServer.Configuration()
        configure(&configuration)
        server = SimulatedAPIServer(time: time, configuration: configuration)
        if widgets {
            let crd = try Recording("01-crd-install").exchanges[0].body ?? [:]
            try server.create(Self.crdType, crd)
        }
        server.resetRequestLog()
    }

    static let crdType = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", plural: "customresourcedefinitions",
        isNamespaced: false)
    static let widgets = "/apis/example.dev/v1/widgets"
    static let configMaps = "/api/v1/namespaces/default/configmaps"
    static let daemonSets = "/apis/apps/v1/namespaces/default/daemonsets"
    static let pods = "/api/v1/namespaces/default/pods"

    struct Answer {
        var status: Int
        var body: JSONValue
        var response: KubeResponse

        var message: String { body["message"]?.string ?? "" }
        var reason: String { body["reason"]?.string ?? "" }
        var revision: Int64 { body["metadata"]?["resourceVersion"]?.string.flatMap { Int64($0) } ?? 0 }
        var generation: Int64 { body["metadata"]?["generation"]?.integer ?? 0 }
    }

    func call(
        _ method: KubeRequest.Method, _ path: String, _ query: [String: String] = [:], body: JSONValue? = nil, type: String? = nil,
        accept: String = "application/json", headers: [HeaderField] = []
    ) async throws -> Answer {
        let items = query.sorted { $0.key < $1.key }.map { QueryItem($0.key, $0.value) }
        let response = try await server.send(
            KubeRequest(
                method: method, path: path, query: items, contentType: body == nil ? nil : type ?? "application/json", accept: accept,
                body: body?.serialized ?? [], headers: headers))
        let bytes = try await response.body.collect(upTo: 1 << 30)
        let text = String(decoding: bytes, as: UTF8.self)
        return Answer(
            status: response.status, body: text.hasPrefix("{") ? try JSONValue(parsing: bytes) : .string(text), response: response)
    }

    func get(_ path: String, _ query: [String: String] = [:], accept: String = "application/json") async throws -> Answer {
        try await call(.get, path, query, accept: accept)
    }

    func create(_ path: String, _ body: JSONValue, _ query: [String: String] = [:]) async throws -> Answer {
        try await call(.post, path, query, body: body)
    }

    func merge(_ path: String, _ body: JSONValue, _ query: [String: String] = [:]) async throws -> Answer {
        try await call(.patch, path, query, body: body, type: "application/merge-patch+json")
    }

    func strategic(_ path: String, _ body: JSONValue, _ query: [String: String] = [:]) async throws -> Answer {
        try await call(.patch, path, query, body: body, type: "application/strategic-merge-patch+json")
    }

    func apply(_ path: String, _ body: JSONValue, as manager: String = "m", force: Bool = false) async throws -> Answer {
        try await call(
            .patch, path, ["fieldManager": manager, "force": String(force)], body: body, type: "application/apply-patch+yaml")
    }

    func delete(_ path: String, _ options: JSONValue? = nil) async throws -> Answer {
        try await call(.delete, path, body: options)
    }

    /// All frames of a watch until it ends.
    func watch(_ path: String, _ query: [String: String] = [:], accept: String = "application/json") async throws -> [JSONValue] {
        var query = query
        query["watch"] = "true"
        let items = query.sorted { $0.key < $1.key }.map { QueryItem($0.key, $0.value) }
        let response = try await server.send(KubeRequest(method: .get, path: path, query: items, accept: accept))
        var bytes: [UInt8] = []
        while let chunk = try await response.body.next() { bytes += chunk }
        var frames: [JSONValue] = []
        for line in bytes.split(separator: 0x0A) { frames.append(try JSONValue(parsing: Array(line))) }
        return frames
    }

    static func widget(_ name: String, size: Int64 = 3, _ spec: JSONValue = [:], metadata: JSONValue = [:]) -> JSONValue {
        var metadata = metadata
        metadata["name"] = .string(name)
        var spec = spec
        spec["size"] = .integer(size)
        return ["apiVersion": "example.dev/v1", "kind": "Widget", "metadata": metadata, "spec": spec]
    }

    static func configMap(_ name: String, _ data: JSONValue = [:], metadata: JSONValue = [:]) -> JSONValue {
        var metadata = metadata
        metadata["name"] = .string(name)
        return ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data]
    }

    static func pod(_ name: String, node: String = "n", labels: JSONValue = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "namespace": "default", "labels": labels],
            "spec": ["nodeName": .string(node), "containers": [["name": "c", "image": "i"]]],
        ]
    }

    static func daemonSet(_ name: String, image: String = "i:1", env: [(String, String)] = []) -> JSONValue {
        let variables = env.map { JSONValue.object(["name": .string($0.0), "value": .string($0.1)]) }
        return [
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": ["name": .string(name), "namespace": "default"],
            "spec": [
                "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [["name": "c", "image": .string(image), "env": .array(variables)]]],
                ],
            ],
        ]
    }

    /// Runs the body in virtual time over a fresh server.
    static func run<Value: Sendable>(
        widgets: Bool = true, configure: @escaping @Sendable (inout SimulatedAPIServer.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (APIServerFixture) async throws -> Value
    ) throws -> Value {
        try withVirtualTime { time in
            try await body(APIServerFixture(time: time, widgets: widgets, configure: configure))
        }
    }
}
