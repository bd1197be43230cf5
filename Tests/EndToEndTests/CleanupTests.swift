import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// Disable, delete, deselect: what becomes of the nodes.
@Suite struct CleanupTests {
    @Test(arguments: [KubeClient.DeleteOptions.Propagation.background, .foreground])
    func `a deleted policy drains and recreates locked nodes within the budget, and leaves nothing behind`(
        propagation: KubeClient.DeleteOptions.Propagation
    ) throws {
        try withStage(nodes: .of(30)) { stage in
            for workload in 0..<4 { try stage.cluster.addWorkload("web-\(workload)", replicas: 8, minAvailable: .int(7)) }
            try await stage.apply(["recreation": ["maxUnavailable": 3]])
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 30)
            let witness = Witness(stage)
            try await running([{ try await witness.run() }]) {
                try await stage.delete(propagation: propagation)
                try await stage.becomesGone(within: .seconds(12 * 3600))
            }
            stage.expectsCleanEnd(boots: 2)
            #expect(stage.plainDeletes == [])
            #expect(witness.violations == [])
            #expect(witness.mostUnavailable == 3, "it uses what it may and no more")
        }
    }

    @Test func `a disabled policy stays, Ready, with every node Clean, and can be enabled again`() throws {
        try withStage(nodes: .of(3)) { stage in
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

    @Test func `a policy that is enabled again half-way lets go of nodes that were not replaced yet`() throws {
        try withStage(nodes: .of(4)) { stage in
            // Held by its budget, so that the first drain stays where it is.
            try stage.cluster.addWorkload("web", replicas: 4, minAvailable: .int(4))
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.apply(["state": "Disabled"])
            try await stage.time.wait(upTo: .seconds(600), for: "a node is drained") { stage.phases().contains("Draining") }
            try await stage.apply(["state": "Enabled"])
            try await stage.recordsBecome(.applied, count: 4)
            try await stage.becomesReady()
            #expect(stage.boots() == [1, 1, 1, 1])
            #expect(stage.nodesInUse() == [])
        }
    }

    @Test(arguments: ["Reboot", "Recreate"]) func `every locked node is on another boot`(onDisable: String) throws {
        try withStage(nodes: .of(3)) { stage in
            try await stage.apply(["recreation": ["onDisable": .string(onDisable)]])
            try await stage.becomesReady()
            let uids = stage.server.list(Node.type).map { $0["metadata"]?["uid"]?.string }
            try await stage.delete()
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
            let now = stage.server.list(Node.type).map { $0["metadata"]?["uid"]?.string }
            #expect((uids == now) == (onDisable == "Reboot"), "a reboot keeps the Node")
        }
    }

    @Test func `InPlace takes the sweep for an answer and names the nodes that stay locked`() throws {
        try withStage(nodes: .of(2)) { stage in
            try await stage.apply(["recreation": ["onDisable": "InPlace"]])
            try await stage.becomesReady()
            try await stage.apply(["state": "Disabled", "recreation": ["onDisable": "InPlace"]])
            try await stage.recordsBecome(.outdated, count: 2)
            try await stage.becomesReady()
            let ready = try #require(try await stage.condition("Ready"))
            #expect(ready.reason == "NodesLeftLocked" && ready.message.contains("gke-c1-pool-0-00000"))
            #expect(try await stage.records().allSatisfy { $0.report.reason == "LeftLocked" })
            #expect(stage.boots() == [1, 1])
            try await stage.time.sleep(for: .seconds(60))
            #expect(try await stage.pods().isEmpty)
            try await stage.delete()
            try await stage.becomesGone()
            #expect(stage.leftovers() == [])
        }
    }

    @Test func `nodes that nobody locked are cleaned in place and not disturbed`() throws {
        try withStage(nodes: .of(2)) { stage in
            try await stage.apply([
                "audit": ["backend": "AuditRules", "auditRules": ["lock": "Unlocked", "presets": ["TimeChange"]]]
            ])
            try await stage.becomesReady()
            try await stage.delete()
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 1)
            #expect(stage.cluster.machines.all.allSatisfy { $0.kernel.rules.isEmpty })
        }
    }

    @Test func `a dead node holds only itself, and is cleaned when it is back`() throws {
        try withStage(nodes: .of(4)) { stage in
            try await stage.apply(["recreation": ["maxUnavailable": 2]])
            try await stage.becomesReady()
            stage.cluster.setFault(.unreachable, on: stage.node(1))
            try await stage.time.sleep(for: .seconds(120))
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(7200), every: .seconds(1), for: "three are clean") {
                try await stage.policy()?.status?.nodes?.clean == 3
            }
            try await stage.time.sleep(for: .seconds(120))
            #expect(try await stage.policy()?.status?.failedNodes?.map(\.name) == [stage.node(1)])
            #expect(try await stage.condition("Ready")?.message.contains(stage.node(1)) == true)
            #expect(stage.boots() == [2, 1, 2, 2])
            stage.cluster.setFault(.ok, on: stage.node(1))
            try await stage.becomesGone()
            stage.expectsCleanEnd(boots: 2)
        }
    }

    @Test func `a dead node that uses the whole budget makes the policy Stalled and is named`() throws {
        try withStage(nodes: .of(3)) { stage in
            try await stage.apply()
            try await stage.becomesReady()
            stage.cluster.setFault(.unreachable, on: stage.node(1))
            try await stage.time.sleep(for: .seconds(120))
            try await stage.delete()
            try await stage.time.wait(upTo: .seconds(600), every: .seconds(1), for: "it is said") {
                try await stage.condition("Stalled")?.status == .true
            }
            let stalled = try #require(try await stage.condition("Stalled"))
            #expect(stalled.reason == "BudgetUsed" && stalled.message.contains(stage.node(1)))
            _ = try await stage.client.patch(
                AuditPolicy.type, ObjectKey(name: "cos"), .merge(["spec": ["recreation": ["maxUnavailable": 2]]]))
            try await stage.time.wait(upTo: .seconds(3600), every: .seconds(1), for: "the others are clean") { stage.boots() == [2, 1, 2] }
        }
    }

    @Test func `a node that no longer matches is named and left, or cleaned when the policy says so`() throws {
        for isCleaned in [false, true] {
            try withStage(nodes: .of(2)) { stage in
                let recreation: JSONValue = ["onDeselect": isCleaned ? "SameAsDisable" : "Report"]
                try await stage.apply(["recreation": recreation])
                try await stage.becomesReady()
                try stage.cluster.edit(Node.type, ObjectKey(name: stage.node(0))) {
                    $0[["metadata", "labels", "cloud.google.com/gke-os-distribution"]] = "other"
                }
                if isCleaned {
                    try await stage.time.wait(upTo: .seconds(3600), every: .seconds(1), for: "it runs another kernel") {
                        stage.boots() == [2, 1]
                    }
                    try await stage.becomesReady()
                } else {
                    try await stage.time.wait(upTo: .seconds(600), every: .seconds(1), for: "it is named") {
                        try await stage.records().first?.report.reason == "Deselected"
                    }
                    try await stage.time.sleep(for: .seconds(10))
                    #expect(try await stage.policy()?.status?.nodes?.deselected == 1)
                    #expect(try await stage.policy()?.status?.nodes?.owned == 1)
                    #expect(stage.boots() == [1, 1])
                    // A delete cleans what the policy ever locked.
                    try await stage.delete()
                    try await stage.becomesGone()
                    #expect(stage.boots() == [2, 2])
                    #expect(stage.leftovers() == [])
                }
            }
        }
    }

    @Test func `kernels are read again, and one that lost its rules makes its node Failed`() throws {
        try withStage(nodes: .of(2)) { stage in
            try await stage.apply(["audit": ["recheckSeconds": 600]])
            try await stage.becomesReady()
            let before = try await stage.records().map(\.report.kernel?.observedTime)
            stage.cluster.changeKernel(of: stage.node(0)) {
                $0.rules = []
                $0.enabled = 1
            }
            try await stage.time.wait(upTo: .seconds(1200), every: .seconds(1), for: "it is Failed") {
                try await stage.records().first?.report.state == .failed
            }
            let record = try #require(try await stage.records().first)
            #expect(record.report.reason == "NotAuditing" && record.report.kernel?.ruleCount == 0)
            try await stage.time.sleep(for: .seconds(120))
            let after = try await stage.records().map(\.report.kernel?.observedTime)
            #expect(zip(before, after).allSatisfy { $0 != $1 }, "both were read again")
            #expect(try await stage.condition("Degraded")?.message.contains(stage.node(0)) == true)
            #expect(try await stage.pods().allSatisfy { $0.labels[WellKnown.Label.component] == "agent" }, "the probes' pods are gone")
        }
    }

    @Test func `a changed rule set recreates nodes that are locked with the earlier one`() throws {
        try withStage(nodes: .of(3)) { stage in
            @Sendable func spec(_ preset: JSONValue) -> JSONValue {
                ["audit": ["backend": "AuditRules", "auditRules": ["lock": "Locked", "presets": [preset]]]]
            }
            try await stage.apply(spec("TimeChange"))
            try await stage.becomesReady()
            let witness = Witness(stage)
            try await running([{ try await witness.run() }]) {
                try await stage.apply(spec("KernelModules"))
                try await stage.time.wait(for: "the impact is said") {
                    try await stage.policy()?.status?.changeImpact != AuditPolicy.ChangeImpact.none
                }
                #expect(try await stage.policy()?.status?.changeImpact == .nodeRecreation)
                #expect(stage.boots() == [1, 1, 1] && stage.phases().isEmpty, "said before anything is disturbed")
                try await stage.time.wait(upTo: .seconds(7200), every: .seconds(1), for: "all on the new rules") {
                    let wanted = try await stage.policy()?.status?.auditRevision
                    return try await stage.records().allSatisfy { $0.report.auditRevision == wanted && $0.report.state == .applied }
                        && stage.boots() == [2, 2, 2]
                }
                try await stage.becomesReady()
            }
            #expect(witness.mostUnavailable == 1 && witness.violations == [])
            #expect(stage.nodesInUse() == [])
            try await stage.time.sleep(for: .seconds(5))
            #expect(try await stage.policy()?.status?.changeImpact == AuditPolicy.ChangeImpact.none)
        }
    }
}
