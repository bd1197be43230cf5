import AuditCore
import Digests
import Foundation
import Testing

/// The task `setup` with the backend AuditRules, run for real in a chroot.
struct RulesSetupTests {
    private static let noRules = SHA256Digest(of: "No rules\n").hex
    private static let lockedOther = "the kernel is locked with other rules until its next boot"

    static let some = AuditRules(
        lock: .unlocked, rules: [AuditRule(name: "passwd", key: "identity", watch: .init(path: "/etc/passwd"))],
        kernel: .init(backlogLimit: 9000, backlogWaitTime: 7, rateLimit: 500, failureMode: .log))
    static let others = AuditRules(lock: .unlocked, rules: [AuditRule(name: "shadow", key: "identity", watch: .init(path: "/etc/shadow"))])

    static func locked(_ rules: AuditRules) -> AuditRules {
        var rules = rules
        rules.lock = .locked
        return rules
    }

    /// A node that needs nothing but auditctl.
    static func plainHost() throws -> HostFixture {
        let host = try HostFixture()
        try host.remove("usr/sbin/systemctl")
        host.write("etc/os-release", "NAME=Ubuntu\nID=ubuntu\n")
        return host
    }

    private func setUp(_ host: HostFixture, _ rules: AuditRules) throws -> NodeReport { try host.run(rules: rules).report.get() }

    @Test func `loads rules and settings, notes them, and locks when it is asked to`() throws {
        let host = try Self.plainHost()
        let run = try host.run(rules: Self.locked(Self.some))
        let report = try run.report.get()
        #expect(run.exitCode == 0 && run.errors.isEmpty && run.leftovers.isEmpty)
        #expect(report.outcome == .active && report.enabled == 2 && report.unit == .absent && report.rules == 1)
        #expect(report.backlogLimit == 9000 && report.failure == 1 && report.detail.isEmpty)
        #expect(report.baseline == Self.noRules && report.hash == SHA256Digest(of: "-w /etc/passwd -p wa -k identity\n").hex)
        #expect(host.changes == ["auditctl -R /run/nodeaudit/audit.rules.new", "auditctl -e 2"])
        #expect(
            host.read("run/nodeaudit/audit.rules")
                == "-D\n-b 9000\n--backlog_wait_time 7\n-r 500\n-f 1\n-w /etc/passwd -p wa -k identity\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: host.url("run/nodeaudit/audit.rules").path)
        #expect(attributes[.posixPermissions] as? Int == 0o600 && attributes[.ownerAccountID] as? Int == Int(getuid()))
        let notes = try FileManager.default.contentsOfDirectory(atPath: host.url("run/nodeaudit").path)
        #expect(notes.sorted() == ["audit.rules", "baseline", "loaded", "settings", "wanted"])
    }

    @Test func `does nothing more while the kernel holds exactly these, locked or not`() throws {
        for rules in [Self.some, Self.locked(Self.some)] {
            let host = try Self.plainHost()
            let first = try setUp(host, rules)
            #expect(first.outcome == .active && first.enabled == (rules.lock == .locked ? 2 : 1))
            try host.remove("state/calls")
            #expect(try setUp(host, rules) == first)
            #expect(host.changes.isEmpty)
        }
    }

    @Test func `a node without auditctl is unsupported`() throws {
        let host = try Self.plainHost()
        try host.remove("usr/sbin/auditctl")
        let run = try host.run(rules: Self.some)
        #expect(run.exitCode == 0)
        let report = try run.report.get()
        #expect(report.outcome == .unsupported && report.detail == "no auditctl on this node")
    }

    @Test func `a systemd that is installed and does not run is none, and one that runs and does not answer fails`() throws {
        let host = try HostFixture()
        host.write("state/systemctl-broken", "Failed to connect to bus: Host is down\n")
        #expect(try setUp(host, Self.some).detail == "systemctl show: Failed to connect to bus: Host is down")
        #expect(host.changes.isEmpty)
        try host.remove("run/systemd")
        let report = try setUp(host, Self.some)
        #expect(report.outcome == .active && report.unit == .absent)
        #expect(try host.run("sweep").report.get().outcome == .inactive)
    }

    @Test func `a kernel that somebody locked with other rules is reported, not broken`() throws {
        let host = try Self.plainHost()
        host.setKernel(enabled: 2)
        host.setRules("-w /etc/shadow -p wa -k theirs\n")
        let run = try host.run(rules: Self.some)
        let report = try run.report.get()
        #expect(run.exitCode == 0 && host.changes.isEmpty)
        #expect(report.outcome == .lockedOther && report.rules == 1 && report.detail == Self.lockedOther)
        #expect(report.hash == report.baseline)
    }

    @Test func `a kernel that is locked with exactly these rules is as wanted, whoever loaded them`() throws {
        let host = try Self.plainHost()
        let rules = AuditRules(presets: [.mounts])
        let architecture = NodeArchitecture.amd64
        guard try Command("/bin/uname", "-m").run().output.trimmed == "x86_64" else { return }
        host.setKernel(enabled: 2, failure: 1)
        host.setRules(try rules.file(for: architecture).get().listing().text)
        let report = try setUp(host, rules)
        #expect(report.outcome == .active && host.changes.isEmpty)
        #expect(try setUp(host, rules) == report)
        let other = AuditRules(presets: [.timeChange])
        #expect(try setUp(host, other).outcome == .lockedOther)
    }

    @Test func `changed rules are loaded in the place of the old ones`() throws {
        let host = try Self.plainHost()
        let before = try setUp(host, Self.some)
        let after = try setUp(host, Self.others)
        #expect(after.outcome == .active && after.rules == 1 && after.hash != before.hash && after.baseline == Self.noRules)
        #expect(host.read("state/rules") == "-w /etc/shadow -p wa -k identity\n")
        #expect(after.backlogLimit == 8192)
    }

    @Test func `changed settings alone are loaded, too`() throws {
        let host = try Self.plainHost()
        _ = try setUp(host, Self.some)
        var rules = Self.some
        rules.kernel.backlogLimit = 10_000
        #expect(try setUp(host, rules).backlogLimit == 10_000)
        // And what somebody changed behind our back.
        host.setKernel(enabled: 1, failure: 0)
        let report = try setUp(host, rules)
        #expect(report.backlogLimit == 10_000 && report.failure == 1)
    }

    @Test func `changed rules leave a kernel that we locked as it is, until the policy goes back`() throws {
        let host = try Self.plainHost()
        let first = try setUp(host, Self.locked(Self.some))
        try host.remove("state/calls")
        let second = try setUp(host, Self.locked(Self.others))
        #expect(second.outcome == .lockedOther && second.hash == first.hash && second.detail == Self.lockedOther)
        #expect(try host.run("probe").report.get().outcome == .lockedOther)
        #expect(try setUp(host, Self.locked(Self.some)).outcome == .active)
        #expect(try host.run("probe").report.get().outcome == .active)
        #expect(host.changes.isEmpty)
    }

    @Test func `a lock that comes later is set, and one that is no longer asked for does not disturb`() throws {
        let host = try Self.plainHost()
        #expect(try setUp(host, Self.some).enabled == 1)
        let locked = try setUp(host, Self.locked(Self.some))
        #expect(locked.outcome == .active && locked.enabled == 2)
        try host.remove("state/calls")
        let report = try setUp(host, Self.some)
        #expect(report.outcome == .active && report.enabled == 2 && host.changes.isEmpty)
    }

    @Test func `rules that somebody deleted or added to are loaded again`() throws {
        let host = try Self.plainHost()
        let first = try setUp(host, Self.some)
        for disturbed in ["No rules\n", "-w /etc/passwd -p wa -k identity\n-a never,task\n"] {
            host.setRules(disturbed)
            #expect(try host.run("probe").report.get().outcome == .inactive)
            #expect(try setUp(host, Self.some) == first)
        }
    }

    @Test func `a rule that is refused fails with its line, never locks, and what was loaded before comes back`() throws {
        let host = try Self.plainHost()
        let before = try setUp(host, Self.some)
        host.write("state/refused", "-w /etc/shadow -p wa -k identity\n")
        let run = try host.run(rules: Self.locked(Self.others))
        let report = try run.report.get()
        #expect(run.exitCode == 1 && report.outcome == .failed && report.enabled == 1 && report.hash == before.hash)
        #expect(
            report.detail == "auditctl -R: -w /etc/shadow -p wa -k identity: Error sending add rule data request (Invalid argument)")
        #expect(!host.changes.contains("auditctl -e 2"))
        // What runs is not what is wanted.
        #expect(try host.run("probe").report.get().outcome == .inactive)
        try host.remove("state/refused")
        #expect(try setUp(host, Self.locked(Self.others)).outcome == .active)
    }

    @Test func `a kernel that does not list what was loaded is not locked`() throws {
        let host = try Self.plainHost()
        host.write("state/forgets", "")
        let run = try host.run(rules: Self.locked(Self.some))
        let report = try run.report.get()
        #expect(run.exitCode == 1 && report.enabled == 1)
        #expect(report.detail == "the kernel lists 0 rules after 1 were loaded")
        #expect(!host.changes.contains { $0.hasPrefix("auditctl -e") })
    }

    @Test func `a load that was interrupted before the lock is finished by the next try`() throws {
        let host = try Self.plainHost()
        _ = try setUp(host, Self.some)
        // Loaded and noted, not locked; then loaded and not noted.
        #expect(try setUp(host, Self.locked(Self.some)).enabled == 2)
        let other = try Self.plainHost()
        _ = try setUp(other, Self.some)
        try other.remove("run/nodeaudit/loaded")
        #expect(try setUp(other, Self.locked(Self.some)).enabled == 2)
    }

    // MARK: Directories

    private static let needy = AuditRules(
        lock: .unlocked,
        rules: [
            AuditRule(name: "a", key: "k", watch: .init(path: "/etc/passwd")),
            AuditRule(name: "b", key: "k", watch: .init(path: "/opt/b/file")),
            AuditRule(name: "c", key: "k", fields: [.init("dir", .equal, "/srv/c")]),
        ])

    @Test func `rules whose directory the node lacks are left out and named, and loaded once it is there`() throws {
        let host = try Self.plainHost()
        let first = try setUp(host, Self.needy)
        #expect(first.outcome == .active && first.rules == 1 && first.detail == "rules left out: 2; this node has no /opt/b /srv/c")
        // By a link that only the host can follow.
        try FileManager.default.createDirectory(at: host.url("data/opt/b"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: host.url("opt").path, withDestinationPath: "/data/opt")
        let second = try setUp(host, Self.needy)
        #expect(second.outcome == .active && second.rules == 2 && second.detail == "rules left out: 1; this node has no /srv/c")
        let locked = try setUp(host, Self.locked(Self.needy))
        try FileManager.default.createDirectory(at: host.url("srv/c"), withIntermediateDirectories: true)
        let third = try setUp(host, Self.locked(Self.needy))
        #expect(third.outcome == .active && third.hash == locked.hash && third.rules == 2)
    }

    @Test func `names of directories are names, whatever the shell thinks of them`() throws {
        let host = try Self.plainHost()
        let odd = ["/opt/~a", "/opt/b%c,d+e@f:g_h-i", "/opt/-n", "/opt/~"]
        let rules = AuditRules(
            lock: .unlocked,
            rules: odd.enumerated().map { AuditRule(name: "r\($0.offset)", key: "k", watch: .init(path: "\($0.element)/x")) }
                + [AuditRule(name: "some", key: "k", watch: .init(path: "/etc/passwd"))])
        let missing = odd.sorted().joined(separator: " ")
        #expect(try setUp(host, rules).detail == "rules left out: 4; this node has no \(missing)")
        for path in odd { try FileManager.default.createDirectory(at: host.url(path), withIntermediateDirectories: true) }
        let report = try setUp(host, rules)
        #expect(report.outcome == .active && report.rules == 5 && report.detail.isEmpty)
    }

    @Test func `a node on which no rule can be loaded is unsupported`() throws {
        let host = try Self.plainHost()
        var rules = Self.needy
        rules.rules.removeFirst()
        let run = try host.run(rules: rules)
        #expect(run.exitCode == 0)
        let report = try run.report.get()
        #expect(report.outcome == .unsupported && report.detail == "no rule can be loaded on this node, which has no /opt/b /srv/c")
        #expect(host.changes.isEmpty)
    }

    // MARK: The two backends, one after the other

    @Test func `from rules to the node's unit and back, while the kernel is open`() throws {
        let host = try HostFixture()
        host.onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit")
        let rules = try setUp(host, Self.some)
        #expect(rules.outcome == .active && rules.unit == .inactive)
        let unit = try host.run().report.get()
        #expect(unit.outcome == .active && unit.unit == .active && unit.rules == 3 && unit.baseline == Self.noRules)
        #expect(try host.run("probe").report.get().outcome == .active)
        #expect(!host.exists("run/nodeaudit/loaded"))
        let again = try setUp(host, Self.some)
        #expect(again.outcome == .active && again.unit == .inactive && again.hash == rules.hash)
        #expect(try host.run("probe").report.get().outcome == .active)
    }

    @Test func `a kernel locked by the one backend is locked with other rules to the other`() throws {
        let unitFirst = try HostFixture()
        #expect(try unitFirst.run().report.get().outcome == .active)
        try unitFirst.remove("state/calls")
        #expect(try setUp(unitFirst, Self.some).outcome == .lockedOther)
        #expect(try unitFirst.run("probe").report.get().outcome == .lockedOther)
        #expect(unitFirst.changes.isEmpty)
        #expect(try unitFirst.run().report.get().outcome == .active)

        let rulesFirst = try HostFixture()
        #expect(try setUp(rulesFirst, Self.locked(Self.some)).outcome == .active)
        try rulesFirst.remove("state/calls")
        #expect(try rulesFirst.run().report.get().outcome == .lockedOther)
        // Even where the unit ran in vain.
        rulesFirst.setUnit(load: "loaded", active: "active")
        #expect(try rulesFirst.run().report.get().outcome == .lockedOther)
        #expect(rulesFirst.changes.isEmpty)
    }

    @Test(arguments: ["/bin/dash", "/bin/bash", "/bin/busybox"])
    func `other shells run it the same`(shell: String) throws {
        guard FileManager.default.isExecutableFile(atPath: shell) else { return }
        let host = try Self.plainHost()
        let reference = try Self.plainHost()
        for rules in [Self.needy, Self.some, Self.locked(Self.others), Self.needy] {
            let report = try host.run(rules: rules, shell: shell).report.get()
            #expect(try report == setUp(reference, rules))
        }
        #expect(try host.run("sweep", shell: shell).report.get() == reference.run("sweep").report.get())
    }
}
