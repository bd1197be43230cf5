import Digests
import Testing

@testable import AuditCore

/// The presets: complete, documented, right on each architecture, and not changed by accident.
struct AuditPresetTests {
    private func file(_ preset: AuditPreset, for architecture: NodeArchitecture) throws -> RuleFile {
        // An exclusion alone is no policy.
        let rules = preset == .containerNoise ? [AuditRule(name: "some", key: "some", syscalls: ["reboot"])] : []
        return try AuditRules(lock: .unlocked, presets: [preset], rules: rules).file(for: architecture).get()
    }

    @Test func `every name of the API is there`() {
        let names = Set(AuditPreset.allCases.map(\.rawValue))
        #expect(
            names.isSuperset(of: [
                "ProcessExecution", "Sockets", "SocketOptions", "MemoryMapping", "NetworkConnections", "UserLogins", "Sessions",
                "AuditConfiguration", "AppArmor", "KernelModules", "TimeChange", "IdentityFiles", "Privileged", "ContainerNoise",
                "GKEDefault", "CIS", "STIG", "PCIDSS",
            ]))
    }

    @Test(arguments: AuditPreset.allCases)
    func `each says what it records and what it costs, and has no findings`(preset: AuditPreset) {
        #expect(preset.summary.hasSuffix(".") && preset.summary.count > 30)
        #expect(preset.costNote.hasSuffix("."))
        #expect(!preset.rules.isEmpty && preset.components.allSatisfy { !$0.isComposition })
        for rule in preset.rules {
            var check = RuleCheck(path: "p")
            #expect(check.checked(rule, from: .preset(preset)) != nil)
            let isKept = rule.list == .exclude || rule.action == .never
            #expect(isKept ? check.findings.filter { $0.severity == .error } == [] : check.findings == [], "\(rule)")
        }
    }

    @Test(arguments: AuditPreset.allCases, NodeArchitecture.allCases)
    func `each has the system calls that the architecture has, and only those`(preset: AuditPreset, node: NodeArchitecture) throws {
        let file = try file(preset, for: node)
        for rule in file.rules {
            guard let abi = rule.architecture else { continue }
            let table = try #require(node.syscalls(of: abi))
            #expect(rule.syscalls?.allSatisfy(table.contains) == true)
        }
        if node == .arm64 {
            let missing: Set = ["open", "creat", "unlink", "rmdir", "rename", "chmod", "chown", "lchown", "stime", "socketcall", "mmap2"]
            #expect(file.rules.allSatisfy { missing.isDisjoint(with: $0.syscalls ?? []) && $0.architecture != .b32 })
        }
    }

    @Test(arguments: AuditPreset.allCases)
    func `each audits 32-bit programs on amd64 as it does 64-bit ones`(preset: AuditPreset) throws {
        let rules = try file(preset, for: .amd64).rules
        for native in rules where native.architecture == .b64 {
            #expect(rules.contains { $0.architecture == .b32 && $0.key == native.key }, "\(native.line)")
        }
    }

    @Test func `no preset repeats a rule of itself, and no rule of one hides another of it`() {
        for preset in AuditPreset.allCases where !preset.isComposition {
            for node in NodeArchitecture.allCases {
                let rules = preset.ownRules.compactMap { rule -> CheckedRule? in
                    var check = RuleCheck(path: "p")
                    return check.checked(rule, from: .preset(preset))
                }
                #expect(RuleOrder(rules.flatMap { $0.kernelRules(on: node) }).duplicates.isEmpty, "\(preset)")
            }
        }
    }

    @Test func `presets of different purpose keep their keys where they meet`() throws {
        let lines = try file(.cis, for: .amd64).commands
        for key in ["identity", "login-configuration", "execpriv", "user_emulation", "session-command", "audit-netlink"] {
            #expect(lines.contains { $0.hasSuffix("-k \(key)") }, "\(key)")
        }
        // Where a person's program runs with more rights than the person, that is what its key says.
        let rank = ["execpriv", "user_emulation", "session-command"].compactMap { key in lines.firstIndex { $0.hasSuffix("-k \(key)") } }
        #expect(rank.count == 3 && rank == rank.sorted())
        // The password history lies in a directory that is watched as well.
        let history = try #require(lines.firstIndex { $0.contains("/etc/security/opasswd") })
        let directory = try #require(lines.firstIndex { $0 == "-w /etc/security -p wa -k login-configuration" })
        #expect(history < directory)
    }

    @Test(arguments: NodeArchitecture.allCases)
    func `GKEDefault has a rule for each event that Google's page lists`(node: NodeArchitecture) throws {
        let rules = try file(.gkeDefault, for: node).rules
        func records(_ call: String) -> Bool {
            node.abis.allSatisfy { abi in
                rules.contains { $0.architecture == abi && $0.action == .always && $0.syscalls?.contains(call) == true }
            }
        }
        for call in ["execve", "execveat", "socket", "setsockopt", "mmap", "connect", "accept4"] { #expect(records(call), "\(call)") }
        for watch in ["/etc/audit", "/etc/apparmor.d", "/run/utmp", "/var/log/wtmp", "/var/log/lastlog", "/etc/ssh"] {
            #expect(rules.contains { $0.watch == watch }, "\(watch)")
        }
        #expect(rules.contains { $0.line.contains("-S ioctl -F a1=0x540e") })
        // Nothing is dropped: AVC, CONFIG_CHANGE, USER_LOGIN and TTY records come without a rule.
        #expect(rules.allSatisfy { $0.list == .exit && $0.action == .always })
    }

    @Test(arguments: [AuditPreset.gkeDefault, .cis, .stig, .pciDSS])
    func `a composition has every rule of its components, by itself or by a wider one`(preset: AuditPreset) throws {
        let rules = try file(preset, for: .amd64).rules
        for part in preset.components {
            for rule in try file(part, for: .amd64).rules { #expect(rules.contains { $0.covers(rule) }, "\(rule.line)") }
        }
    }

    @Test(arguments: [AuditPreset.cis, .stig, .pciDSS])
    func `compliance sets have what scanners look for`(preset: AuditPreset) throws {
        let text = try file(preset, for: .amd64).listing().text
        for part in [
            "-w /etc/passwd -p wa", "-w /etc/shadow -p wa", "-w /etc/sudoers -p wa", "-w /etc/localtime -p wa", "-w /var/log/wtmp -p wa",
            "-a always,exit -F arch=b64 -S adjtimex,settimeofday", "-a always,exit -F arch=b32 -S stime,settimeofday,adjtimex",
            "-a always,exit -F arch=b64 -S clock_settime -F a0=0x0",
            "-S open,truncate,ftruncate,creat,openat,open_by_handle_at,openat2 -F exit=-EACCES",
            "-S all -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=-1", "finit_module", "delete_module", "-C uid!=euid -F euid=0",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.contains("-F auid!=-1 -F key=perm_mod") == (preset != .pciDSS))
    }

    /// Each digest is what locked nodes run. One that changes rolls or recreates every node with the preset: say so in the changelog.
    @Test(arguments: AuditPreset.allCases)
    func `what presets load does not change by accident`(preset: AuditPreset) throws {
        let digests = try NodeArchitecture.allCases.map { try String(file(preset, for: $0).digest.hex.prefix(16)) }
        #expect(Self.digests[preset] == digests, "\(preset)")
    }

    private static let digests: [AuditPreset: [String]] = [
        .accessDenied: ["c03c209af76b1be4", "714a47a8a103aed2"],
        .administratorCommands: ["e044ad212eb13704", "7dad40557d1fe9d1"],
        .appArmor: ["5c89d9325a079dfe", "5c89d9325a079dfe"],
        .auditConfiguration: ["8be19b26c368b65a", "dab2bf724a563891"],
        .cis: ["48a78fd4ef53c665", "5e81a4cf301da746"],
        .containerNoise: ["9f20d0b2a5010ece", "1420d685a824f128"],
        .fileDeletion: ["1f0e28bd4af41d52", "65818259ae65fe17"],
        .gkeDefault: ["2ffcee27aa48a6a1", "3a5e175c197821a6"],
        .identityFiles: ["9fe41e165010c9ea", "9fe41e165010c9ea"],
        .kernelModules: ["bb495edd62bc6c4c", "28131da68dcce990"],
        .memoryMapping: ["3bda9dfd54be3aaa", "a12835865306fdc0"],
        .mounts: ["c85a149826742017", "9e817ab210d150bf"],
        .networkConnections: ["4ac96d7d85ef55ed", "2f5aed822d94ff06"],
        .networkEnvironment: ["ca597f1be723a331", "b4f91fa79853b1c0"],
        .pciDSS: ["9c52761b1f609d21", "abacb1def9c5e690"],
        .permissionChanges: ["cde0ae37bc2fd9b9", "ba6551eaeb976750"],
        .privileged: ["e83d1e730c5dd95f", "77e77bb6c29fdec9"],
        .processExecution: ["94a493934e1716db", "dacefcbe5aaa247b"],
        .sessions: ["38d08216bb038076", "2f0a1ef129b28d7d"],
        .socketOptions: ["4020528f0059bfbc", "b1b0328e7f4972d1"],
        .sockets: ["1d70634f914b4cf3", "d842ab441653349c"],
        .stig: ["d47b13e50baa3805", "24926cf3d67354cf"],
        .timeChange: ["77f2bda3e5ae9fc2", "0c3b29e6fdbdee5f"],
        .userEmulation: ["e973cbd8eb8a6ebc", "16be2405b869257d"],
        .userLogins: ["9e26447ef3aeea10", "9e26447ef3aeea10"],
    ]
}
