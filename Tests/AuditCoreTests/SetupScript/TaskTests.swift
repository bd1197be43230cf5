import AuditCore
import Digests
import Foundation
import Testing

/// The one-shot tasks: probe, sweep and reboot; and settings that make no sense.
struct TaskTests {
    private static let noRules = SHA256Digest(of: "No rules\n").hex

    private func audited() throws -> HostFixture {
        let host = try HostFixture()
        _ = try host.run()
        try host.remove("state/calls")
        return host
    }

    // MARK: Probe

    @Test func `a probe of an audited node says so and changes nothing`() throws {
        let host = try audited()
        let run = try host.run("probe")
        let report = try run.report.get()
        #expect(report.task == .probe && report.outcome == .active && report.baseline == Self.noRules)
        #expect(host.changes.isEmpty && run.exitCode == 0)
    }

    @Test func `a probe of an untouched node says so and leaves nothing behind`() throws {
        let host = try HostFixture()
        let run = try host.run("probe")
        let report = try run.report.get()
        #expect(report.outcome == .inactive && report.hash == Self.noRules && report.baseline.isEmpty && report.enabled == 1)
        #expect(host.changes.isEmpty && !host.exists("run/nodeaudit"))
    }

    @Test func `a probe of a node without the unit says that it is absent`() throws {
        let host = try HostFixture()
        host.setUnit(load: "not-found", active: "inactive")
        let report = try host.run("probe").report.get()
        #expect(report.outcome == .inactive && report.unit == .absent)
    }

    @Test func `a probe names a kernel that is locked with other rules`() throws {
        let host = try HostFixture()
        host.setKernel(enabled: 2)
        #expect(try host.run("probe").report.get().outcome == .lockedOther)
    }

    // MARK: Sweep

    @Test func `a sweep of an unlocked node takes everything back`() throws {
        let host = try HostFixture()
        host.onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit")
        #expect(try host.run().report.get().outcome == .active)
        try host.remove("state/calls")
        try FileManager.default.createDirectory(at: host.url("var/lib/nodeaudit/cos-default"), withIntermediateDirectories: true)
        host.write("var/lib/nodeaudit/cos-default/journal.db", "x")
        host.write("state/audit-rules", "not-found")
        let run = try host.run("sweep", environment: ["NODEAUDIT_BOOT_ID": host.bootID])
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.task == .sweep && report.outcome == .inactive && report.unit == .inactive)
        #expect(report.hash == Self.noRules && report.baseline == Self.noRules && report.left.isEmpty && report.detail.isEmpty)
        #expect(
            host.changes == ["systemctl stop cloud-audit-setup.service", "systemctl disable cloud-audit-setup.service", "auditctl -D"])
        #expect(!host.exists("run/nodeaudit") && !host.exists("var/lib/nodeaudit") && host.exists("var/lib"))
    }

    @Test func `a sweep lets the node reload its own rules`() throws {
        let host = try HostFixture()
        host.setRules("-a never,task\n")
        host.write("state/default-rules", "-a never,task\n")
        host.write("state/audit-rules", "loaded")
        host.onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit")
        _ = try host.run()
        let report = try host.run("sweep").report.get()
        #expect(report.outcome == .inactive && report.rules == 1)
        #expect(report.hash == report.baseline && report.hash == SHA256Digest(of: "-a never,task\n").hex)
        #expect(host.changes.last == "systemctl restart audit-rules.service")
    }

    @Test func `a sweep of a locked node cannot unlock it, and keeps the baseline for the next look`() throws {
        let host = try audited()
        let run = try host.run("sweep")
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.enabled == 2 && report.unit == .active && report.rules == 3)
        #expect(report.baseline == Self.noRules)
        #expect(host.changes.isEmpty, "neither the unit nor a rule was touched")
        #expect(host.exists("run/nodeaudit/baseline"))
        #expect(try host.run("setup").report.get().outcome == .active, "and the policy may come back")
    }

    @Test func `a sweep names what stopping does not undo`() throws {
        let host = try audited()
        host.install("iptables", "#!/bin/sh\necho '-P INPUT ACCEPT'; echo '-A INPUT -i eth0 -p tcp -j LOG'\n")
        host.write("sys/kernel/security/ima/runtime_measurements_count", "4711\n")
        #expect(try host.run("sweep").report.get().left == ["iptables", "ima"])
    }

    @Test func `a sweep names nothing that the unit did not do`() throws {
        let host = try HostFixture()
        _ = try host.run("setup")
        let untouched = try HostFixture()
        untouched.install("iptables", "#!/bin/sh\necho '-P INPUT ACCEPT'\n")
        untouched.write("sys/kernel/security/ima/runtime_measurements_count", "1\n")
        #expect(try untouched.run("sweep").report.get().left.isEmpty)
    }

    @Test func `a sweep of a boot on which we never were leaves its rules alone, and takes the collectors' state away`() throws {
        let host = try HostFixture()
        host.setRules("-w /etc/shadow -p wa -k their-own\n")
        host.setUnit(load: "loaded", active: "active")
        host.write("state/audit-rules", "loaded")
        try FileManager.default.createDirectory(at: host.url("var/lib/nodeaudit/cos-default"), withIntermediateDirectories: true)
        let run = try host.run("sweep", environment: ["NODEAUDIT_BOOT_ID": host.bootID])
        let report = try run.report.get()
        #expect(run.exitCode == 0 && report.outcome == .active && report.rules == 1 && report.baseline.isEmpty && report.left.isEmpty)
        #expect(report.detail == "nothing of nodeaudit was loaded on this boot; its rules were left alone")
        #expect(host.changes.isEmpty && !host.exists("var/lib/nodeaudit"))
    }

    @Test func `a sweep goes by notes of the present boot alone`() throws {
        let host = try audited()
        host.write("boot_id", "11111111-6aee-4651-857b-5b413ec41536\n")
        host.setKernel(enabled: 1)
        host.setRules("-w /etc/shadow -p wa -k their-own\n")
        let report = try host.run("sweep").report.get()
        #expect(report.rules == 1 && report.baseline.isEmpty && host.changes.isEmpty)
    }

    @Test func `a sweep meant for another boot only reports`() throws {
        let host = try audited()
        let report = try host.run("sweep", environment: ["NODEAUDIT_BOOT_ID": "00000000-0000-0000-0000-000000000000"]).report.get()
        #expect(report.outcome == .active && report.detail.hasSuffix("nothing was changed"))
        #expect(host.changes.isEmpty && host.exists("run/nodeaudit/baseline"))
    }

    @Test func `a unit that does not stop fails the sweep before anything is taken away`() throws {
        let host = try audited()
        host.setKernel(enabled: 1)
        host.onStop("echo 'Access denied' >&2; exit 1")
        let run = try host.run("sweep")
        #expect(run.exitCode == 1)
        #expect(try run.report.get().detail == "systemctl stop cloud-audit-setup.service: Access denied")
        #expect(host.exists("run/nodeaudit/baseline"))
    }

    // MARK: Reboot

    @Test func `a reboot is asked for on the boot it is meant for`() throws {
        let host = try audited()
        let run = try host.run("reboot", environment: ["NODEAUDIT_BOOT_ID": host.bootID])
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.task == .reboot && report.outcome == .active && report.detail == "asked the host to reboot")
        #expect(host.changes == ["systemctl --no-block reboot"])
    }

    @Test(arguments: [nil, "00000000-0000-0000-0000-000000000000"])
    func `a reboot meant for no or another boot is not asked for`(boot: String?) throws {
        let host = try audited()
        let report = try host.run("reboot", environment: boot.map { ["NODEAUDIT_BOOT_ID": $0] } ?? [:]).report.get()
        #expect(report.detail.hasSuffix("nothing was done"))
        #expect(host.changes.isEmpty)
    }

    @Test func `a refused reboot fails`() throws {
        let host = try audited()
        host.write("state/reboot-refused", "")
        let run = try host.run("reboot", environment: ["NODEAUDIT_BOOT_ID": host.bootID])
        #expect(run.exitCode == 1)
        #expect(try run.report.get().detail == "systemctl reboot: Access denied")
    }

    @Test func `a kernel that cannot be read does not stop a reboot`() throws {
        let host = try audited()
        host.write("state/auditctl-broken", "Error\n")
        let report = try host.run("reboot", environment: ["NODEAUDIT_BOOT_ID": host.bootID]).report.get()
        #expect(report.outcome == .failed && report.detail.hasPrefix("asked the host to reboot; its kernel could not be read"))
        #expect(host.changes == ["systemctl --no-block reboot"])
    }

    // MARK: Settings

    @Test(
        arguments: [
            ["NODEAUDIT_TASK": "probe; reboot"], ["NODEAUDIT_BACKEND": "auditctl"], ["NODEAUDIT_SETTLE_SECONDS": "ten"],
            ["NODEAUDIT_STATE_DIR": "/"], ["NODEAUDIT_STATE_DIR": "/var/lib"], ["NODEAUDIT_STATE_DIR": "/var/lib/"],
            ["NODEAUDIT_STATE_DIR": "/var/lib/../../etc"], ["NODEAUDIT_STATE_DIR": "/var/lib/a/.."], ["NODEAUDIT_STATE_DIR": "/etc"],
        ])
    func `settings that make no sense are refused before anything is done`(environment: [String: String]) throws {
        let host = try HostFixture()
        let run = try host.run("sweep", environment: environment)
        #expect(run.exitCode == 64)
        #expect(try run.report.get().outcome == .failed)
        #expect(host.changes.isEmpty)
    }

    @Test func `without the host's root nothing is done`() throws {
        let host = try HostFixture()
        let run = try host.run(environment: ["NODEAUDIT_HOST_ROOT": host.url("nowhere").path])
        #expect(run.exitCode == 1)
        #expect(try run.report.get().detail.hasPrefix("no host root at"))
    }

    @Test(arguments: ["setup", "probe", "sweep"])
    func `other shells run it the same`(task: String) throws {
        guard FileManager.default.isExecutableFile(atPath: "/bin/bash") else { return }
        let reports = try ["/bin/sh", "/bin/bash"].map { shell in
            let host = try HostFixture()
            _ = try host.run("setup", shell: shell)
            return try host.run(task, shell: shell).report.get()
        }
        #expect(reports[0] == reports[1])
    }
}
