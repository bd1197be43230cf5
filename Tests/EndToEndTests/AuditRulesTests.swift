import AuditCore
import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// Policies with rules of their own, on nodes whose kernels are open or locked.
@Suite struct AuditRulesTests {
    private static func spec(
        lock: String, presets: [JSONValue] = ["ProcessExecution"], watch path: String = "/etc/passwd", selector: JSONValue? = nil
    ) -> JSONValue {
        let watch: JSONValue = ["name": "own", "key": "own", "watch": ["path": .string(path)]]
        var spec: JSONValue = [
            "audit": [
                "backend": "AuditRules", "auditRules": ["lock": .string(lock), "presets": .array(presets), "rules": [watch]],
            ],
            // What a rule change does to locked nodes by itself is CleanupTests' story.
            "recreation": ["onRuleChange": "Manual"],
        ]
        if let selector { spec["nodeSelector"] = selector }
        return spec
    }

    private static func boots(_ records: [NodeAudit]) -> [String] { records.compactMap(\.report.bootID) }
    private static func hashes(_ records: [NodeAudit]) -> Set<String> { Set(records.compactMap(\.report.kernel?.rulesHash)) }

    @Test func `unlocked rules roll out, and a changed rule is loaded in place on every node`() throws {
        try withStage { stage in
            try await stage.apply(Self.spec(lock: "Unlocked"))
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
            let before = try await stage.records()
            let status = try #require(try await stage.policy()?.status)
            // ProcessExecution is one rule for each ABI.
            #expect(before.allSatisfy { $0.report.kernel?.enabled == .on && $0.report.kernel?.ruleCount == 3 })
            #expect(before.allSatisfy { $0.report.auditRevision == status.auditRevision && $0.report.kernel?.failureMode == .log })
            #expect(status.nodes?.locked == 0 && status.nodes?.applied == 6)

            try await stage.apply(Self.spec(lock: "Unlocked", watch: "/etc/shadow"))
            try await stage.becomesReady()
            let after = try await stage.records()
            let revision = try #require(try await stage.policy()?.status?.auditRevision)
            #expect(revision != status.auditRevision)
            #expect(after.allSatisfy { $0.report.state == .applied && $0.report.auditRevision == revision })
            #expect(Self.boots(after) == Self.boots(before))
            #expect(Self.hashes(after).count == 1 && Self.hashes(after).isDisjoint(with: Self.hashes(before)))
        }
    }

    @Test func `changed rules leave locked kernels Outdated with the reason, and going back makes them Applied`() throws {
        try withStage { stage in
            try await stage.apply(Self.spec(lock: "Locked"))
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
            let before = try await stage.records()
            #expect(before.allSatisfy { $0.report.kernel?.enabled == .locked && $0.report.kernel?.ruleCount == 3 })

            try await stage.apply(Self.spec(lock: "Locked", watch: "/etc/shadow"))
            try await stage.recordsBecome(.outdated, count: 6)
            let outdated = try await stage.records()
            #expect(outdated.allSatisfy { $0.report.reason == "LockedWithOtherRules" })
            #expect(Self.hashes(outdated) == Self.hashes(before) && Self.boots(outdated) == Self.boots(before))
            #expect(try await stage.condition("Ready")?.status == .false)
            try await stage.time.wait(for: "records keep flowing") {
                let pods = try await stage.pods()
                return pods.count == 6 && pods.allSatisfy { $0.container("collector")?.ready == true }
            }

            try await stage.apply(Self.spec(lock: "Locked"))
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
        }
    }

    @Test func `a change of the backend is loaded where kernels are open, and waits where they are locked`() throws {
        try withStage { stage in
            try await stage.apply(Self.spec(lock: "Unlocked"))
            try await stage.becomesReady()
            try await stage.apply(["audit": ["backend": "CloudAuditSetup"], "recreation": ["onRuleChange": "Manual"]])
            try await stage.becomesReady()
            #expect(try await stage.records().allSatisfy { $0.report.kernel?.enabled == .locked && $0.report.kernel?.ruleCount == 14 })
            try await stage.apply(Self.spec(lock: "Unlocked"))
            try await stage.recordsBecome(.outdated, count: 6)
            #expect(try await stage.records().allSatisfy { $0.report.reason == "LockedWithOtherRules" })
        }
    }

    @Test func `rules that cannot be loaded never reach a node, and the condition says which`() throws {
        try withStage { stage in
            try await stage.apply(Self.spec(lock: "Unlocked"))
            try await stage.becomesReady()
            let pods = try await stage.pods().map(\.uid)
            var spec = Self.spec(lock: "Unlocked")
            spec[["audit", "auditRules", "rules"]] = [["name": "x", "syscalls": ["opn"]]]
            try await stage.apply(spec)
            try await stage.time.wait(for: "it is refused") { try await stage.condition("Accepted")?.status == .false }
            let accepted = try #require(try await stage.condition("Accepted"))
            #expect(accepted.message == "spec.audit.auditRules.rules[0].syscalls[0]: no system call \"opn\"")
            try await stage.time.sleep(for: .seconds(600))
            #expect(try await stage.pods().map(\.uid) == pods)

            spec[["audit", "auditRules", "rules"]] = [["name": "x", "syscalls": ["openat"]]]
            try await stage.apply(spec)
            try await stage.becomesReady()
            let warned = try #require(try await stage.condition("Accepted"))
            #expect(warned.reason == "AcceptedWithWarnings")
            #expect(warned.message.hasPrefix("spec.audit.auditRules.rules[0].key: without a key its records are hard to find\n"))
        }
    }

    @Test func `a node that leaves rules out is Applied and says what is missing`() throws {
        var nodes = SimulatedCluster.Configuration()
        nodes.containerOptimizedNodes = 2
        try withStage(nodes: nodes) { stage in
            stage.cluster.changeKernel(of: "gke-c1-pool-0-00001") { $0.missingDirectories = ["/opt/app"] }
            try await stage.apply(Self.spec(lock: "Unlocked", watch: "/opt/app/config"))
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 2)
            let records = try await stage.records()
            #expect(records.map { $0.report.kernel?.ruleCount } == [3, 2])
            #expect(records.map(\.report.message) == [nil, "rules left out: 1; this node has no /opt/app"])
            try await stage.time.sleep(for: .seconds(60))
            let mark = stage.server.requestLog.count
            try await stage.time.sleep(for: .seconds(3600))
            #expect(stage.writes(since: mark) == [])
        }
    }

    @Test func `on nodes with other systems, without auditctl they are Unsupported and the others audit`() throws {
        var nodes = SimulatedCluster.Configuration()
        nodes.containerOptimizedNodes = 3
        nodes.ubuntuNodes = 2
        try withStage(nodes: nodes) { stage in
            try await stage.apply(Self.spec(lock: "Unlocked", selector: [:]))
            try await stage.becomesReady()
            let counts = try #require(try await stage.policy()?.status?.nodes)
            #expect(counts.owned == 5 && counts.applied == 3 && counts.unsupported == 2)
        }
    }
}
