import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct WorkloadTests {
    private func budget(_ world: World) throws -> PodDisruptionBudget.Status? {
        try world.server.get(PodDisruptionBudget.type, ObjectKey(namespace: "default", name: "web"))
            .map { try PodDisruptionBudget($0) }?.status
    }

    private func evict(_ pod: ObjectKey, _ world: World) async throws -> Int {
        let body: JSONValue = [
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
        ]
        let path = Pod.type.path(namespace: pod.namespace, name: pod.name, subresource: "eviction")
        let request = KubeRequest(method: .post, path: path, contentType: "application/json", body: body.serialized)
        return try await world.server.send(request).status
    }

    private func pods(_ world: World) throws -> [Pod] {
        try world.server.list(Pod.type, namespace: "default").map { try Pod($0) }
    }

    @Test(arguments: [(IntOrString.int(3), 1), (.string("50%"), 2), (.string("51%"), 1), (.int(4), 0), (.int(9), 0)])
    func `a budget allows what is healthy beyond what it demands`(minAvailable: IntOrString, allowed: Int) throws {
        try World.run {
            $0.containerOptimizedNodes = 2
        } _: { world in
            try world.cluster.addWorkload("web", replicas: 4, minAvailable: minAvailable)
            try await world.time.wait(for: "healthy pods") { try budget(world)?.currentHealthy == 4 }
            #expect(try budget(world)?.disruptionsAllowed == allowed)
            #expect(try budget(world)?.expectedPods == 4)
        }
    }

    @Test func `evictions pass one after the other, each when its replacement is ready elsewhere`() throws {
        try World.run {
            $0.containerOptimizedNodes = 3
        } _: { world in
            try world.cluster.addWorkload("web", replicas: 3, minAvailable: .int(2))
            try await world.time.wait(for: "healthy pods") { try budget(world)?.disruptionsAllowed == 1 }
            try world.cluster.setUnschedulable(true, on: world.node(0))
            let victims = try pods(world)
            #expect(Set(victims.compactMap(\.nodeName)).count == 3, "spread over the nodes")
            #expect(try await evict(victims[0].key, world) == 201)
            #expect(try await evict(victims[1].key, world) == 429)
            try await world.time.wait(for: "the budget allows again") { try budget(world)?.disruptionsAllowed == 1 }
            #expect(try await evict(victims[1].key, world) == 201)
            try await world.time.wait(for: "three ready") { try pods(world).filter(\.isReady).count == 3 }
            try await world.time.wait(for: "no pod on its way out") { try pods(world).count == 3 }
            #expect(try pods(world).filter { $0.nodeName == world.node(0) }.count <= 1)
        }
    }

    @Test func `a pod that fits nowhere waits and says so, and runs when a node comes`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.cluster.addWorkload("web", replicas: 1, podSpec: ["nodeSelector": ["disk": "ssd"]])
            try await world.time.sleep(for: .seconds(60))
            let pod = try #require(try pods(world).first)
            #expect(pod.status?.conditions?.first { $0.type == "PodScheduled" }?.reason == "Unschedulable")
            let name = world.cluster.addNode(labels: ["disk": "ssd"])
            try await world.time.wait(for: "it runs") { try pods(world).first?.isReady == true }
            #expect(try pods(world).first?.nodeName == name)
        }
    }

    @Test func `a deployment has its pods, and new ones for a new template`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
        } _: { world in
            let type = ResourceType(group: "apps", version: "v1", kind: "Deployment", plural: "deployments", isNamespaced: true)
            let key = ObjectKey(namespace: "default", name: "web")
            try world.server.create(
                type,
                [
                    "metadata": ["name": "web", "namespace": "default"],
                    "spec": [
                        "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                        "template": ["metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "c", "image": "i:1"]]]],
                    ],
                ])
            try await world.time.wait(for: "two") { try pods(world).filter(\.isReady).count == 2 }
            try world.server.update(type, key) { deployment in
                deployment[["spec", "template", "spec", "containers"]] = [["name": "c", "image": "i:2"]]
            }
            try await world.time.wait(for: "two new") {
                try pods(world).count == 2 && pods(world).allSatisfy { $0.isReady && $0.spec?.containers.first?.image == "i:2" }
            }
            #expect(world.server.get(type, key)?["status"]?["availableReplicas"] == 2)
            try world.server.delete(type, key)
            try await world.time.wait(for: "none") { try pods(world).isEmpty }
        }
    }
}
