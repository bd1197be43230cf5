import KubeCore
import KubeSimulator
import Synchronization
import TestSupport
import Testing

/// A simulated cluster under a manual clock, with an agent's DaemonSet at hand.
struct World: Sendable {
    let time: ManualTime
    let server: SimulatedAPIServer
    let cluster: SimulatedCluster

    static let namespace = "nodeaudit-agents"

    /// Runs the body beside the cluster.
    static func run<Value: Sendable>(
        _ configure: @escaping @Sendable (inout SimulatedCluster.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (World) async throws -> Value
    ) throws -> Value {
        try withVirtualTime { time in
            var configuration = SimulatedCluster.Configuration()
            configure(&configuration)
            let server = SimulatedAPIServer(time: time)
            try server.create(Namespace.type, ["metadata": ["name": .string(namespace)]])
            let cluster = SimulatedCluster(server: server, time: time, configuration: configuration)
            let world = World(time: time, server: server, cluster: cluster)
            return try await running([{ try await cluster.run() }]) { try await body(world) }
        }
    }

    func node(_ ordinal: Int) -> String { cluster.machines.all[ordinal].name }

    func nodeObject(_ ordinal: Int) -> JSONValue? { server.get(Node.type, ObjectKey(name: node(ordinal))) }

    // MARK: DaemonSets

    static let agent: JSONValue = [
        "metadata": ["name": "agent", "namespace": .string(namespace)],
        "spec": [
            "selector": ["matchLabels": ["app": "agent"]],
            "updateStrategy": ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": "100%", "maxSurge": 0]],
            "template": [
                "metadata": ["labels": ["app": "agent"], "annotations": ["nodeaudit.dev/revision": "1"]],
                "spec": [
                    "nodeSelector": ["cloud.google.com/gke-os-distribution": "cos"],
                    "initContainers": [["name": "audit-setup", "image": "setup:1"]],
                    "containers": [["name": "collector", "image": "fluent-bit:1"]],
                ],
            ],
        ],
    ]

    func apply(_ change: (inout JSONValue) -> Void = { _ in }) throws {
        var set = Self.agent
        change(&set)
        let key = ObjectKey(namespace: Self.namespace, name: "agent")
        let spec = set["spec"] ?? [:]
        if try server.update(DaemonSet.type, key, { $0["spec"] = spec }) == nil { try server.create(DaemonSet.type, set) }
    }

    func setRevision(_ revision: String) throws {
        try server.update(DaemonSet.type, ObjectKey(namespace: Self.namespace, name: "agent")) {
            $0[["spec", "template", "metadata", "annotations", "nodeaudit.dev/revision"]] = .string(revision)
        }
    }

    var agents: [Pod] {
        get throws { try server.list(Pod.type, namespace: Self.namespace).map { try Pod($0) } }
    }

    func agent(on ordinal: Int) throws -> Pod? { try agents.first { $0.nodeName == node(ordinal) && !$0.metadata.isDeleting } }

    func revisions() throws -> [String] { try agents.map { $0.metadata.annotations?["nodeaudit.dev/revision"] ?? "" } }

    var status: JSONValue {
        server.get(DaemonSet.type, ObjectKey(namespace: Self.namespace, name: "agent"))?["status"] ?? [:]
    }

    /// The report in the set-up's termination message.
    func report(on ordinal: Int) throws -> JSONValue? {
        let setup = try agent(on: ordinal)?.initContainer("audit-setup")
        let message = setup?.state?.terminated?.message ?? setup?.lastState?.terminated?.message
        return try message.map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// The DaemonSet's status, once its controller has seen the present specification; else empty.
    var currentStatus: JSONValue {
        let set = server.get(DaemonSet.type, ObjectKey(namespace: Self.namespace, name: "agent"))
        return set?["status"]?["observedGeneration"] == set?["metadata"]?["generation"] ? set?["status"] ?? [:] : [:]
    }

    func waitUntilReady(_ count: Int) async throws {
        try await time.wait(for: "\(count) agents of the present revision are ready") {
            let status = currentStatus
            return status["numberReady"]?.integer == Int64(count) && status["updatedNumberScheduled"]?.integer == Int64(count)
        }
    }

    /// Watches pods and calls back at every change, until cancelled.
    func watch(_ types: [ResourceType], _ look: @Sendable ([(ObjectKey, JSONValue?)]) -> Void) async throws {
        let changes = server.subscribe(to: types)
        while true {
            let references = try await changes.next()
            look(references.map { ($0.key, server.get($0)) })
        }
    }
}

/// The largest value that was seen.
final class Peak: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func see(_ value: Int) { state.withLock { $0 = max($0, value) } }
}
