import AuditCore
import Foundation
import Testing

/// Whatever the host's programs print, the report is valid JSON of at most 1,024 bytes.
struct HostileHostTests {
    private static let texts: [(name: String, bytes: [UInt8])] = [
        ("quotes and backslashes", Array(#"","outcome":"Active","x":"\" \\ \u0041 ' $(reboot) `id` %s %n"#.utf8)),
        ("control characters", Array(0...31) + [127] + Array("tail".utf8)),
        ("bytes that are no UTF-8", Array(128...255) + Array("tail".utf8)),
        ("many lines", Array(String(repeating: "one line of many\n", count: 5_000).utf8)),
        ("one long line", Array(repeating: UInt8(ascii: "x"), count: 100_000)),
        ("more than is read", Array(repeating: UInt8(ascii: "y"), count: 1_500_000)),
        ("long words of other scripts", Array(String(repeating: "审计日志", count: 400).utf8)),
        ("spaces", Array(repeating: UInt8(ascii: " "), count: 3_000)),
        ("nothing", []),
        ("directions of text", Array("\u{202E}evil\u{2028}\u{FEFF}".utf8)),
    ]

    private func check(_ run: HostFixture.Run, _ name: String) throws -> NodeReport {
        #expect(run.message.count <= 1_024, "\(name)")
        #expect(run.message.allSatisfy { (0x20...0x7E).contains($0) }, "\(name)")
        #expect(run.leftovers.isEmpty, "\(name)")
        return try run.report.get()
    }

    @Test(arguments: texts.indices)
    func `what a failing unit says cannot break the report`(index: Int) throws {
        let host = try HostFixture()
        host.write("state/said", Self.texts[index].bytes)
        host.onStart("cat /state/said >&2; exit 1")
        let run = try host.run()
        let report = try check(run, Self.texts[index].name)
        #expect(report.outcome == .failed && run.exitCode == 1)
        #expect(report.detail.hasPrefix("systemctl start cloud-audit-setup.service ended with"))
    }

    @Test(arguments: texts.indices, ["state/status", "state/unit", "state/auditctl-broken", "state/systemctl-broken", "etc/os-release"])
    func `nonsense from a program is a failure or no support, never a claim`(index: Int, file: String) throws {
        let host = try HostFixture()
        host.write(file, Self.texts[index].bytes)
        let report = try check(try host.run(), "\(file): \(Self.texts[index].name)")
        #expect(report.outcome == .failed || report.outcome == .unsupported)
        #expect(host.changes.isEmpty)
    }

    @Test(arguments: texts.indices)
    func `rules in any form are counted and hashed, or cannot be read`(index: Int) throws {
        let host = try HostFixture()
        host.write("state/unit-rules", Self.texts[index].bytes)
        let report = try check(try host.run(), Self.texts[index].name)
        switch report.outcome {
        case .active: #expect(report.rules > 0 && report.hash.count == 64)
        default: #expect(report.outcome == .failed && report.detail.utf8.count > 10)
        }
    }

    @Test func `a flood of rules is cut off before it fills the node's memory`() throws {
        let host = try HostFixture()
        host.setRules(String(repeating: "-w /etc/passwd -p wa -k identity\n", count: 100_000))
        let report = try check(try host.run("probe"), "flood")
        #expect(report.outcome == .failed && report.detail.hasPrefix("auditctl -l:"))
    }

    @Test(
        arguments: [
            "enabled 3\n", "enabled -1\n", "enabled 1x\n", "enabled 99999999999999999999\n", "enabled\n1\n2\n", "disabled 1\n",
            "enabled 01 \u{0}\n", "xenabled 1\n",
        ])
    func `a state of the kernel that is none is never believed`(status: String) throws {
        let host = try HostFixture()
        host.write("state/status", status)
        let report = try check(try host.run(), status)
        // `enabled` on a line of its own and 01 are the numbers they seem to be; the others are nothing.
        if status.hasPrefix("enabled\n1") || status.hasPrefix("enabled 01") {
            #expect(report.outcome == .active)
        } else {
            #expect(report.outcome == .failed && report.detail.hasPrefix("auditctl -s says no enabled"))
        }
    }

    @Test func `numbers that are too large are left out rather than passed on`() throws {
        let host = try HostFixture()
        host.onStart("cat /state/unit-rules >/state/rules; printf 'LoadState=loaded\\nActiveState=active\\n' >/state/unit")
        host.write("state/status", "enabled 1\nfailure 77\nbacklog_limit 000123\nlost 123456789012345678901234567890\n")
        let report = try host.run().report.get()
        #expect(report.outcome == .active)
        #expect(report.failure == 0 && report.backlogLimit == 123 && report.lost == 0)
    }

    @Test(
        arguments: [
            "", "garbage\n", "5d58bfe7-6aee-4651-857b-5b413ec41536\n", "5d58bfe7-6aee-4651-857b-5b413ec41536 abc\n",
            "00000000-0000-0000-0000-000000000000 \(String(repeating: "a", count: 64))\n",
            "5d58bfe7-6aee-4651-857b-5b413ec41536 \(String(repeating: "Z", count: 64))\n",
        ])
    func `a baseline that is damaged or of another boot is noted anew`(note: String) throws {
        let host = try HostFixture()
        try FileManager.default.createDirectory(at: host.url("run/nodeaudit"), withIntermediateDirectories: true)
        host.write("run/nodeaudit/baseline", note)
        let report = try host.run().report.get()
        #expect(report.outcome == .active)
        #expect(host.read("run/nodeaudit/baseline") == "\(host.bootID) \(report.baseline)\n")
        let notes = try FileManager.default.contentsOfDirectory(atPath: host.url("run/nodeaudit").path)
        #expect(notes.sorted() == ["baseline", "settings", "wanted"])
    }

    @Test(arguments: ["", "not-a-boot-id", "5d58bfe7\"; rm -rf /"])
    func `a kernel without a boot id gives a report that fits no node`(text: String) throws {
        let host = try HostFixture()
        host.write("boot_id", text)
        let run = try host.run()
        #expect(try run.report.get().boot == "unknown")
        #expect(run.exitCode == 1)
        #expect(host.changes.isEmpty)
    }
}
