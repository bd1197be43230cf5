import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct KubeletTests {
    @Test func `an agent goes from pending to ready and its node's kernel is locked`() throws {
        try World.run { world in
            try world.apply()
            try await world.waitUntilReady(6)
            for ordinal in 0..<6 {
                let node = try Node(#require(world.nodeObject(ordinal)))
                let report = try #require(try world.report(on: ordinal))
                #expect(report["outcome"] == "Active")
                #expect(report["enabled"] == 2)
                #expect(report["rules"] == 14)
                #expect(report["hash"] != report["baseline"])
                #expect(report["boot"]?.string == node.bootID)
                #expect(world.cluster.kernel(of: node.name)?.isLocked == true)
                let pod = try #require(try world.agent(on: ordinal))
                #expect(pod.status?.phase == "Running")
                #expect(pod.initContainer("audit-setup")?.state?.terminated?.exitCode == 0)
                #expect(pod.container("collector")?.ready == true)
            }
        }
    }

    @Test(arguments: [
        (NodeFault.lockedOther, "LockedOther", true), (.noUnit, "Unsupported", true), (.noAuditctl, "Unsupported", true),
        (.notContainerOptimized, "Unsupported", true), (.alreadyActive, "Active", true), (.failingUnit, "Failed", false),
        (.slow, "Active", true),
    ])
    func `a node reports what its kernel is`(fault: NodeFault, outcome: String, becomesReady: Bool) throws {
        try World.run {
            $0.containerOptimizedNodes = 1
            $0.faults = [0: fault]
        } _: { world in
            try world.apply()
            if becomesReady { try await world.waitUntilReady(1) }
            try await world.time.wait(for: "a report") { try world.report(on: 0)?["outcome"]?.string == outcome }
            #expect(world.status["numberReady"]?.integer == (becomesReady ? 1 : 0))
        }
    }

    @Test func `a failing set-up backs off and works once its unit works`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
            $0.faults = [0: .failingUnit]
        } _: { world in
            try world.apply()
            try await world.time.wait(for: "the third restart") {
                try world.agent(on: 0)?.initContainer("audit-setup")?.restartCount == 3
            }
            try await world.time.wait(for: "the back-off") {
                try world.agent(on: 0)?.initContainer("audit-setup")?.state?.waiting?.reason == "CrashLoopBackOff"
            }
            let setup = try #require(try world.agent(on: 0)?.initContainer("audit-setup"))
            #expect(setup.lastState?.terminated?.exitCode == 1)
            #expect(try world.report(on: 0)?["outcome"] == "Failed")
            world.cluster.setFault(.ok, on: world.node(0))
            try await world.waitUntilReady(1)
            #expect(try world.report(on: 0)?["outcome"] == "Active")
        }
    }

    @Test func `reports may be garbled or absent`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
            $0.faults = [0: .garbledReport, 1: .noReport]
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(2)
            #expect(throws: (any Error).self) { try world.report(on: 0) }
            #expect(try world.report(on: 1) == nil)
        }
    }

    @Test func `waiting reasons say why a collector does not start`() throws {
        try World.run {
            $0.containerOptimizedNodes = 4
            $0.faults = [0: .imagePull, 1: .missingSecret, 2: .unhealthyCollector, 3: .crashingCollector]
        } _: { world in
            try world.apply()
            try await world.time.wait(for: "all reasons") {
                func reason(_ ordinal: Int, _ name: String) throws -> String? {
                    let pod = try world.agent(on: ordinal)
                    return (pod?.initContainer(name) ?? pod?.container(name))?.state?.waiting?.reason
                }
                return try reason(0, "audit-setup") == "ImagePullBackOff" && reason(1, "collector") == "CreateContainerConfigError"
                    && reason(3, "collector") == "CrashLoopBackOff"
                    && world.agent(on: 2)?.container("collector")?.state?.running != nil
            }
            #expect(world.status["numberReady"] == 0)
            for ordinal in 0..<4 { world.cluster.setFault(.ok, on: world.node(ordinal)) }
            try await world.waitUntilReady(4)
        }
    }

    @Test func `a volume from a missing ConfigMap holds the pod until it is there`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply { $0[["spec", "template", "spec", "volumes"]] = [["name": "config", "configMap": ["name": "agent-config"]]] }
            try await world.time.sleep(for: .seconds(120))
            #expect(try world.agent(on: 0)?.initContainer("audit-setup")?.state?.waiting?.reason == "PodInitializing")
            try world.server.create(ConfigMap.type, ["metadata": ["name": "agent-config", "namespace": .string(World.namespace)]])
            try await world.waitUntilReady(1)
        }
    }

    @Test func `a key that a volume names must be in its Secret`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            let type = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)
            let metadata: JSONValue = ["name": "token", "namespace": .string(World.namespace)]
            try world.server.create(type, ["metadata": metadata, "stringData": ["other": "x"]])
            try world.apply {
                $0[["spec", "template", "spec", "volumes"]] = [
                    ["name": "token", "secret": ["secretName": "token", "items": [["key": "value", "path": "value"]]]]
                ]
            }
            try await world.time.sleep(for: .seconds(120))
            #expect(try world.agent(on: 0)?.status?.phase == "Pending")
            try world.server.update(type, ObjectKey(namespace: World.namespace, name: "token")) { $0[["data", "value"]] = "eA==" }
            try await world.waitUntilReady(1)
        }
    }

    @Test func `a variable from a missing Secret holds its container alone`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply {
                $0[["spec", "template", "spec", "containers"]] = [
                    [
                        "name": "collector", "image": "fluent-bit:1",
                        "env": [["name": "TOKEN", "valueFrom": ["secretKeyRef": ["name": "token", "key": "value"]]]],
                    ]
                ]
            }
            try await world.time.wait(for: "the reason") {
                try world.agent(on: 0)?.container("collector")?.state?.waiting
                    == .init(
                        reason: "CreateContainerConfigError", message: "secret \"token\" not found")
            }
            #expect(try world.report(on: 0)?["outcome"] == "Active")
            let type = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)
            try world.server.create(
                type, ["metadata": ["name": "token", "namespace": .string(World.namespace)], "stringData": ["value": "x"]])
            try await world.waitUntilReady(1)
        }
    }

    @Test func `a pod that is deleted stops within its grace and goes`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(1)
            let pod = try #require(try world.agent(on: 0))
            try world.server.delete(Pod.type, pod.key)
            #expect(try Pod(#require(world.server.get(Pod.type, pod.key))).metadata.isDeleting)
            try await world.time.wait(upTo: .seconds(2), for: "the end") { world.server.get(Pod.type, pod.key) == nil }
            try await world.time.wait(for: "a new pod") { try world.agent(on: 0).map { $0.uid != pod.uid } ?? false }
        }
    }

    @Test func `on an unreachable node nothing changes and deleted pods stay`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(2)
            let name = world.node(0)
            world.cluster.setFault(.unreachable, on: name)
            try await world.time.wait(for: "unreachable taints") {
                let taints = try Node(#require(world.nodeObject(0))).spec?.taints ?? []
                return taints.filter { $0.key == "node.kubernetes.io/unreachable" }.map(\.effect).sorted() == ["NoExecute", "NoSchedule"]
            }
            #expect(try Node(#require(world.nodeObject(0))).isReady == false)
            let pod = try #require(try world.agent(on: 0))
            #expect(!pod.isReady)
            try world.server.delete(Pod.type, pod.key)
            try await world.time.sleep(for: .seconds(600))
            #expect(world.server.get(Pod.type, pod.key) != nil)
            world.cluster.setFault(.ok, on: name)
            try await world.waitUntilReady(2)
            #expect(world.server.get(Pod.type, pod.key) == nil)
            #expect(try Node(#require(world.nodeObject(0))).spec?.taints ?? [] == [])
        }
    }
}
