import Digests
import Foundation
import KubeCore
import Testing

@testable import AuditCore

/// Samples, and the set-up script with Debian's own auditctl in its chroot, on a real kernel. In the suite of the other tests that use
/// the kernel's rules, so that there is one at a time.
extension AuditRulesKernelTests {
    @Test func `the kernel takes the rules of each sample`() throws {
        for (file, policy) in try SamplePolicy.withRules() {
            let text = try #require(policy.rendered().configMap.data?["audit.rules.amd64"])
            let (loadable, _) = leavingOutWhatIsMissing(in: try withTheLockLast(text))
            #expect(try RealKernel.load(loadable).listing.split(separator: "\n").count > 50, "\(file)")
        }
    }

    /// What follows the lock is comments.
    private func withTheLockLast(_ text: String) throws -> String {
        let lines = text.split(separator: "\n").map(String.init)
        let lock = try #require(lines.lastIndex { $0.hasPrefix("-e ") })
        #expect(lines[(lock + 1)...].allSatisfy { $0.hasPrefix("#") })
        return lines[...lock].joined(separator: "\n")
    }

    private static let rules = AuditRules(
        lock: .unlocked, presets: [.mounts, .timeChange],
        rules: [AuditRule(name: "app", key: "app", watch: .init(path: "/opt/app/config"))], kernel: .init(backlogLimit: 9000))

    private func realHost() throws -> HostFixture {
        let host = try HostFixture()
        try host.remove("usr/sbin/systemctl")
        try host.remove("usr/sbin/auditctl")
        try host.copy("auditctl")
        return host
    }

    @Test func `the script loads rules, verifies them, changes them in place and takes them back`() throws {
        let before = try RealKernel.auditctl(["-s"]).output
        let host = try realHost()
        let reports = Swift.Result { () throws -> [NodeReport] in
            var other = Self.rules
            other.presets = [.mounts]
            other.kernel.failureMode = .silent
            return try [
                host.run(rules: Self.rules), host.run("probe"), host.run(rules: Self.rules), host.run(rules: other), host.run("probe"),
                host.run("sweep"),
            ].map { try $0.report.get() }
        }
        let after = try RealKernel.auditctl(["-s"]).output
        let listing = try RealKernel.auditctl(["-l"]).output
        try RealKernel.putBack(before)
        let (setup, probe, again, changed, probed, swept) = try reports.get().six
        #expect(setup.outcome == .active && setup.enabled == 1 && setup.backlogLimit == 9000 && setup.failure == 1)
        #expect(setup.detail == "rules left out: 1; this node has no /opt/app")
        let told = try Self.rules.file(for: .amd64).get().listing(without: ["/opt/app"])
        #expect(told.digests.map(\.hex).contains(setup.hash) && setup.rules == told.lines.count)
        #expect(probe.outcome == .active && probe.hash == setup.hash && again.hash == setup.hash)
        #expect(changed.outcome == .active && changed.hash != setup.hash && changed.failure == 0 && probed.outcome == .active)
        #expect(swept.outcome == .inactive && swept.hash == swept.baseline && swept.rules == 0 && swept.enabled == 0)
        #expect(listing == "No rules\n")
        for name in ["enabled", "backlog_limit", "failure", "rate_limit", "backlog_wait_time"] {
            #expect(RealKernel.value(of: name, in: after) == RealKernel.value(of: name, in: before), "\(name)")
        }
    }

    @Test func `the script names the line that a real auditctl refuses`() throws {
        let before = try RealKernel.auditctl(["-s"]).output
        let host = try realHost()
        // The directory that the file says it requires is there, and the one of its rule is not.
        try FileManager.default.createDirectory(at: host.url("nodeaudit-no-such/app"), withIntermediateDirectories: true)
        let rules = AuditRules(
            lock: .unlocked, rules: [AuditRule(name: "app", key: "app", fields: [.init("dir", .equal, "/nodeaudit-no-such/app")])])
        var files = try rules.files
        for (name, text) in files { files[name] = text.replacing("dir=/nodeaudit-no-such/app", with: "dir=/nodeaudit-elsewhere") }
        let directory = host.url("state/files")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: directory.appending(path: name)) }
        let run = Swift.Result { try host.run(rules: rules, environment: ["NODEAUDIT_RULES_DIR": directory.path]) }
        try RealKernel.putBack(before)
        let report = try run.get().report.get()
        #expect(try run.get().exitCode == 1)
        #expect(
            report.detail == "auditctl -R: -a always,exit -F dir=/nodeaudit-elsewhere -k app: "
                + "Error sending add rule data request (No such file or directory)")
    }
}

extension [NodeReport] {
    fileprivate var six: (NodeReport, NodeReport, NodeReport, NodeReport, NodeReport, NodeReport) {
        get throws {
            try #require(count == 6)
            return (self[0], self[1], self[2], self[3], self[4], self[5])
        }
    }
}
