import CloudSupport
import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

/// A simulated cluster with its Compute API, and a provider in front of that, under a manual clock.
struct Cloud: Sendable {
    static let requestID = "7b0c1a52-3f0e-4c5b-8f5a-0c6f6b0e9d11"
    static let endpoint = "http://cloud.example/compute/v1"

    let time: ManualTime
    let server: SimulatedAPIServer
    let cluster: SimulatedCluster
    let compute: SimulatedCompute
    let door: CloudDoor
    let replacer: GCEManagedInstanceGroup

    /// Runs the body beside the cluster, once its nodes have registered.
    static func run(
        _ nodes: Int = 1, _ compute: SimulatedCompute.Configuration = .init(), _ body: @escaping @Sendable (Cloud) async throws -> Void
    ) throws {
        try withVirtualTime { time in
            var configuration = SimulatedCluster.Configuration()
            configuration.containerOptimizedNodes = nodes
            let server = SimulatedAPIServer(time: time)
            let cluster = SimulatedCluster(server: server, time: time, configuration: configuration)
            let cloud = Cloud(time: time, server: server, cluster: cluster, SimulatedCompute(cluster: cluster, configuration: compute))
            try await running([{ try await cluster.run() }]) {
                try await time.wait(for: "nodes") { server.count(Node.type) == nodes }
                try await body(cloud)
            }
        }
    }

    private init(time: ManualTime, server: SimulatedAPIServer, cluster: SimulatedCluster, _ compute: SimulatedCompute) {
        self.time = time
        self.server = server
        self.cluster = cluster
        self.compute = compute
        door = CloudDoor(compute)
        replacer = Self.replacer(door, time)
    }

    private static func replacer(_ door: CloudDoor, _ time: ManualTime) -> GCEManagedInstanceGroup {
        var configuration = GCEManagedInstanceGroup.Configuration()
        configuration.endpoint = endpoint
        return GCEManagedInstanceGroup(
            http: door, tokens: MetadataTokens(http: door, endpoint: "http://metadata.example"), time: time, configuration: configuration,
            logger: .quiet)
    }

    /// What the next process has: the same cloud and nothing remembered.
    func anotherReplacer() -> GCEManagedInstanceGroup { Self.replacer(door, time) }

    func name(_ ordinal: Int = 0) -> String { cluster.machines.all[ordinal].name }

    func boots(_ ordinal: Int = 0) -> Int? { cluster.machines.machine(name(ordinal))?.boots }

    func node(_ ordinal: Int = 0) throws -> NodeIdentity {
        NodeIdentity(try Node(#require(server.get(Node.type, ObjectKey(name: name(ordinal))))))
    }

    func order(_ ordinal: Int = 0, _ method: ReplacementMethod = .recreate) async throws -> ReplacementOrder {
        let node = try node(ordinal)
        let target = try await replacer.locate(node)
        return ReplacementOrder(nodeName: node.name, target: target, method: method, requestID: Self.requestID)
    }

    /// Every text of the way to the end, each once, in order. Returns when the new machine's kubelet has registered, too.
    @discardableResult
    func follow(_ order: ReplacementOrder, upTo limit: Duration = .seconds(600)) async throws -> [String] {
        var texts: [String] = []
        try await time.wait(upTo: limit, every: .seconds(1), for: "the end of a replacement") {
            let progress = try await replacer.progress(of: order)
            if progress == .finished { return true }
            if texts.last != progress.text { texts.append(progress.text) }
            return false
        }
        // Its kubelet comes later.
        try await time.sleep(for: .seconds(60))
        return texts
    }

    /// How many requests of that kind the cloud has got.
    func calls(_ call: SimulatedCompute.Call) -> Int { compute.calls.filter { $0.call == call }.count }
}
