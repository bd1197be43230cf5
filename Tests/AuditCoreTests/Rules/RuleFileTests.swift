import Digests
import FoundationEssentials
import Testing

@testable import AuditCore

/// The file for auditctl: its order, its stability, and what is told of the listing.
struct RuleFileTests {
    private func file(_ rules: AuditRules, for architecture: NodeArchitecture = .amd64) throws -> RuleFile {
        try rules.file(for: architecture).get()
    }

    @Test func `a file clears, sets, excludes, records the specific before the general, and locks last`() throws {
        let rules = AuditRules(
            lock: .locked,
            rules: [
                AuditRule(name: "all", key: "general", syscalls: ["execve"]),
                AuditRule(name: "root", key: "specific", syscalls: ["execve"], fields: [.init("uid", .equal, "0")]),
                AuditRule(name: "runc", action: .never, fields: [.init("exe", .equal, "/usr/bin/runc")]),
                AuditRule(name: "cwd", list: .exclude, fields: [.init("msgtype", .equal, "CWD")]),
                AuditRule(name: "odd", key: "odd", watch: .init(path: "/srv/data", permissions: "xr")),
            ], kernel: .init(backlogLimit: 1000, backlogWaitTime: 5, rateLimit: 6, failureMode: .silent))
        #expect(
            try file(rules).text == """
                # Audit rules for amd64, rendered by nodeaudit from an AuditPolicy. Load with: auditctl -R
                -D
                -b 1000
                --backlog_wait_time 5
                -r 6
                -f 0

                # rule cwd
                -a always,exclude -F msgtype=CWD

                # rule runc
                -a never,exit -S all -F exe=/usr/bin/runc

                # rule odd
                # requires /srv
                -w /srv/data -p rx -k odd

                # rule root
                -a always,exit -F arch=b64 -S execve -F uid=0 -k specific
                -a always,exit -F arch=b32 -S execve -F uid=0 -k specific

                # rule all
                -a always,exit -F arch=b64 -S execve -k general
                -a always,exit -F arch=b32 -S execve -k general

                # lock: Locked
                -e 2

                """)
        #expect(try file(rules, for: .arm64).commands.filter { $0.contains("b32") } == [])
    }

    @Test func `an unlocked file only enables`() throws {
        #expect(try file(AuditRules(lock: .unlocked, presets: [.mounts])).commands.last == "-e 1")
    }

    @Test func `no file can make the kernel panic`() throws {
        for mode in AuditRules.FailureMode.allCases {
            let file = try file(AuditRules(presets: AuditPreset.allCases, kernel: .init(failureMode: mode)))
            #expect(file.commands.filter { $0.hasPrefix("-f") } == [mode == .silent ? "-f 0" : "-f 1"])
        }
    }

    @Test func `a rule stands before every rule that takes its events too, in any order of the policy`() throws {
        var random = SeededGenerator(seed: 7)
        let rules = AuditPreset.allCases.flatMap(\.ownRules).enumerated().map { index, rule in
            var rule = rule
            rule.name = "r\(index)"
            return rule
        }
        for _ in 0..<5 {
            let shuffled = AuditRules(rules: rules.shuffled(using: &random))
            let ordered = try file(shuffled).rules
            for (place, rule) in ordered.enumerated() {
                for later in ordered[(place + 1)...] where rule.action == later.action {
                    #expect(!rule.covers(later), "\(rule.line) stands before \(later.line)")
                }
            }
            let lastExclusion = ordered.lastIndex { $0.list != .exit || $0.action == .never } ?? -1
            let firstRecord = ordered.firstIndex { $0.list == .exit && $0.action == .always } ?? ordered.count
            #expect(lastExclusion < firstRecord)
        }
    }

    @Test func `the digest follows what is loaded and nothing else`() throws {
        let rules = AuditRules(presets: [.timeChange, .mounts])
        let digest = try file(rules).digest
        #expect(try file(rules).digest == digest)
        #expect(try digest == SHA256Digest(of: file(rules).commands.map { $0 + "\n" }.joined()))
        var other = rules
        other.lock = .unlocked
        #expect(try file(other).digest != digest)
        other = rules
        other.kernel.backlogLimit += 1
        #expect(try file(other).digest != digest)
        other = rules
        other.rules = [AuditRule(name: "one", key: "k", syscalls: ["reboot"])]
        let named = try file(other)
        #expect(named.digest != digest)
        other.rules[0].name = "two"
        #expect(try file(other).digest == named.digest && file(other).text != named.text)
    }

    @Test func `the listing tells how auditctl writes what was loaded`() throws {
        let rules = [
            AuditRule(
                name: "a", key: "k", syscalls: ["openat", "open", "openat2"],
                fields: [.init("a1", .anyBit, "0100"), .init("exit", .equal, "-13"), .init("auid", .notEqual, "4294967295")]),
            AuditRule(name: "b", key: "k", syscalls: ["execve"], fields: [.init("euid", .notEqual, "uid"), .init("egid", .equal, "root")]),
            AuditRule(name: "c", key: "k", action: .never, fields: [.init("perm", .equal, "ax"), .init("dir", .equal, "/etc/")]),
            AuditRule(name: "d", list: .exclude, fields: [.init("msgtype", .greater, "1309")]),
            AuditRule(name: "e", list: .user, action: .never, fields: [.init("loginuid", .equal, "4294967290")]),
        ]
        let listing = try file(AuditRules(rules: rules), for: .arm64).listing()
        #expect(
            listing.lines == [
                "-a never,user -F auid=-6", "-w /etc -p xa -k k",
                "-a always,exit -F arch=b64 -S openat,openat2 -F a1&0x40 -F exit=-EACCES -F auid!=-1 -F key=k",
                "-a always,exit -F arch=b64 -S execve -C uid!=euid -F egid=0 -F key=k", "-a always,exclude -F msgtype>EXECVE",
            ])
        #expect(listing.uncertainties == [])
        // openat2 is a number to auditctl before 3.0.1.
        let old = listing.text.replacing("openat2", with: "437")
        #expect(listing.texts == [listing.lines.map { $0 + "\n" }.joined(), old])
        #expect(listing.digests == listing.texts.map { SHA256Digest(of: $0) })
        #expect(listing.differences(from: old) == [])
        #expect(listing.differences(from: listing.text) == [])
        #expect(listing.differences(from: "No rules\n").count == 5)
        #expect(listing.differences(from: listing.text + "-w /x -p r\n") == ["+ -w /x -p r"])
        #expect(listing.differences(from: listing.lines.reversed().joined(separator: "\n")) == ["the same rules in another order"])
    }

    @Test func `system calls that some auditctl does not know by name are given by number`() throws {
        let rule = AuditRule(name: "a", key: "k", syscalls: ["fchmodat2", "fchmodat", "openat2", "pread64", "fstat"])
        let file = try file(AuditRules(rules: [rule]), for: .arm64)
        #expect(
            file.text.contains(
                "\n# 437 is openat2\n# 452 is fchmodat2\n-a always,exit -F arch=b64 -S fchmodat,pread,newfstat,437,452 -k k\n"))
        #expect(
            file.listing().texts.map { $0.split(separator: " ")[5] } == [
                "fchmodat,pread,newfstat,openat2,fchmodat2", "fchmodat,pread,newfstat,openat2,452", "fchmodat,pread,newfstat,437,452",
            ])
    }

    @Test(arguments: [
        AuditRule.Field("uid", .equal, "daemon"), .init("gid", .equal, "audio"), .init("exe", .notEqual, "/bin/sh"),
        .init("perm", .equal, "x"),
    ])
    func `what each node or auditctl decides by itself makes no digest`(field: AuditRule.Field) throws {
        let rule = AuditRule(name: "a", key: "k", syscalls: ["execve"], fields: [field])
        let listing = try file(AuditRules(rules: [rule])).listing()
        #expect(listing.digests.isEmpty && listing.uncertainties.count == 1)
    }

    @Test func `rules whose directory a node lacks are not in its listing`() throws {
        let file = try file(
            AuditRules(rules: [
                AuditRule(name: "a", key: "k", watch: .init(path: "/opt/x/y")),
                AuditRule(name: "b", key: "k", watch: .init(path: "/etc/y")),
                AuditRule(name: "c", key: "k", fields: [.init("dir", .equal, "/opt/z")]),
                AuditRule(name: "d", key: "k", syscalls: ["execve"], fields: [.init("exe", .equal, "/usr/local/bin/q")]),
            ]))
        #expect(file.rules.flatMap(\.requiredDirectories).sorted() == ["/opt/x", "/opt/z", "/usr/local/bin", "/usr/local/bin"])
        #expect(
            file.listing(without: ["/opt/x", "/usr/local/bin"]).lines == [
                "-w /etc/y -p wa -k k", "-a always,exit -S all -F dir=/opt/z -F key=k",
            ])
    }

    @Test func `the block is read as the API writes it, and its defaults are the API's`() throws {
        let text = """
            {"lock":"Unlocked","presets":["CIS","PCIDSS"],"kernel":{"backlogLimit":9000,"failureMode":"Silent"},"rules":[
            {"name":"a","key":"k","list":"exit","action":"always","syscalls":["execve"],"architectures":["b64","b32"],
            "fields":[{"field":"auid","operator":">=","value":"1000"}]},{"name":"w","key":"k","watch":{"path":"/etc/x","permissions":"rwa"}}]}
            """
        let rules = try JSONDecoder().decode(AuditRules.self, from: Data(text.utf8))
        var expected = AuditRules(lock: .unlocked, presets: [.cis, .pciDSS], kernel: .init(backlogLimit: 9000, failureMode: .silent))
        expected.rules = [
            AuditRule(
                name: "a", key: "k", syscalls: ["execve"], architectures: [.b64, .b32], fields: [.init("auid", .greaterOrEqual, "1000")]),
            AuditRule(name: "w", key: "k", watch: .init(path: "/etc/x", permissions: "rwa")),
        ]
        #expect(rules == expected)
        #expect(try JSONDecoder().decode(AuditRules.self, from: JSONEncoder().encode(rules)) == rules)
        let empty = try JSONDecoder().decode(AuditRules.self, from: Data("{}".utf8))
        #expect(empty == AuditRules() && empty.lock == .locked && empty.kernel.backlogLimit == 8192 && empty.kernel.failureMode == .log)
    }
}
