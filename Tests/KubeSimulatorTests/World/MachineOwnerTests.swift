import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct MachineOwnerTests {
    @Test func `deleting a Machine ends its node, and the MachineSet makes another of another name`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
            $0.machineOwner = .clusterAPI
        } _: { world in
            let type = SimulatedCluster.MachineOwner.clusterAPI.type
            let name = world.node(0)
            let key = ObjectKey(namespace: "default", name: name)
            try await world.time.wait(for: "the mark") {
                world.nodeObject(0)?["metadata"]?["annotations"]?["cluster.x-k8s.io/machine"]?.string == name
            }
            #expect(world.server.get(type, key)?["status"]?["nodeRef"]?["name"]?.string == name)
            try world.server.delete(type, key)
            try await world.time.sleep(for: .seconds(1))
            #expect(world.server.get(type, key) != nil, "its finalizer holds it while the machine is there")
            try await world.time.wait(for: "its end") {
                world.server.get(type, key) == nil && world.server.get(Node.type, ObjectKey(name: name)) == nil
            }
            try await world.time.wait(for: "another") { world.server.count(Node.type) == 2 && world.server.count(type) == 2 }
            #expect(world.cluster.machines.names == [gke(1), gke(2)])
        }
    }

    @Test func `Karpenter makes another node when a pod needs one`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
            $0.machineOwner = .karpenter
        } _: { world in
            let type = SimulatedCluster.MachineOwner.karpenter.type
            try await world.time.wait(for: "an owner") {
                world.nodeObject(0)?["metadata"]?["ownerReferences"]?.array?.first?["kind"] == "NodeClaim"
            }
            try world.server.delete(type, ObjectKey(name: "claim-\(gke(0))"))
            try await world.time.wait(for: "no node") { world.server.count(Node.type) == 0 && world.server.count(type) == 0 }
            try await world.time.sleep(for: .seconds(600))
            #expect(world.server.count(Node.type) == 0)
            try world.cluster.addWorkload("web", replicas: 1)
            try await world.time.wait(for: "a node and its pod") {
                try world.server.list(Pod.type, namespace: "default").first.map { try Pod($0) }?.isReady == true
            }
            #expect(world.server.count(Node.type) == world.server.count(type))
        }
    }

    private func gke(_ ordinal: Int) -> String { "gke-c1-pool-0-0000\(ordinal)" }
}
