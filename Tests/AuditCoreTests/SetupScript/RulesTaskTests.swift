import AuditCore
import Digests
import Foundation
import Testing

/// Probe and sweep on nodes whose kernel holds a policy's rules. Neither sees the policy: they go by what the set-up noted.
struct RulesTaskTests {
    private static let noRules = SHA256Digest(of: "No rules\n").hex

    private func audited(_ rules: AuditRules = RulesSetupTests.some, on host: HostFixture) throws {
        _ = try host.run(rules: rules).report.get()
        try host.remove("state/calls")
    }

    @Test func `a probe says whether the kernel holds what the last set-up loaded`() throws {
        let host = try RulesSetupTests.plainHost()
        try audited(on: host)
        let report = try host.run("probe").report.get()
        #expect(report.outcome == .active && report.task == .probe && report.rules == 1 && report.baseline == Self.noRules)
        host.setKernel(enabled: 0)
        #expect(try host.run("probe").report.get().outcome == .inactive)
        #expect(host.changes.isEmpty)
    }

    @Test func `a probe of a node without systemd and without notes needs to know the backend`() throws {
        let host = try RulesSetupTests.plainHost()
        let environment = ["NODEAUDIT_BACKEND": "AuditRules"]
        let report = try host.run("probe", environment: environment).report.get()
        #expect(report.outcome == .inactive && report.unit == .absent && !host.exists("run/nodeaudit"))
    }

    @Test func `a sweep takes rules, settings and files back`() throws {
        let host = try RulesSetupTests.plainHost()
        host.setKernel(enabled: 0, failure: 0, backlogLimit: 64)
        let before = host.read("state/status")
        try audited(on: host)
        #expect(host.read("state/status") != before)
        let run = try host.run("sweep", environment: ["NODEAUDIT_BOOT_ID": host.bootID])
        let report = try run.report.get()
        #expect(run.exitCode == 0 && report.outcome == .inactive && report.enabled == 0 && report.detail.isEmpty)
        #expect(report.hash == Self.noRules && report.baseline == Self.noRules && report.backlogLimit == 64 && report.failure == 0)
        #expect(host.read("state/status") == before)
        #expect(!host.exists("run/nodeaudit"))
    }

    @Test func `a sweep lets the node load its own rules again, by auditd's tool where there is no unit for it`() throws {
        let host = try RulesSetupTests.plainHost()
        host.setRules("-a never,task\n")
        host.install("augenrules", "#!/bin/sh\necho \"augenrules $*\" >>/state/calls\necho '-a never,task' >/state/rules\n")
        try audited(on: host)
        let report = try host.run("sweep").report.get()
        #expect(report.outcome == .inactive && report.rules == 1 && report.hash == report.baseline)
        #expect(host.changes.contains("augenrules --load") && !host.exists("run/nodeaudit"))
    }

    @Test func `a sweep says when the node's own rules did not come back, and keeps the notes`() throws {
        let host = try RulesSetupTests.plainHost()
        host.setRules("-a never,task\n")
        host.install("augenrules", "#!/bin/sh\necho 'No rules found' >&2\nexit 1\n")
        try audited(on: host)
        let report = try host.run("sweep").report.get()
        #expect(report.outcome == .inactive && report.hash != report.baseline && report.detail == "augenrules --load: No rules found")
        #expect(host.exists("run/nodeaudit/baseline"))
    }

    @Test func `a sweep of a kernel that we locked says so, and names nothing that the unit did not do`() throws {
        let host = try RulesSetupTests.plainHost()
        host.install("iptables", "#!/bin/sh\necho '-A INPUT -j LOG'\n")
        let rules = RulesSetupTests.locked(RulesSetupTests.some)
        try audited(rules, on: host)
        let report = try host.run("sweep").report.get()
        #expect(report.outcome == .lockedOther && report.enabled == 2 && report.rules == 1 && report.left.isEmpty)
        #expect(host.changes.isEmpty)
        #expect(try host.run("probe").report.get().outcome == .lockedOther)
        // The policy is enabled again before the node was recreated.
        #expect(try host.run(rules: rules).report.get().outcome == .active)
        #expect(host.changes.isEmpty)
    }

    @Test func `a sweep stops a unit that stands beside our rules`() throws {
        let host = try HostFixture()
        try audited(on: host)
        host.setUnit(load: "loaded", active: "active")
        let report = try host.run("sweep").report.get()
        #expect(report.outcome == .inactive && report.unit == .inactive && report.hash == Self.noRules)
    }

    private static let hostile: [String] = [
        #"","outcome":"Active","x":"\" \\ \u0041 ' $(reboot) `id` %s %n"#, String(repeating: "one line of many\n", count: 5_000),
        String(repeating: "审计", count: 400), "There was an error in line 99999999999999999999 of x\n", "error in line 2 of\n", "",
    ]

    @Test(arguments: hostile.indices)
    func `what a refused load says cannot break the report`(index: Int) throws {
        let host = try RulesSetupTests.plainHost()
        host.write("state/said", Self.hostile[index])
        host.install(
            "auditctl",
            "#!/bin/sh\ncase $1 in -s) cat /state/status ;; -l) cat /state/rules ;; *) cat /state/said >&2; exit 1 ;; esac\n")
        let run = try host.run(rules: RulesSetupTests.some)
        #expect(run.message.count <= 1_024 && run.message.allSatisfy { (0x20...0x7E).contains($0) } && run.leftovers.isEmpty)
        let report = try run.report.get()
        #expect(report.outcome == .failed && run.exitCode == 1 && report.detail.hasPrefix("auditctl -R:"))
    }

    @Test(
        arguments: ["wanted", "loaded", "settings", "baseline"],
        [
            "", "garbage", "5d58bfe7-6aee-4651-857b-5b413ec41536", "5d58bfe7-6aee-4651-857b-5b413ec41536 * $(reboot) ; '",
            "5d58bfe7-6aee-4651-857b-5b413ec41536 AuditRules x 2", "00000000-0000-0000-0000-000000000000 unknown",
        ])
    func `a damaged note is as good as none`(note: String, text: String) throws {
        let host = try RulesSetupTests.plainHost()
        try audited(on: host)
        host.write("run/nodeaudit/\(note)", text + "\n")
        for task in ["probe", "setup", "sweep"] {
            let run = try host.run(task, rules: RulesSetupTests.some)
            #expect(run.exitCode == 0 && run.errors.isEmpty, "\(task): \(run.errors)")
            #expect(try task != "setup" || run.report.get().outcome == .active)
        }
    }
}
