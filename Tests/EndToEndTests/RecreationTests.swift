import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// What goes wrong on the way to another machine, and who is asked for it.
@Suite struct RecreationTests {
    @Test func `a budget that never allows blocks only its node, is named, and one edit frees it`() throws {
        try withStage(nodes: .of(3)) { stage in
            try stage.cluster.addWorkload("stubborn", replicas: 1, minAvailable: .int(1))
            try await stage.apply(["recreation": ["drain": ["timeoutSeconds": 300]]])
            try await stage.becomesReady()
            let held = try #require(stage.server.list(Pod.type, namespace: "default").first?["spec"]?["nodeName"]?.string)
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(7200), every: .seconds(1), for: "the others are clean") {
                try await stage.policy()?.status?.nodes?.clean == 2
            }
            try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "it is named") {
                let message = try await stage.condition("Ready")?.message ?? ""
                return message.contains(held)
            }
            try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "the budget is named") {
                let record = try await stage.client.get(NodeAudit.self, ObjectKey(name: held))
                return record?.report.message?.contains("disruption budget stubborn") == true
            }
            #expect(try await stage.events().contains { $0.reason == "DrainBlocked" && $0.note?.contains("stubborn") == true })
            try await stage.time.sleep(for: .seconds(5))
            #expect(try await stage.condition("Ready")?.message.contains("disruption budget stubborn") == true, "the policy names it, too")
            _ = try await stage.client.patch(
                PodDisruptionBudget.type, ObjectKey(namespace: "default", name: "stubborn"), .merge(["spec": ["minAvailable": 0]]))
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
            #expect(stage.plainDeletes == [])
        }
    }

    @Test func `Force deletes what its budget keeps, after the time that the policy gave it`() throws {
        try withStage(nodes: .of(2)) { stage in
            try stage.cluster.addWorkload("stubborn", replicas: 1, minAvailable: .int(1))
            try await stage.apply(["recreation": ["drain": ["timeoutSeconds": 300, "onTimeout": "Force"]]])
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
            #expect(stage.plainDeletes.count == 2, "on either node, once: \(stage.plainDeletes)")
        }
    }

    @Test func `a pod that asks not to be moved, and one that nobody would make again, stay until somebody agrees`() throws {
        try withStage(nodes: .of(1)) { stage in
            for (name, annotations) in [("loner", [:]), ("guarded", ["cluster-autoscaler.kubernetes.io/safe-to-evict": "false"])]
                as [(String, JSONValue)]
            {
                _ = try stage.server.create(
                    Pod.type,
                    [
                        "metadata": ["name": .string(name), "namespace": "default", "annotations": annotations],
                        "spec": ["containers": [["name": "app", "image": "registry.example/app:1"]]],
                    ])
            }
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(600), every: .seconds(1), for: "both are named") {
                try await stage.records().first?.report.recreation?.blockedBy?.count == 2
            }
            let blockers = try await stage.records().first?.report.recreation?.blockedBy ?? []
            #expect(blockers[0].contains("default/guarded") && blockers[1].contains("default/loner"))
            try await stage.time.sleep(for: .seconds(300))
            #expect(stage.server.list(Pod.type, namespace: "default").count == 2)
            _ = try await stage.client.patch(
                AuditPolicy.type, ObjectKey(name: "cos"), .merge(["spec": ["recreation": ["drain": ["evictUnmanagedPods": true]]]]))
            try stage.server.delete(Pod.type, ObjectKey(namespace: "default", name: "guarded"))
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
        }
    }

    @Test func `two budgets on one pod are named`() throws {
        try withStage(nodes: .of(1)) { stage in
            try stage.cluster.addWorkload("web", replicas: 1, minAvailable: .int(0))
            try stage.server.create(
                PodDisruptionBudget.type,
                [
                    "metadata": ["name": "second", "namespace": "default"],
                    "spec": ["minAvailable": 0, "selector": ["matchLabels": ["app": "web"]]],
                ])
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(600), every: .seconds(1), for: "it is named") {
                let blockers = try await stage.records().first?.report.recreation?.blockedBy ?? []
                return blockers.first?.contains("more than one PodDisruptionBudget") == true
            }
            try stage.server.delete(PodDisruptionBudget.type, ObjectKey(namespace: "default", name: "second"))
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
        }
    }

    @Test func `a cloud that refuses gives the node back, says so, and is asked again after an edit`() throws {
        try withStage(nodes: .of(2)) { stage in
            stage.compute.refuse(.recreateInstances, with: .forbidden("compute.instanceGroupManagers.update"))
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "both were refused") {
                try await stage.records().allSatisfy { $0.report.recreation?.failure?.reason == "Forbidden" }
            }
            try await stage.time.sleep(for: .seconds(20))
            #expect(stage.nodesInUse() == [], "no node stays cordoned")
            #expect(try await stage.condition("Stalled")?.status == .true)
            stage.compute.refuse(.recreateInstances, with: nil)
            try await stage.annotate("nodeaudit.dev/retry", "1")
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
        }
    }

    @Test func `nodes that do not come back stop the others until somebody says to go on`() throws {
        try withStage(nodes: .of(4)) { stage in
            stage.cluster.setTrouble(.neverRegisters, on: stage.node(0))
            try await stage.apply([
                "recreation": ["maxFailures": 1, "nodeReadyTimeoutSeconds": 600, "maxUnavailable": 2, "pauseBetweenNodesSeconds": 1]
            ])
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(3600), every: .seconds(1), for: "it is said") {
                let ready = try await stage.condition("Ready")?.message ?? ""
                let record = try await stage.client.get(NodeAudit.self, ObjectKey(name: stage.node(0)))
                return record?.report.reason == "DidNotComeBack"
                    && (ready.contains("did not come back") || stage.boots().dropFirst().allSatisfy { $0 == 2 })
            }
            try await stage.time.sleep(for: .seconds(5))
            #expect(try await stage.policy()?.status?.failedNodes?.first?.name == stage.node(0))
            stage.cluster.setTrouble(.none, on: stage.node(0))
            stage.cluster.setFault(.ok, on: stage.node(0))
            try await stage.annotate("nodeaudit.dev/retry", "after the repair")
            try await stage.becomesGone()
            #expect(stage.leftovers() == [] && stage.nodesInUse() == [])
            #expect(stage.cluster.machines.all.allSatisfy { !$0.kernel.isLocked })
        }
    }

    @Test func `room that the cloud lacks is waited for`() throws {
        try withStage(nodes: .of(2)) { stage in
            stage.cluster.setTrouble(.stockOut, on: stage.node(0))
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.time.sleep(for: .seconds(900))
            #expect(stage.boots().reduce(0, +) <= 3, "the budget of one is held by the node that is away")
            stage.cluster.setTrouble(.none, on: stage.node(0))
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
        }
    }

    @Test(arguments: [SimulatedCluster.MachineOwner.clusterAPI, .karpenter])
    func `machines of others are replaced through their owners`(owner: SimulatedCluster.MachineOwner) throws {
        var nodes = SimulatedCluster.Configuration.of(3)
        nodes.machineOwner = owner
        try withStage(nodes: nodes) { stage in
            try await stage.apply()
            try await stage.becomesReady()
            let names = Set(stage.server.list(Node.type).map(\.objectName))
            try await stage.delete()
            try await stage.becomesGone()
            #expect(stage.leftovers() == [] && stage.nodesInUse() == [])
            #expect(Set(stage.server.list(Node.type).map(\.objectName)).isDisjoint(with: names), "all are others")
            #expect(stage.compute.calls.isEmpty, "the cloud is not asked behind their backs")
        }
    }

    @Test func `with Manual the wish is published, and somebody else's work ends it`() throws {
        try withStage(nodes: .of(2)) { stage in
            try await stage.apply(["recreation": ["provider": "Manual"]])
            try await stage.becomesReady()
            try await stage.delete()
            for _ in 0..<2 {
                try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "a wish") {
                    try await stage.records().contains { $0.report.recreation?.phase == .replacing && $0.report.recreation?.message != nil }
                }
                let wish = try #require(try await stage.records().first { $0.report.recreation?.phase == .replacing })
                #expect(wish.report.recreation?.message?.contains("recreate") == true)
                try await stage.time.sleep(for: .seconds(5))
                #expect(try await stage.events().contains { $0.reason == "RecreationWanted" && $0.regarding?.name == wish.name })
                stage.cluster.recreate(wish.name)
                try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "it is done") {
                    try await stage.client.get(NodeAudit.self, ObjectKey(name: wish.name))?.report.recreation == nil
                }
            }
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
            #expect(stage.compute.calls.isEmpty)
        }
    }

    @Test func `without the rights to recreate the policy says so before anybody needs them`() throws {
        try withStage(nodes: .of(2)) { stage in
            stage.server.authorize(OperatorDoor.user, try OperatorRights.load(without: "nodeaudit-recreation"))
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.time.wait(upTo: .seconds(700), every: .seconds(1), for: "the condition") {
                try await stage.condition("RecreationPossible")?.reason == "NoRights"
            }
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "it waits and says why") {
                try await stage.condition("Ready")?.message.contains("nodeaudit-recreation") == true
            }
            try await stage.time.sleep(for: .seconds(300))
            #expect(stage.nodesInUse() == [] && stage.boots() == [1, 1])
            stage.server.authorize(OperatorDoor.user, try OperatorRights.load())
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
        }
    }

    @Test func `when the records' kind is gone the node in hand is given back, nothing is begun, and the policy says so`() throws {
        try withStage(nodes: .of(2)) { stage in
            try stage.cluster.addWorkload("stubborn", replicas: 2, minAvailable: .int(2))
            try await stage.apply(["recreation": ["drain": ["timeoutSeconds": 120]]])
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(600), for: "a node is drained") { stage.phases().contains("Draining") }
            let definition = ObjectKey(name: "nodeaudits.nodeaudit.dev")
            for record in stage.server.list(NodeAudit.type) {
                try stage.cluster.edit(NodeAudit.type, ObjectKey(name: record.objectName)) { $0[["metadata", "finalizers"]] = nil }
            }
            _ = try stage.server.delete(Stage.definitionType, definition)
            try await stage.time.wait(upTo: .seconds(900), every: .seconds(1), for: "it is given back") { stage.nodesInUse().isEmpty }
            try await stage.time.wait(upTo: .seconds(900), every: .seconds(1), for: "it is said") {
                try await stage.condition("Stalled")?.reason == "RecordsRefused"
            }
            try await stage.time.sleep(for: .seconds(600))
            #expect(stage.nodesInUse() == [] && stage.boots() == [1, 1])
        }
    }

    @Test func `nodes whose machines nobody can replace are named from the first visit`() throws {
        try withStage(nodes: .of(2)) { stage in
            try await stage.time.sleep(for: .seconds(30))
            for node in stage.server.list(Node.type) {
                try stage.cluster.edit(Node.type, ObjectKey(name: node.objectName)) { $0[["spec", "providerID"]] = "metal://rack/1" }
            }
            try await stage.apply()
            try await stage.becomesReady()
            let condition = try #require(try await stage.condition("RecreationPossible"))
            #expect(condition.status == .false && condition.reason == "NoProvider" && condition.message.contains(stage.node(0)))
        }
    }
}
