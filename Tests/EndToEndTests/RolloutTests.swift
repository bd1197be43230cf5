import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct RolloutTests {
    @Test func `a policy makes every node Applied, with one record write a node, and then nothing is written`() throws {
        var nodes = SimulatedCluster.Configuration()
        nodes.containerOptimizedNodes = 30
        nodes.ubuntuNodes = 3
        try withStage(nodes: nodes) { stage in
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 30)
            let records = try await stage.records()
            #expect(records.allSatisfy { $0.report.kernel?.enabled == .locked && $0.report.kernel?.ruleCount == 14 })
            let writes = stage.writes().filter { $0.contains("nodeaudits") }
            #expect(writes.count <= 36, "at most 1.2 a node, but \(writes.count)")
            try await stage.time.sleep(for: .seconds(30))
            let counts = try #require(try await stage.policy()?.status?.nodes)
            #expect(counts.owned == 30 && counts.applied == 30 && counts.locked == 30 && counts.delivering == 30)
            let mark = stage.server.requestLog.count
            try await stage.time.sleep(for: .seconds(3600))
            #expect(stage.writes(since: mark) == [])
        }
    }

    @Test func `a changed output rolls every node to a new revision with one write a node`() throws {
        try withStage { stage in
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
            let before = try #require(try await stage.policy()?.status?.revision)
            try await stage.time.sleep(for: .seconds(10))
            let mark = stage.server.requestLog.count
            try await stage.apply(["outputs": [["name": "out", "type": "Stdout", "stdout": [:]]]])
            try await stage.becomesReady()
            let after = try #require(try await stage.policy()?.status?.revision)
            #expect(before != after)
            #expect(try await stage.records().allSatisfy { $0.report.revision == after && $0.report.state == .applied })
            #expect(stage.writes(since: mark).filter { $0.contains("nodeaudits") }.count == 6)
            try await stage.time.sleep(for: .seconds(60))
            let configMaps = try await stage.client.listAll(ConfigMap.self, .init(namespace: Stage.agents)).items
            #expect(
                configMaps.filter { $0.name.hasPrefix("nodeaudit-") && !$0.name.contains("-task-") }.count == 1,
                "the earlier configuration is gone")
        }
    }

    @Test func `drift is put back and an Event names the editor`() throws {
        try withStage { stage in
            try await stage.apply()
            try await stage.becomesReady()
            let key = ObjectKey(namespace: Stage.agents, name: "nodeaudit-cos")
            let edit: JSONValue = ["spec": ["template": ["metadata": ["annotations": ["nodeaudit.dev/revision": "theirs"]]]]]
            _ = try await stage.client.patch(DaemonSet.type, key, .merge(edit), WriteOptions(fieldManager: "somebody"))
            try await stage.time.wait(for: "the revision is put back") {
                try await stage.daemonSet()?.spec?.template.metadata?.annotations?["nodeaudit.dev/revision"] != "theirs"
            }
            try await stage.time.wait(for: "an Event about it") {
                try await stage.events().contains { $0.reason == "DriftCorrected" && $0.note?.contains("somebody") == true }
            }
        }
    }

    /// The way to make collectors read a changed Secret (docs/destinations.md).
    @Test func `a restart of the roll-out by a person goes through and is not taken for drift`() throws {
        try withStage { stage in
            try await stage.apply()
            try await stage.becomesReady()
            let before = Set(try await stage.client.listAll(Pod.self, .init(namespace: Stage.agents)).items.map(\.uid))
            let key = ObjectKey(namespace: Stage.agents, name: "nodeaudit-cos")
            let restart = "kubectl.kubernetes.io/restartedAt"
            let edit: JSONValue = ["spec": ["template": ["metadata": ["annotations": .object([restart: "2026-11-25T23:00:00Z"])]]]]
            _ = try await stage.client.patch(DaemonSet.type, key, .merge(edit), WriteOptions(fieldManager: "kubectl-rollout"))
            try await stage.time.wait(for: "every agent is another") {
                let pods = try await stage.client.listAll(Pod.self, .init(namespace: Stage.agents)).items
                return pods.count == before.count && pods.allSatisfy { !before.contains($0.uid) }
            }
            try await stage.becomesReady()
            try await stage.time.sleep(for: .seconds(60))
            #expect(try await stage.daemonSet()?.spec?.template.metadata?.annotations?[restart] == "2026-11-25T23:00:00Z")
            #expect(try await stage.events().allSatisfy { $0.reason != "DriftCorrected" })
        }
    }

    @Test func `a deleted DaemonSet comes back`() throws {
        try withStage { stage in
            try await stage.apply()
            try await stage.becomesReady()
            let uid = try await stage.daemonSet()?.uid
            _ = try await stage.client.delete(DaemonSet.type, ObjectKey(namespace: Stage.agents, name: "nodeaudit-cos"))
            try await stage.time.wait(for: "another DaemonSet") {
                let now = try await stage.daemonSet()?.uid
                return now != nil && now != uid
            }
            try await stage.becomesReady()
        }
    }

    @Test func `a policy that leaves its nodes alone takes agents and records with it and says that kernels may stay locked`() throws {
        try withStage { stage in
            try await stage.apply(["recreation": ["onDisable": "Orphan"]])
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
            _ = try await stage.client.delete(AuditPolicy.type, ObjectKey(name: "cos"))
            try await stage.time.wait(for: "the policy is gone") { try await stage.policy() == nil }
            #expect(try await stage.records().isEmpty)
            #expect(try await stage.pods().isEmpty)
            #expect(try await stage.daemonSet() == nil)
            let left = stage.server.list(ConfigMap.type, namespace: Stage.agents).filter {
                $0["metadata"]?["name"]?.string?.hasPrefix("nodeaudit-") == true
            }
            #expect(left.isEmpty)
            try await stage.time.wait(for: "a word about the kernels") {
                try await stage.events().contains { $0.reason == "NodesMayStayLocked" }
            }
        }
    }

    @Test(arguments: [
        (NodeFault.alreadyActive, NodeState.applied), (.lockedOther, .outdated), (.noUnit, .unsupported), (.noAuditctl, .unsupported),
        (.notContainerOptimized, .unsupported), (.failingUnit, .failed), (.garbledReport, .failed), (.imagePull, .failed),
        (.unreachable, .unreachable), (.unhealthyCollector, .applied), (.slow, .applied),
    ])
    func `what goes wrong on one node is its state, and the others are Applied`(fault: NodeFault, state: NodeState) throws {
        var nodes = SimulatedCluster.Configuration()
        nodes.containerOptimizedNodes = 4
        if fault != .unreachable { nodes.faults = [2: fault] }
        try withStage(nodes: nodes) { stage in
            if fault == .unreachable {
                try await stage.time.sleep(for: .seconds(60))
                stage.cluster.setFault(fault, on: "gke-c1-pool-0-00002")
            }
            try await stage.apply()
            try await stage.time.wait(upTo: .seconds(1800), every: .seconds(1), for: "node 2 is \(state)") {
                let records = try await stage.records()
                return records.first { $0.name.hasSuffix("00002") }?.report.state == state
                    && records.filter { $0.report.state == .applied }.count >= 3
            }
            try await stage.time.sleep(for: .seconds(5))
            let status = try #require(try await stage.policy()?.status)
            let counts = try #require(status.nodes)
            #expect(counts[state] >= 1 && counts.owned == 4)
            if [.failed, .unsupported, .unreachable].contains(state) {
                #expect(status.failedNodes?.map(\.name) == ["gke-c1-pool-0-00002"])
                #expect(try await stage.condition("Degraded")?.status == .true)
            }
            let ready = try await stage.condition("Ready")?.status
            #expect(ready == ([.failed, .outdated].contains(state) ? .false : .true))
        }
    }

    @Test func `a roll-out gives the same log of requests each time`() throws {
        func run() throws -> [String] {
            let log = Log()
            var nodes = SimulatedCluster.Configuration()
            nodes.containerOptimizedNodes = 2
            try withStage(nodes: nodes) { stage in
                try await stage.apply()
                try await stage.becomesReady()
                try await stage.time.sleep(for: .seconds(60))
                log.lines = stage.server.requestLog.map {
                    "\($0.time) \($0.attributes.verb) \($0.attributes.resource) \($0.attributes.name) \($0.status)"
                }
            }
            return log.lines
        }
        // Two nodes are enough for everything to happen at once.
        let first = try run()
        #expect(first.count > 20)
        for round in 2...100 { #expect(try run() == first, "round \(round)") }
    }

    @Test func `two policies that select the same node: the younger is not accepted and names the older`() throws {
        try withStage { stage in
            try await stage.apply(name: "older")
            try await stage.becomesReady("older")
            try await stage.time.sleep(for: .seconds(5))
            try await stage.apply(name: "younger")
            try await stage.time.wait(for: "it is refused") { try await stage.condition("Accepted", of: "younger")?.status == .false }
            let condition = try #require(try await stage.condition("Accepted", of: "younger"))
            #expect(condition.reason == "Conflicted")
            #expect(condition.message.contains("older") && condition.message.contains("gke-c1-pool-0-00000"))
            #expect(try await stage.daemonSet("younger") == nil)
            _ = try await stage.client.delete(AuditPolicy.type, ObjectKey(name: "older"))
            // Its nodes are cleaned first.
            try await stage.becomesReady("younger", within: .seconds(7200))
        }
    }
}

private final class Log: @unchecked Sendable {
    var lines: [String] = []
}
