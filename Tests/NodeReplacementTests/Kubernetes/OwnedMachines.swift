import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

/// A simulated cluster whose machines have objects of their own, and a spy before its API server.
struct OwnedMachines: Sendable {
    let time: ManualTime
    let server: SimulatedAPIServer
    let cluster: SimulatedCluster
    let spy: ScriptedTransport
    let owner: SimulatedCluster.MachineOwner

    static func run(
        _ owner: SimulatedCluster.MachineOwner, nodes: Int = 2, _ body: @escaping @Sendable (OwnedMachines) async throws -> Void
    ) throws {
        try withVirtualTime { time in
            var configuration = SimulatedCluster.Configuration()
            configuration.containerOptimizedNodes = nodes
            configuration.machineOwner = owner
            let server = SimulatedAPIServer(time: time)
            let cluster = SimulatedCluster(server: server, time: time, configuration: configuration)
            let spy = ScriptedTransport { (request) async throws(KubeError) -> KubeResponse in try await server.send(request) }
            let machines = OwnedMachines(time: time, server: server, cluster: cluster, spy: spy, owner: owner)
            try await running([{ try await cluster.run() }]) {
                try await time.wait(for: "nodes with owners") {
                    let owned = server.list(Node.type).filter { node in
                        node["metadata"]?["annotations"]?["cluster.x-k8s.io/machine"] != nil
                            || node["metadata"]?["ownerReferences"] != nil
                    }
                    return owned.count == nodes
                }
                try await body(machines)
            }
        }
    }

    func name(_ ordinal: Int = 0) -> String { "gke-c1-pool-0-0000\(ordinal)" }

    func key(_ ordinal: Int = 0) -> ObjectKey {
        owner == .clusterAPI ? ObjectKey(namespace: "default", name: name(ordinal)) : ObjectKey(name: "claim-\(name(ordinal))")
    }

    func object(ofNode ordinal: Int) throws -> JSONValue? { server.get(Node.type, ObjectKey(name: name(ordinal))) }

    func node(_ ordinal: Int = 0) throws -> NodeIdentity { NodeIdentity(try Node(#require(try object(ofNode: ordinal)))) }

    func edit(_ ordinal: Int = 0, _ change: (inout JSONValue) -> Void) throws { try cluster.edit(owner.type, key(ordinal), change) }

    var deletions: [KubeRequest] { spy.requests.filter { $0.method == .delete } }

    /// Another object under the name of one that is gone.
    func reuseName(_ ordinal: Int = 0) async throws -> String {
        try server.delete(owner.type, key(ordinal))
        try await time.wait(for: "its end") { server.get(owner.type, key(ordinal)) == nil }
        var metadata: JSONValue = ["name": .string(key(ordinal).name)]
        if owner == .clusterAPI { metadata["namespace"] = "default" }
        let object = try server.create(owner.type, ["metadata": metadata])
        return try #require(object["metadata"]?["uid"]?.string)
    }
}
