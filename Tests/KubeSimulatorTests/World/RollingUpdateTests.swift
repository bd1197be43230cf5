import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct RollingUpdateTests {
    private func strategy(_ set: inout JSONValue, unavailable: JSONValue, surge: JSONValue = 0, minReady: JSONValue = 0) {
        set[["spec", "updateStrategy"]] = ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": unavailable, "maxSurge": surge]]
        set[["spec", "minReadySeconds"]] = minReady
    }

    /// Rolls revision 2 out over ten ready nodes and returns the most that were without an available agent at once.
    private func roll(_ unavailable: JSONValue, surge: JSONValue = 0, minReady: JSONValue = 0) throws -> (unavailable: Int, pods: Int) {
        try World.run {
            $0.containerOptimizedNodes = 10
        } _: { world in
            try world.apply { strategy(&$0, unavailable: unavailable, surge: surge, minReady: minReady) }
            try await world.waitUntilReady(10)
            try await world.time.wait(for: "all available") { world.status["numberAvailable"] == 10 }
            let worst = Peak()
            let most = Peak()
            let look: @Sendable () async throws -> Void = {
                try await world.watch([Pod.type]) { _ in
                    let pods = world.server.list(Pod.type, namespace: World.namespace)
                    let ready = pods.filter { pod in
                        pod["metadata"]?["deletionTimestamp"] == nil
                            && pod["status"]?["conditions"]?.array?.contains { $0["type"] == "Ready" && $0["status"] == "True" } == true
                    }
                    worst.see(10 - Set(ready.map { $0["spec"]?["nodeName"] }).count)
                    most.see(pods.filter { $0["metadata"]?["deletionTimestamp"] == nil }.count)
                }
            }
            return try await running([look]) {
                try world.setRevision("2")
                try await world.waitUntilReady(10)
                try await world.time.wait(for: "all available") { world.status["numberAvailable"] == 10 }
                #expect(Set(try world.revisions()) == ["2"])
                return (worst.value, most.value)
            }
        }
    }

    @Test(arguments: [(1 as JSONValue, 1), (3, 3), ("25%", 3), ("10%", 1), ("100%", 10)])
    func `never more nodes without an agent than maxUnavailable, percentages rounded up`(limit: JSONValue, expected: Int) throws {
        #expect(try roll(limit).unavailable == expected)
    }

    @Test func `with surge a new pod is ready before the old one goes`() throws {
        let peak = try roll(0, surge: 3)
        #expect(peak.unavailable == 0)
        #expect((11...13).contains(peak.pods))
    }

    @Test func `an agent counts as available minReadySeconds after it became ready`() throws {
        func duration(_ minReady: JSONValue) throws -> Duration {
            try World.run {
                $0.containerOptimizedNodes = 3
            } _: { world in
                try world.apply { strategy(&$0, unavailable: 1, minReady: minReady) }
                try await world.time.wait(for: "all available") { world.status["numberAvailable"] == 3 }
                let start = world.time.uptime()
                try world.setRevision("2")
                try await world.waitUntilReady(3)
                return world.time.uptime() - start
            }
        }
        #expect(try duration(60) - duration(0) >= .seconds(120))
    }

    @Test func `agents that are not available are replaced first and take no slot`() throws {
        try World.run {
            $0.containerOptimizedNodes = 10
            $0.faults = [2: .failingUnit, 5: .unhealthyCollector, 7: .imagePull]
        } _: { world in
            try world.apply { strategy(&$0, unavailable: 2) }
            try await world.time.wait(for: "seven ready") { world.status["numberReady"] == 7 }
            try world.setRevision("2")
            let old = Set(try world.agents.filter { $0.metadata.annotations?["nodeaudit.dev/revision"] == "1" }.map(\.uid))
            try await world.time.wait(upTo: .seconds(1), for: "the first replacements") {
                let left = try world.agents.filter { old.contains($0.uid) && !$0.metadata.isDeleting }
                return left.count == 5 && left.allSatisfy { ![2, 5, 7].map(world.node).contains($0.nodeName ?? "") }
            }
            // Three nodes that cannot become available hold three slots of two: the others wait.
            try await world.time.sleep(for: .seconds(600))
            #expect(try world.revisions().filter { $0 == "1" }.count == 5)
            for ordinal in [2, 5, 7] { world.cluster.setFault(.ok, on: world.node(ordinal)) }
            try await world.waitUntilReady(10)
        }
    }

    @Test func `a dead node holds its slot of the default limit and stalls the roll-out`() throws {
        try World.run {
            $0.containerOptimizedNodes = 4
        } _: { world in
            try world.apply { strategy(&$0, unavailable: 1) }
            try await world.waitUntilReady(4)
            world.cluster.setFault(.unreachable, on: world.node(1))
            try await world.time.wait(for: "not ready") { world.status["numberReady"] == 3 }
            try world.setRevision("2")
            try await world.time.sleep(for: .seconds(600))
            // Its own pod took no slot in the first look, so another went with it. Since then it is deleted, stays, and holds the slot.
            #expect(try world.revisions().sorted() == ["1", "1", "1", "2"])
            world.cluster.setFault(.ok, on: world.node(1))
            try await world.waitUntilReady(4)
        }
    }

    @Test func `OnDelete replaces only what somebody deletes`() throws {
        try World.run {
            $0.containerOptimizedNodes = 3
        } _: { world in
            try world.apply { $0[["spec", "updateStrategy"]] = ["type": "OnDelete"] }
            try await world.time.wait(for: "ready") { world.status["numberReady"] == 3 }
            try world.setRevision("2")
            try await world.time.sleep(for: .seconds(300))
            #expect(try world.revisions() == ["1", "1", "1"])
            try world.cluster.kill(#require(try world.agent(on: 0)).key)
            try await world.time.wait(for: "a new one") { try world.revisions().sorted() == ["1", "1", "2"] }
        }
    }

    @Test func `the selector, taints and tolerations decide where an agent runs`() throws {
        try World.run {
            $0.containerOptimizedNodes = 3
            $0.ubuntuNodes = 2
            $0.unlabelledNodes = 1
        } _: { world in
            try await world.time.wait(for: "nodes") { world.server.count(Node.type) == 6 }
            try world.cluster.edit(Node.type, ObjectKey(name: world.node(0))) {
                $0[["spec", "taints"]] = [["key": "sandbox.gke.io/runtime", "value": "gvisor", "effect": "NoSchedule"]]
            }
            try world.apply()
            try await world.waitUntilReady(2)
            #expect(try world.agent(on: 0) == nil)
            // A NoSchedule taint leaves what is there.
            try world.cluster.edit(Node.type, ObjectKey(name: world.node(2))) {
                $0[["spec", "taints"]] = [["key": "full", "effect": "NoSchedule"]]
            }
            try await world.time.wait(for: "misscheduled") {
                world.status["numberMisscheduled"] == 1 && world.status["desiredNumberScheduled"] == 1
            }
            #expect(try world.agent(on: 2)?.isReady == true)
            try world.apply { $0[["spec", "template", "spec", "tolerations"]] = [["operator": "Exists", "effect": "NoSchedule"]] }
            try await world.waitUntilReady(3)
            // A NoExecute taint drives out what does not tolerate it.
            try world.cluster.edit(Node.type, ObjectKey(name: world.node(1))) {
                $0[["spec", "taints"]] = [["key": "broken", "effect": "NoExecute"]]
            }
            try await world.time.wait(for: "it leaves") { try world.agent(on: 1) == nil && world.status["desiredNumberScheduled"] == 2 }
        }
    }

    @Test func `a pod is pinned to its node and tolerates what daemon pods tolerate`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(1)
            let pod = try #require(try world.agent(on: 0))
            let terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
            #expect(
                terms == [
                    NodeSelectorTerm(matchFields: [LabelRequirement(key: "metadata.name", operator: .in, values: [world.node(0)])])
                ])
            #expect(
                pod.spec?.tolerations?.map { "\($0.key ?? "").\($0.effect ?? "")" } == [
                    "node.kubernetes.io/not-ready.NoExecute", "node.kubernetes.io/unreachable.NoExecute",
                    "node.kubernetes.io/disk-pressure.NoSchedule", "node.kubernetes.io/memory-pressure.NoSchedule",
                    "node.kubernetes.io/pid-pressure.NoSchedule", "node.kubernetes.io/unschedulable.NoSchedule",
                ])
            #expect(pod.name.hasPrefix("agent-"))
            #expect(pod.labels["pod-template-generation"] == "1")
            #expect(pod.labels["controller-revision-hash"]?.isEmpty == false)
            let owner = try #require(pod.metadata.ownerReferences?.first)
            #expect(owner.kind == "DaemonSet" && owner.controller == true && owner.blockOwnerDeletion == true)
        }
    }

    @Test func `agents leave with their DaemonSet, also when it waits for them`() throws {
        try World.run {
            $0.containerOptimizedNodes = 3
        } _: { world in
            let key = ObjectKey(namespace: World.namespace, name: "agent")
            for propagation in [DeleteOptions.Propagation.background, .foreground] {
                try world.apply()
                try await world.waitUntilReady(3)
                try world.server.delete(DaemonSet.type, key, DeleteOptions(propagation: propagation))
                #expect((world.server.get(DaemonSet.type, key) != nil) == (propagation == .foreground))
                try await world.time.wait(for: "nothing is left") {
                    try world.agents.isEmpty && world.server.get(DaemonSet.type, key) == nil
                }
            }
        }
    }

    @Test func `orphaned agents are taken over by the next DaemonSet that selects them`() throws {
        try World.run {
            $0.containerOptimizedNodes = 3
        } _: { world in
            let key = ObjectKey(namespace: World.namespace, name: "agent")
            try world.apply()
            try await world.waitUntilReady(3)
            let before = Set(try world.agents.map(\.uid))
            try world.server.delete(DaemonSet.type, key, DeleteOptions(propagation: .orphan))
            try await world.time.wait(for: "no owner") {
                try world.server.get(DaemonSet.type, key) == nil && world.agents.allSatisfy { $0.metadata.ownerReferences == nil }
            }
            try world.apply()
            try await world.waitUntilReady(3)
            #expect(Set(try world.agents.map(\.uid)) == before)
            let uid = world.server.get(DaemonSet.type, key)?["metadata"]?["uid"]
            let revisions = world.server.list(
                ResourceType(group: "apps", version: "v1", kind: "ControllerRevision", plural: "controllerrevisions", isNamespaced: true))
            #expect(revisions.compactMap { $0["metadata"]?["ownerReferences"]?.array?.first?["uid"] } == [uid])
            // One whose labels were changed is nobody's, and its place is filled.
            try world.cluster.edit(Pod.type, #require(try world.agent(on: 0)).key) { $0[["metadata", "labels", "app"]] = "other" }
            try await world.time.wait(for: "a replacement") { try world.agents.count == 4 && world.status["numberReady"] == 3 }
            #expect(try world.agents.filter { $0.labels["app"] == "other" }.allSatisfy { $0.metadata.ownerReferences == nil })
        }
    }

    @Test func `the history of a DaemonSet is kept as far as it asks for`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
        } _: { world in
            let type = ResourceType(
                group: "apps", version: "v1", kind: "ControllerRevision", plural: "controllerrevisions", isNamespaced: true)
            try world.apply { $0[["spec", "revisionHistoryLimit"]] = 2 }
            for revision in ["2", "3", "4", "3"] {
                try await world.waitUntilReady(1)
                try world.setRevision(revision)
            }
            try await world.waitUntilReady(1)
            let history = world.server.list(type, namespace: World.namespace).sorted {
                $0["revision"]?.integer ?? 0 < $1["revision"]?.integer ?? 0
            }
            #expect(history.count == 3)
            #expect(history.compactMap { $0["revision"]?.integer } == [2, 4, 5])
            let last = history.last?["data"]?["spec"]?["template"]?["metadata"]?["annotations"]?["nodeaudit.dev/revision"]
            #expect(last == "3")
        }
    }

    @Test func `in a namespace on its way out no agent is made`() throws {
        try World.run {
            $0.containerOptimizedNodes = 2
        } _: { world in
            try world.apply()
            try await world.waitUntilReady(2)
            try world.server.delete(Namespace.type, ObjectKey(name: World.namespace))
            try await world.time.wait(for: "the namespace is gone") {
                world.server.get(Namespace.type, ObjectKey(name: World.namespace)) == nil
            }
            #expect(world.server.count(Pod.type) == 0)
            #expect(world.server.count(DaemonSet.type) == 0)
        }
    }
}
