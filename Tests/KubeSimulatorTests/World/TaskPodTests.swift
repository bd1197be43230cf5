import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct TaskPodTests {
    /// A one-shot pod as the operator makes it; returns its report.
    private func run(_ task: String, boot: String? = nil, on ordinal: Int, _ world: World) async throws -> JSONValue {
        var environment: [JSONValue] = [["name": "NODEAUDIT_TASK", "value": .string(task)]]
        if let boot { environment.append(["name": "NODEAUDIT_BOOT_ID", "value": .string(boot)]) }
        let key = ObjectKey(namespace: World.namespace, name: "\(task)-\(ordinal)")
        let terms: JSONValue = [["matchFields": [["key": "metadata.name", "operator": "In", "values": [.string(world.node(ordinal))]]]]]
        try world.server.create(
            Pod.type,
            [
                "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
                "spec": [
                    "restartPolicy": "Never", "tolerations": [["operator": "Exists"]],
                    "affinity": ["nodeAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": terms]]],
                    "containers": [["name": "task", "image": "setup:1", "env": .array(environment)]],
                ],
            ])
        try await world.time.wait(for: "\(task) ends") {
            try world.server.get(Pod.type, key).map { try Pod($0) }?.status?.phase == "Succeeded"
        }
        let pod = try Pod(#require(world.server.get(Pod.type, key)))
        try world.server.delete(Pod.type, key)
        return try JSONValue(parsing: Array(#require(pod.container("task")?.state?.terminated?.message).utf8))
    }

    @Test func `a probe reads a kernel and changes nothing`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try await world.time.wait(for: "a node") { world.nodeObject(0) != nil }
            let before = world.cluster.kernel(of: world.node(0))
            let report = try await run("probe", on: 0, world)
            #expect(report["outcome"] == "Inactive")
            #expect(report["task"] == "probe")
            #expect(report["rules"] == 0)
            #expect(world.cluster.kernel(of: world.node(0)) == before)
        }
    }

    @Test func `a sweep cannot unlock a kernel, a reboot can, and a probe proves it`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(1)
            try world.server.delete(DaemonSet.type, ObjectKey(namespace: World.namespace, name: "agent"))
            try await world.time.wait(for: "no agent") { try world.agents.isEmpty }
            let boot = try #require(world.cluster.kernel(of: world.node(0))).bootID
            let swept = try await run("sweep", boot: boot, on: 0, world)
            #expect(swept["outcome"] == "LockedOther" || swept["outcome"] == "Active")
            #expect(swept["enabled"] == 2)
            #expect(swept["unit"] == "active", "stopping it would change nothing")
            #expect(swept["left"] == ["iptables", "ima"])
            let asked = try await run("reboot", boot: boot, on: 0, world)
            #expect(asked["detail"] == "the host was asked to reboot")
            try await world.time.wait(for: "another boot") { try Node(#require(world.nodeObject(0))).bootID != boot }
            try await world.time.wait(for: "ready") { try Node(#require(world.nodeObject(0))).isReady }
            let clean = try await run("probe", on: 0, world)
            #expect(clean["outcome"] == "Inactive")
            #expect(clean["enabled"] == 1)
        }
    }

    @Test func `a sweep of a boot without a set-up leaves the node's own rules alone`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try await world.time.wait(for: "a node") { world.nodeObject(0) != nil }
            world.cluster.changeKernel(of: world.node(0)) { $0.rules = ["-w /etc/shadow -p wa -k their-own"] }
            let before = world.cluster.kernel(of: world.node(0))
            let report = try await run("sweep", on: 0, world)
            #expect(report["outcome"] == "Inactive" && report["rules"] == 1 && report["baseline"] == "")
            #expect(world.cluster.kernel(of: world.node(0)) == before)
        }
    }

    @Test(arguments: ["sweep", "reboot"])
    func `a task that is meant for another boot only reports`(task: String) throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(1)
            let before = world.cluster.kernel(of: world.node(0))
            let report = try await run(task, boot: "00000000-0000-0000-0000-000000000000", on: 0, world)
            #expect(report["outcome"] == "Active")
            try await world.time.sleep(for: .seconds(300))
            #expect(world.cluster.kernel(of: world.node(0)) == before)
        }
    }
}
