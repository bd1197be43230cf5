import AuditCore
import AuditOperator
import CloudSupport
import CoreMetrics
import FoundationEssentials
import KubeClient
import KubeCore
import KubeRuntime
import KubeSimulator
import KubeYAML
import Logging
import TestSupport

/// A simulated cluster with the real operator in it, under virtual time.
struct Stage: Sendable {
    let time: ManualTime
    let server: SimulatedAPIServer
    let cluster: SimulatedCluster
    let compute: SimulatedCompute
    let cloud: CloudDoor
    let client: KubeAPI
    let registry: PrometheusRegistry

    static let agents = "nodeaudit-agents"

    init(time: ManualTime, nodes: SimulatedCluster.Configuration) throws {
        self.time = time
        var settings = SimulatedAPIServer.Configuration()
        settings.namespaces += ["nodeaudit-system", Self.agents]
        server = SimulatedAPIServer(time: time, configuration: settings)
        server.authorize(OperatorDoor.user, try OperatorRights.load())
        for definition in try Self.definitions() { try server.create(Self.definitionType, definition) }
        cluster = SimulatedCluster(server: server, time: time, configuration: nodes)
        compute = SimulatedCompute(cluster: cluster)
        cloud = CloudDoor(compute)
        client = KubeAPI(server, fieldManager: "person")
        registry = PrometheusRegistry()
    }

    static let definitionType = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", plural: "customresourcedefinitions",
        isNamespaced: false)

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The files that users install.
    static func definitions() throws -> [JSONValue] {
        try ["auditpolicies", "nodeaudits"].map { name in
            let file = repository.appending(path: "crds/\(name).nodeaudit.dev.yaml")
            return try YAMLDocument.parseOne(String(decoding: Data(contentsOf: file), as: UTF8.self)).value
        }
    }

    /// `door`: its way to the API server, when it is not the usual one.
    func makeOperator(_ identity: String = "operator-1", through door: (any KubeTransport)? = nil) -> Operator {
        var configuration = OperatorConfiguration(identity: identity)
        configuration.clusterName = "c1"
        configuration.clusterLocation = "us-central1"
        var machines = MachineSources(http: cloud)
        machines.computeEndpoint = "http://cloud.example/compute/v1"
        machines.metadataEndpoint = "http://metadata.example"
        return Operator(
            configuration, transport: door ?? OperatorDoor(server: server), machines: machines, time: time, random: .seeded(1),
            metrics: registry,
            logger: Self.logger)
    }

    /// Silent, unless somebody looks for a fault with NODEAUDIT_TEST_LOG=1.
    private static let logger = Logger(label: "operator") { label in
        ProcessInfo.processInfo.environment["NODEAUDIT_TEST_LOG"] == "1"
            ? StreamLogHandler.standardError(label: label) as any LogHandler : SwiftLogNoOpLogHandler()
    }

    // MARK: What a person does and sees

    func apply(_ spec: JSONValue = [:], name: String = "cos") async throws {
        let policy: JSONValue = [
            "apiVersion": "nodeaudit.dev/v1alpha1", "kind": "AuditPolicy", "metadata": ["name": .string(name)], "spec": spec,
        ]
        _ = try await client.apply(AuditPolicy.type, policy, force: true)
    }

    func policy(_ name: String = "cos") async throws -> AuditPolicy? { try await client.get(AuditPolicy.self, ObjectKey(name: name)) }

    func condition(_ type: String, of name: String = "cos") async throws -> Condition? {
        try await policy(name)?.status?.conditions?.first { $0.type == type }
    }

    func records() async throws -> [NodeAudit] {
        try await client.listAll(NodeAudit.self).items.sorted { $0.name < $1.name }
    }

    func pods() async throws -> [Pod] { try await client.listAll(Pod.self, Selection(namespace: Self.agents)).items }

    func daemonSet(_ policy: String = "cos") async throws -> DaemonSet? {
        try await client.get(DaemonSet.self, ObjectKey(namespace: Self.agents, name: "nodeaudit-\(policy)"))
    }

    func events() async throws -> [Event] { try await client.listAll(Event.self).items }

    /// Waits until the policy's newest generation is Ready.
    func becomesReady(_ name: String = "cos", within limit: Duration = .seconds(1800)) async throws {
        try await time.wait(upTo: limit, every: .seconds(1), for: "readiness of \(name)") {
            guard let policy = try await policy(name), policy.status?.observedGeneration == policy.metadata.generation else { return false }
            return policy.status?.conditions?.first { $0.type == "Ready" }?.status == .true
        }
    }

    /// Waits until every record says this state.
    func recordsBecome(_ state: NodeState, count: Int, within limit: Duration = .seconds(1800)) async throws {
        try await time.wait(upTo: limit, every: .seconds(1), for: "\(count) records \(state.rawValue)") {
            let records = try await records()
            return records.count == count && records.allSatisfy { $0.report.state == state }
        }
    }

    /// Writes by the operator since `mark`, other than its Lease; a review of its rights stores nothing.
    func writes(since mark: Int = 0) -> [String] {
        server.requestLog.dropFirst(mark).map(\.attributes)
            .filter { $0.isWrite && $0.user == OperatorDoor.user && !["leases", "selfsubjectaccessreviews"].contains($0.resource) }
            .map { "\($0.verb) \($0.resource)\($0.subresource.isEmpty ? "" : "/\($0.subresource)") \($0.name)" }
    }
}

/// The operator's way to the server, under a name of its own so that its requests can be told apart.
struct OperatorDoor: KubeTransport {
    static let user = "system:serviceaccount:nodeaudit-system:nodeaudit-operator"

    let server: SimulatedAPIServer

    func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        var request = request
        request.headers.append(HeaderField("Impersonate-User", Self.user))
        return try await server.send(request)
    }
}

/// Runs a story: the cluster plays, the operator runs, and the body acts and looks.
func withStage(
    nodes: SimulatedCluster.Configuration = .init(), limit: Duration = .seconds(24 * 3600), runsOperator: Bool = true,
    _ body: @escaping @Sendable (Stage) async throws -> Void
) throws {
    try withVirtualTime(limit: limit) { time in
        let stage = try Stage(time: time, nodes: nodes)
        let controller = stage.makeOperator()
        var parts: [@Sendable () async throws -> Void] = [{ try await stage.cluster.run() }]
        if runsOperator { parts.append { try await controller.run() } }
        try await running(parts) { try await body(stage) }
    }
}
