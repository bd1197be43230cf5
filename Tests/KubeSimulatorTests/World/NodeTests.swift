import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct NodeTests {
    @Test func `nodes look like those of GKE`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
            $0.ubuntuNodes = 1
            $0.unlabelledNodes = 1
        } _: { world in
            try await world.time.wait(for: "nodes") { world.server.count(Node.type) == 4 }
            let nodes = try (0..<4).map { try Node(#require(world.nodeObject($0))) }
            #expect(nodes.map { $0.labels["cloud.google.com/gke-os-distribution"] } == ["cos", "cos", "ubuntu", nil])
            #expect(nodes[0].name == "gke-c1-pool-0-00000")
            #expect(nodes[0].spec?.providerID == "gce://proj/us-central1-a/gke-c1-pool-0-00000")
            #expect(nodes[1].labels["topology.kubernetes.io/zone"] == "us-central1-b")
            #expect(nodes.allSatisfy { $0.isReady })
            #expect(Set(nodes.map(\.bootID)).count == 4)
            #expect(nodes[0].status?.nodeInfo?.osImage == "Container-Optimized OS from Google")
        }
    }

    @Test func `with ballast a node is about as large as a real one`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
            $0.hasBallast = true
        } _: { world in
            try await world.time.wait(for: "a node") { world.nodeObject(0) != nil }
            let size = try #require(world.nodeObject(0)).serialized.count
            #expect((17_000...23_000).contains(size), "\(size) bytes")
        }
    }

    @Test func `a cordon is tainted and a daemon pod tolerates it`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try await world.time.wait(for: "a node") { world.nodeObject(0) != nil }
            try world.cluster.setUnschedulable(true, on: world.node(0))
            try await world.time.wait(for: "the taint") {
                try Node(#require(world.nodeObject(0))).spec?.taints?.map(\.key) == ["node.kubernetes.io/unschedulable"]
            }
            try world.apply()
            try await world.waitUntilReady(1)
            try world.cluster.setUnschedulable(false, on: world.node(0))
            try await world.time.wait(for: "no taint") { try Node(#require(world.nodeObject(0))).spec?.taints == nil }
        }
    }

    @Test func `a reboot keeps the node, changes the boot and unlocks the kernel; the agent locks it again`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(1)
            let before = try Node(#require(world.nodeObject(0)))
            let pod = try #require(try world.agent(on: 0))
            try world.cluster.setUnschedulable(true, on: before.name)
            world.cluster.reboot(before.name)
            try await world.time.wait(for: "another boot") { try Node(#require(world.nodeObject(0))).bootID != before.bootID }
            #expect(world.cluster.kernel(of: before.name)?.isLocked == false)
            try await world.time.wait(for: "a report of this boot") {
                let after = try Node(#require(world.nodeObject(0)))
                return try world.report(on: 0)?["boot"]?.string == after.bootID && world.status["numberReady"] == 1
            }
            let after = try Node(#require(world.nodeObject(0)))
            #expect(after.uid == before.uid)
            #expect(after.spec?.unschedulable == true)
            #expect(after.isReady)
            #expect(try world.agent(on: 0)?.uid == pod.uid)
            #expect(try world.agent(on: 0)?.container("collector")?.restartCount == 1)
            #expect(world.cluster.kernel(of: before.name)?.isLocked == true)
        }
    }

    @Test func `a recreated node has its name and nothing else of the old one`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(1)
            let before = try Node(#require(world.nodeObject(0)))
            let pod = try #require(try world.agent(on: 0))
            try world.cluster.setUnschedulable(true, on: before.name)
            try world.cluster.edit(Node.type, before.key) { $0[["metadata", "labels", "mine"]] = "1" }
            world.cluster.recreate(before.name)
            try await world.time.wait(for: "no node") { world.nodeObject(0) == nil }
            try await world.time.wait(for: "a ready node") { try world.nodeObject(0).map { try Node($0).isReady } ?? false }
            let after = try Node(#require(world.nodeObject(0)))
            #expect(after.uid != before.uid)
            #expect(after.bootID != before.bootID)
            #expect(
                after.metadata.annotations?["container.googleapis.com/instance_id"]
                    != before.metadata.annotations?["container.googleapis.com/instance_id"])
            #expect(after.labels["mine"] == nil)
            #expect(after.spec?.unschedulable != true)
            #expect(world.server.get(Pod.type, pod.key) == nil)
            try await world.waitUntilReady(1)
        }
    }

    @Test func `deleting a Node recreates nothing until its kubelet starts again`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try await world.time.wait(for: "a node") { world.nodeObject(0) != nil }
            let before = try Node(#require(world.nodeObject(0)))
            try world.server.delete(Node.type, before.key)
            try await world.time.sleep(for: .seconds(600))
            #expect(world.nodeObject(0) == nil)
            world.cluster.restartKubelet(on: before.name)
            try await world.time.wait(for: "a node") { world.nodeObject(0) != nil }
            let after = try Node(#require(world.nodeObject(0)))
            #expect(after.uid != before.uid)
            #expect(after.bootID == before.bootID)
        }
    }

    @Test func `a machine that never comes back leaves its node unknown until somebody deletes it`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(2)
            world.cluster.powerOff(world.node(0))
            try await world.time.sleep(for: .seconds(3600))
            #expect(world.nodeObject(0)?["status"]?["conditions"]?.array?.first { $0["type"] == "Ready" }?["status"] == "Unknown")
            #expect(world.status["numberReady"] == 1)
            world.cluster.removeNode(world.node(0))
            try await world.time.wait(for: "its pod is collected") { try world.agents.count == 1 }
            #expect(world.status["desiredNumberScheduled"] == 1)
        }
    }

    @Test func `pods that tolerate an unreachable node for five minutes are evicted then`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
        } _: { world in
            try world.cluster.addWorkload("web", replicas: 4)
            try await world.time.wait(for: "pods run") { try ready(world) == 4 }
            world.cluster.setFault(.unreachable, on: world.node(0))
            try await world.time.sleep(for: .seconds(200))
            #expect(try ready(world) == 2)
            try await world.time.sleep(for: .seconds(200))
            #expect(try ready(world) == 4, "others stand elsewhere")
        }
    }

    private func ready(_ world: World) throws -> Int {
        try world.server.list(Pod.type, namespace: "default").map { try Pod($0) }.filter(\.isReady).count
    }
}
