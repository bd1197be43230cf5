import Digests
import Testing

@testable import AuditCore

/// What is rendered, loaded into a real kernel by the real auditctl. Nothing else of the tests uses the kernel's rules.
@Suite(.serialized, .enabled(if: RealKernel.isOffered, Comment(rawValue: RealKernel.notice)))
struct AuditRulesKernelTests {
    private func expectListing(of rules: AuditRules, location: SourceLocation = #_sourceLocation) throws {
        let file = try rules.file(for: .amd64).get()
        let (text, missing) = leavingOutWhatIsMissing(in: file.text)
        let listing = file.listing(without: missing)
        let state = try RealKernel.load(text)
        guard !listing.uncertainties.isEmpty else {
            #expect(listing.differences(from: state.listing) == [], sourceLocation: location)
            #expect(listing.texts.contains(state.listing), sourceLocation: location)
            #expect(listing.digests.contains(SHA256Digest(of: state.listing)), sourceLocation: location)
            return
        }
        // Line by line, but for those that say why they may differ; and each of these does.
        let actual = state.listing.split(separator: "\n").map(String.init)
        #expect(listing.digests.isEmpty && actual.count == listing.lines.count, sourceLocation: location)
        let uncertain = Set(file.rules.filter { !$0.uncertainties.isEmpty || !$0.youngSyscalls.isEmpty }.map(\.listing))
        for (told, printed) in zip(listing.lines, actual) where told != printed {
            #expect(uncertain.contains(told), "\(told) is printed as \(printed)", sourceLocation: location)
        }
    }

    @Test(arguments: AuditPreset.allCases)
    func `the kernel takes every preset and holds what was told beforehand`(preset: AuditPreset) throws {
        // An exclusion alone is not accepted; with it stands a rule.
        let rules = preset == .containerNoise ? [AuditRule(name: "some", key: "some", syscalls: ["reboot"])] : []
        try expectListing(of: AuditRules(lock: .unlocked, presets: [preset], rules: rules))
    }

    @Test func `the kernel takes all presets at once`() throws {
        try expectListing(of: AuditRules(lock: .locked, presets: AuditPreset.allCases))
    }

    @Test func `the kernel takes the settings`() throws {
        let kernel = AuditRules.KernelSettings(backlogLimit: 12345, backlogWaitTime: 60000, rateLimit: 77, failureMode: .silent)
        let file = try AuditRules(presets: [.mounts], kernel: kernel).file(for: .amd64).get()
        let state = try RealKernel.load(file.text)
        #expect(state.setting("backlog_limit") == "12345")
        #expect(state.setting("backlog_wait_time") == "60000")
        #expect(state.setting("rate_limit") == "77")
        #expect(state.setting("failure") == "0")
        #expect(state.setting("enabled") == "0")
    }

    @Test(arguments: AuditRule.List.allCases)
    func `every field with every operator that the tables allow on a list is one that the kernel takes`(list: AuditRule.List) throws {
        var rules = [AuditRule(name: "some", key: "some", syscalls: ["reboot"])]
        for field in AuditField.allCases where field.lists.contains(list) {
            for sign in AuditRule.Operator.allCases where field.operators.contains(sign) {
                // Every value with one operator, one value with every other.
                for value in sign == .equal ? Samples.values(of: field) : Array(Samples.values(of: field).prefix(1)) {
                    let action = list == .exit || list == .exclude ? AuditRule.Action.always : .never
                    rules.append(
                        AuditRule(
                            name: "r\(rules.count)", list: list, action: action, syscalls: list == .exit ? ["execve"] : [],
                            fields: [.init(field.rawValue, sign, value)]))
                }
            }
        }
        #expect(rules.count > 1)
        try expectListing(of: AuditRules(rules: rules))
    }

    @Test func `every comparison of two fields is one that the kernel takes`() throws {
        let comparable = AuditField.allCases.filter(\.isComparable)
        var rules: [AuditRule] = []
        for one in comparable {
            for other in comparable where AuditField.comparison(one, other) != nil {
                for sign in [AuditRule.Operator.equal, .notEqual] {
                    rules.append(
                        AuditRule(
                            name: "r\(rules.count)", key: "k", syscalls: ["execve"], fields: [.init(one.rawValue, sign, other.rawValue)]))
                }
            }
        }
        #expect(rules.count == 100)
        try expectListing(of: AuditRules(rules: rules))
    }

    @Test(arguments: AuditRule.Architecture.allCases)
    func `auditctl knows every system call of the tables by the same name`(abi: AuditRule.Architecture) throws {
        let table = try #require(NodeArchitecture.amd64.syscalls(of: abi))
        let names = table.sorted(table.numbers.keys)
        #expect(names.count > 350)
        let rules = stride(from: 0, to: names.count, by: 100).map {
            AuditRule(name: "r\($0)", key: "k", syscalls: Array(names[$0..<min($0 + 100, names.count)]), architectures: [abi])
        }
        try expectListing(of: AuditRules(rules: rules))
    }

    @Test func `auditctl knows every record type and every error of the tables by the same name`() throws {
        let types = NameTable.messageTypes.numbers.keys.sorted()
        let errors = NameTable.errors.numbers.keys.sorted()
        #expect(types.count > 190 && errors.count > 130)
        let rules =
            types.enumerated().map {
                AuditRule(name: "t\($0.offset)", list: .exclude, fields: [.init("msgtype", .equal, $0.element)])
            }
            + errors.enumerated().map {
                AuditRule(name: "e\($0.offset)", key: "k", syscalls: ["execve"], fields: [.init("exit", .equal, "-" + $0.element)])
            }
        try expectListing(of: AuditRules(rules: rules))
    }

    @Test func `the limits are where the kernel and auditctl have theirs`() throws {
        let pids = (1...61).map { AuditRule.Field("pid", .notEqual, String($0)) }
        let full = AuditRule(name: "full", key: String(repeating: "k", count: 256), syscalls: ["execve"], fields: pids)
        try expectListing(of: AuditRules(rules: [full]))
        let line = try #require(AuditRules(rules: [full]).file(for: .amd64).get().rules.first?.line)
        for (one, message) in [
            // auditctl says why in syslog.
            (line + "k", ""), (line.replacing(" -S", with: " -F pid!=0 -S"), "Too many fields"),
            ("-a always,exit -S all -F exe=/bin/a -F exe=/bin/b", "Invalid argument"),
            ("-a always,exit -S all -F path=/etc/a -F path=/etc/b", "Invalid argument"),
            ("-a always,exit -S all -F path=/etc/a -F inode=5", "Invalid argument"),
            ("-w /etc/a -p wa\n-a always,exit -F path=/etc/a -F perm=wa", "Rule exists"),
        ] {
            let refusal = #expect(throws: RealKernel.Refusal.self) { try RealKernel.load("-D\n\(one)\n-e 1\n") }
            #expect(message.isEmpty || refusal?.description.contains(message) == true, "\(one.prefix(60)): \(refusal?.description ?? "")")
        }
    }

    @Test(arguments: 1...12)
    func `the kernel holds what was told beforehand for rules of any kind`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let rules = (0..<40).map { RandomRules.rule(named: "r\($0)", using: &random) }
        // What the review refuses is another test's matter; what it lets through must load.
        let accepted = rules.filter { AuditRules(presets: [.mounts], rules: [$0]).review().errors.isEmpty }
        #expect(accepted.count > 20)
        try expectListing(of: AuditRules(presets: [.mounts], rules: accepted))
    }
}
