import AuditCore
import Digests
import Testing

/// The task `setup` with the backend CloudAuditSetup, run for real in a chroot.
struct SetupTaskTests {
    private static let noRules = SHA256Digest(of: "No rules\n").hex
    private static let unitRules = SHA256Digest(of: HostFixture.rulesOfTheUnit).hex

    @Test func `starts the unit on a node at boot and reports what the kernel says`() throws {
        let host = try HostFixture()
        let run = try host.run()
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(host.changes == ["systemctl start cloud-audit-setup.service"])
        #expect(report.task == .setup && report.outcome == .active && report.unit == .active)
        #expect(report.boot == host.bootID)
        #expect(report.enabled == 2 && report.rules == 3 && report.lost == 3 && report.backlogLimit == 8192 && report.failure == 0)
        #expect(report.hash == Self.unitRules && report.baseline == Self.noRules)
        #expect(report.left.isEmpty && report.detail.isEmpty)
        #expect(host.read("run/nodeaudit/baseline") == "\(host.bootID) \(Self.noRules)\n")
        #expect(run.leftovers.isEmpty)
        #expect(run.output == String(decoding: run.message, as: UTF8.self) + "\n")
    }

    @Test func `does nothing more when the pod starts again on the same boot`() throws {
        let host = try HostFixture()
        let first = try host.run()
        let second = try host.run()
        #expect(host.changes == ["systemctl start cloud-audit-setup.service"])
        #expect(try second.report.get() == first.report.get())
        #expect(second.exitCode == 0)
    }

    @Test func `takes a unit that ran before us as it is, and claims no baseline`() throws {
        let host = try HostFixture()
        host.setUnit(load: "loaded", active: "active")
        host.setKernel(enabled: 2)
        host.setRules(HostFixture.rulesOfTheUnit)
        let report = try host.run().report.get()
        #expect(report.outcome == .active && report.hash == Self.unitRules && report.baseline.isEmpty)
        #expect(host.changes.isEmpty)
        #expect(try host.run().report.get() == report)
    }

    @Test func `leaves a kernel that somebody locked with other rules, and lets the collector run`() throws {
        let host = try HostFixture()
        host.setKernel(enabled: 2)
        host.setRules("-w /etc/shadow -p wa -k identity\n")
        let run = try host.run()
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.outcome == .lockedOther && report.enabled == 2 && report.unit == .inactive && report.rules == 1)
        #expect(report.hash == report.baseline)
        #expect(report.detail == "the kernel is locked with other rules until its next boot")
        #expect(host.changes.isEmpty)
    }

    @Test func `says that a unit which ran in vain against a lock did not bring its rules`() throws {
        let host = try HostFixture()
        host.setKernel(enabled: 2)
        host.setRules("-w /etc/shadow -p wa -k identity\n")
        _ = try host.run()
        host.setUnit(load: "loaded", active: "active")
        let report = try host.run().report.get()
        #expect(report.outcome == .lockedOther && report.unit == .active)
        #expect(host.changes.isEmpty)
    }

    @Test func `a node without the unit is unsupported`() throws {
        let host = try HostFixture()
        host.setUnit(load: "not-found", active: "inactive")
        let run = try host.run()
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.outcome == .unsupported && report.unit == .absent && report.enabled == 1)
        #expect(report.detail == "no unit cloud-audit-setup.service on this node")
        #expect(host.changes.isEmpty)
        #expect(!host.exists("run/nodeaudit"))
    }

    @Test func `a node without auditctl is unsupported`() throws {
        let host = try HostFixture()
        try host.remove("usr/sbin/auditctl")
        let run = try host.run()
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.outcome == .unsupported && report.enabled == 0 && report.hash.isEmpty)
        #expect(report.detail == "no auditctl on this node")
        #expect(host.changes.isEmpty)
    }

    @Test func `a node without systemd is unsupported`() throws {
        let host = try HostFixture()
        try host.remove("usr/sbin/systemctl")
        let report = try host.run().report.get()
        #expect(report.outcome == .unsupported && report.detail == "no systemd on this node")
    }

    @Test func `a kernel built without auditing is unsupported`() throws {
        let host = try HostFixture()
        host.write("state/auditctl-broken", "Error - audit support not in kernel\n")
        let run = try host.run()
        #expect(try run.report.get().outcome == .unsupported)
        #expect(run.exitCode == 0)
    }

    @Test(arguments: [("NAME=Ubuntu\nID=ubuntu\n", "ubuntu"), ("ID=\"cosmos\"\n", "cosmos"), ("ID=co\u{7}s\n", ""), ("", "")])
    func `another operating system is unsupported, whatever units it has`(release: String, name: String) throws {
        let host = try HostFixture()
        host.write("etc/os-release", release)
        let run = try host.run()
        let report = try run.report.get()
        #expect(run.exitCode == 0)
        #expect(report.outcome == .unsupported && report.detail == "not Container-Optimized OS: the node says ID=\(name)")
        #expect(report.enabled == 1)
        #expect(host.changes.isEmpty)
    }

    @Test(arguments: ["ID=cos", "ID=\"cos\"", "ID='cos'"])
    func `the operating system's name may be quoted`(release: String) throws {
        let host = try HostFixture()
        host.write("etc/os-release", release + "\n")
        #expect(try host.run().report.get().outcome == .active)
    }

    @Test func `a failing unit fails the container, and the report says why`() throws {
        let host = try HostFixture()
        host.onStart("echo 'Job for cloud-audit-setup.service failed because of \"exit code\".' >&2; exit 1")
        let run = try host.run()
        let report = try run.report.get()
        #expect(run.exitCode == 1)
        #expect(report.outcome == .failed && report.unit == .inactive && report.enabled == 1)
        #expect(
            report.detail == "systemctl start cloud-audit-setup.service ended with 1: "
                + "Job for cloud-audit-setup.service failed because of 'exit code'.")
        host.onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit; lock")
        let retried = try host.run()
        #expect(try retried.report.get().outcome == .active)
        #expect(try retried.report.get().baseline == Self.noRules)
    }

    @Test func `a unit that changes no rule fails`() throws {
        let host = try HostFixture()
        host.onStart("printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit")
        let run = try host.run()
        #expect(run.exitCode == 1)
        #expect(try run.report.get().detail == "cloud-audit-setup.service ran and the kernel does not audit by new rules")
    }

    @Test func `rules that come a moment after the unit are waited for`() throws {
        let host = try HostFixture()
        host.onStart(
            "printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit; (sleep 1; cat /state/unit-rules >/state/rules) >/dev/null 2>&1 &"
        )
        try host.copy("sleep")
        let run = try host.run(environment: ["NODEAUDIT_SETTLE_SECONDS": "20"])
        #expect(try run.report.get().outcome == .active)
    }

    @Test func `an active unit whose rules somebody deleted is run again`() throws {
        let host = try HostFixture()
        host.onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit")
        #expect(try host.run().report.get().enabled == 1)
        host.setRules("No rules\n")
        let report = try host.run().report.get()
        #expect(report.outcome == .active && report.rules == 3)
        #expect(host.changes.last == "systemctl restart cloud-audit-setup.service")
    }

    @Test func `a kernel in which auditing was turned off does not pass as active`() throws {
        let host = try HostFixture()
        host.setUnit(load: "loaded", active: "active")
        host.setRules(HostFixture.rulesOfTheUnit)
        host.setKernel(enabled: 0)
        host.onStart(":")
        #expect(try host.run().report.get().outcome == .failed)
    }

    @Test func `a systemd that does not answer fails`() throws {
        let host = try HostFixture()
        host.write("state/systemctl-broken", "Failed to connect to bus: No such file or directory\n")
        let run = try host.run()
        #expect(run.exitCode == 1)
        #expect(try run.report.get().detail == "systemctl show: Failed to connect to bus: No such file or directory")
    }

    @Test func `an auditctl that is refused fails`() throws {
        let host = try HostFixture()
        host.write("state/auditctl-broken", "Error sending status request (Operation not permitted)\n")
        let run = try host.run()
        #expect(run.exitCode == 1)
        #expect(try run.report.get().detail == "auditctl -s: Error sending status request (Operation not permitted)")
        #expect(host.changes.isEmpty)
    }

    @Test func `the words of an old auditctl are understood`() throws {
        let host = try HostFixture()
        host.write("state/status", "AUDIT_STATUS: enabled=2 flag=1 pid=0 rate_limit=0 backlog_limit=320 lost=12 backlog=0\n")
        let report = try host.run().report.get()
        #expect(report.enabled == 2 && report.failure == 1 && report.backlogLimit == 320 && report.lost == 12)
    }
}
