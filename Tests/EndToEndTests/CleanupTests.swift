import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct CleanupTests {
    private static func nodes(_ count: Int) -> SimulatedCluster.Configuration {
        var nodes = SimulatedCluster.Configuration()
        nodes.containerOptimizedNodes = count
        return nodes
    }

    @Test func `a deleted policy drains and recreates locked nodes within the budget, and leaves nothing behind`() throws {
        try withStage(nodes: Self.nodes(30)) { stage in
            for workload in 0..<4 { try stage.cluster.addWorkload("web-\(workload)", replicas: 8, minAvailable: .int(7)) }
            try await stage.apply(["recreation": ["maxUnavailable": 3]])
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 30)
            let witness = Witness(stage)
            try await running([{ try await witness.run() }]) {
                try await stage.delete()
                try await stage.time.wait(upTo: .seconds(12 * 3600), every: .seconds(5), for: "the policy is gone") {
                    try await stage.isGone()
                }
            }
            #expect(stage.leftovers() == [])
            #expect(stage.boots().allSatisfy { $0 == 2 }, "each node once: \(stage.boots())")
            #expect(stage.cluster.machines.all.allSatisfy { !$0.kernel.isLocked })
            #expect(stage.nodesInUse() == [])
            #expect(stage.plainDeletes == [])
            #expect(witness.violations == [])
            #expect(witness.mostUnavailable <= 3)
            #expect(witness.mostUnavailable == 3, "it uses what it may")
        }
    }

    @Test func `a disabled policy stays, Ready, with every node Clean, and can be enabled again`() throws {
        try withStage(nodes: Self.nodes(3)) { stage in
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.apply(["state": "Disabled"])
            try await stage.recordsBecome(.clean, count: 3, within: .seconds(7200))
            try await stage.becomesReady()
            let ready = try #require(try await stage.condition("Ready"))
            #expect(ready.reason == "AllNodesClean")
            #expect(try await stage.policy()?.status?.nodes?.clean == 3)
            #expect(try await stage.daemonSet() == nil)
            try await stage.time.sleep(for: .seconds(30))
            let mark = stage.server.requestLog.count
            try await stage.time.sleep(for: .seconds(3600))
            #expect(stage.writes(since: mark) == [])
            try await stage.apply(["state": "Enabled"])
            try await stage.recordsBecome(.applied, count: 3)
            try await stage.becomesReady()
        }
    }
}
