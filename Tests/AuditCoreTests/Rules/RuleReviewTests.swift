import Testing

@testable import AuditCore

/// What the review says of rules, with the place of each problem.
struct RuleReviewTests {
    private static let place = "spec.audit.auditRules.rules[0]"

    private func findings(_ rules: AuditRule..., presets: [AuditPreset] = [], onCOS: Bool = true) -> [String] {
        AuditRules(presets: presets, rules: rules).review(includesContainerOptimizedOS: onCOS).findings.map(\.description)
    }

    private func errors(_ rules: AuditRule...) -> [String] {
        AuditRules(rules: rules).review().errors.map(\.description).map { $0.replacing("spec.audit.auditRules.", with: "") }
    }

    private func rule(
        key: String? = "k", list: AuditRule.List = .exit, action: AuditRule.Action = .always, _ syscalls: [String] = ["reboot"],
        _ fields: AuditRule.Field...
    ) -> AuditRule {
        AuditRule(name: "r", key: key, list: list, action: action, syscalls: syscalls, fields: fields)
    }

    @Test func `a good rule is good without a word`() {
        #expect(findings(rule()) == [])
        #expect(findings(AuditRule(name: "r", key: "k", watch: .init(path: "/etc/passwd"))) == [])
        #expect(findings(rule(["execve", "execveat"], .init("auid", .greaterOrEqual, "1000"), .init("auid", .notEqual, "unset"))) == [])
    }

    @Test func `nothing to load is an error`() {
        #expect(AuditRules().review().errors.map(\.path) == ["spec.audit.auditRules"])
        #expect(AuditRules(presets: [.containerNoise]).review().errors.map(\.path) == ["spec.audit.auditRules"])
        #expect(AuditRules(presets: [.containerNoise, .mounts]).review().findings == [])
    }

    @Test func `a system call that no architecture has is an error with its place`() {
        #expect(errors(rule(["reboot", "opne"])) == [#"rules[0].syscalls[1]: no system call "opne""#])
        #expect(errors(rule(["59"])) == ["rules[0].syscalls[0]: write the name: a number means another call on each ABI"])
        #expect(errors(rule(["reboot", "reboot"])) == [#"rules[0].syscalls[1]: "reboot" is named twice"#])
        #expect(errors(rule(["all", "reboot"])) == ["rules[0].syscalls[0]: all stands alone"])
    }

    @Test func `a system call that one architecture lacks is a warning`() {
        let people = [AuditRule.Field("exit", .equal, "-EACCES"), .init("auid", .greaterOrEqual, "1000")]
        #expect(
            findings(AuditRule(name: "r", key: "k", syscalls: ["open", "close_range"], fields: people))
                == ["warning: \(Self.place).syscalls[0]: arm64 has no open; openat does the same there"])
        #expect(findings(AuditRule(name: "r", key: "k", syscalls: ["open", "openat"], fields: people)) == [])
        #expect(
            findings(rule(["iopl", "reboot"]))
                == ["warning: \(Self.place).syscalls[0]: arm64 has no iopl; the rule loads there without it"])
        #expect(
            findings(rule(["stime"]))
                == ["warning: \(Self.place): loads nothing on arm64: it has none of the rule's system calls or ABIs"])
        var only32 = rule(["reboot"])
        only32.architectures = [.b32]
        #expect(findings(only32) == ["warning: \(Self.place): loads nothing on arm64: it has none of the rule's system calls or ABIs"])
    }

    @Test func `a rule for 64-bit programs alone is warned of, unless another does the same for 32-bit ones`() {
        var native = rule(["reboot"])
        native.architectures = [.b64]
        let warning = "warning: \(Self.place).architectures: 32-bit programs on amd64 are not audited: add b32, or leave architectures away"
        #expect(findings(native) == [warning])
        var twin = native
        twin.name = "twin"
        twin.architectures = [.b32]
        #expect(!findings(native, twin).contains(warning))
        twin.syscalls = ["sync"]
        #expect(findings(native, twin).contains(warning))
        twin.syscalls = ["reboot"]
        twin.fields = [.init("uid", .equal, "0")]
        #expect(findings(native, twin).contains(warning))
        native.action = .never
        #expect(!findings(native, rule(["sync"])).contains(warning))
    }

    @Test func `what 32-bit programs call instead is named, unless a rule has it`() {
        let fields = [AuditRule.Field("auid", .greaterOrEqual, "1000")]
        let chown = AuditRule(name: "r", key: "k", syscalls: ["fchown"], fields: fields)
        #expect(findings(chown) == ["warning: \(Self.place).syscalls[0]: 32-bit programs on amd64 call fchown32 instead"])
        var both = chown
        both.syscalls = ["fchown", "fchown32"]
        #expect(!findings(both).contains { $0.contains("instead") })
        #expect(
            findings(AuditRule(name: "r", key: "k", syscalls: ["setsockopt"], fields: fields))
                == ["warning: \(Self.place).syscalls[0]: 32-bit programs on amd64 call socketcall instead"])
    }

    @Test func `duplicates are named with what becomes of them`() {
        let one = AuditRule(name: "one", key: "a", syscalls: ["reboot"])
        let other = AuditRule(name: "other", key: "b", syscalls: ["reboot"])
        #expect(
            findings(one, other) == [
                "warning: spec.audit.auditRules.rules[1]: matches exactly what rules[0] does and is left out; only the key a is recorded"
            ])
        #expect(errors(one, one) == [#"rules[1].name: another rule is named "one""#])
        let watch = AuditRule(name: "watch", key: "a", watch: .init(path: "/etc/x/", permissions: "aw"))
        let same = AuditRule(name: "same", key: "a", fields: [.init("perm", .equal, "wa"), .init("path", .equal, "/etc/x")])
        #expect(findings(watch, same) == ["warning: spec.audit.auditRules.rules[1]: matches exactly what rules[0] does and is left out"])
        // The policy's own rule stands for a preset's, with its own key, and says nothing.
        let own = AuditRule(name: "own", key: "mine", watch: .init(path: "/etc/passwd"))
        #expect(findings(own, presets: [.identityFiles]) == [])
        let file = AuditRules(presets: [.identityFiles], rules: [own]).review().file(for: .amd64)
        #expect(file?.commands.filter { $0.contains("/etc/passwd") } == ["-w /etc/passwd -p wa -k mine"])
    }

    @Test func `a rule that can never decide is named with what stands before it`() {
        let never = AuditRule(name: "never", action: .never, fields: [.init("uid", .equal, "5")])
        let shadowed = AuditRule(name: "shadowed", key: "k", syscalls: ["reboot"], fields: [.init("uid", .equal, "5")])
        #expect(
            findings(shadowed, never) == ["warning: \(Self.place): never decides anything: rules[1] excludes all that it matches"])
        let general = AuditRule(name: "general", key: "k", syscalls: ["reboot"])
        #expect(
            findings(shadowed, general)
                == ["warning: \(Self.place): changes nothing: rules[1] records all that it matches, with the same key"])
        let named = AuditRule(name: "named", key: "other", syscalls: ["reboot"], fields: [.init("uid", .equal, "5")])
        #expect(findings(named, general) == [])
        let tree = AuditRule(name: "tree", key: "k", watch: .init(path: "/etc/x"))
        let below = AuditRule(name: "below", key: "k", watch: .init(path: "/etc/x/y"))
        let beside = AuditRule(name: "beside", key: "k", watch: .init(path: "/etc/xy"))
        #expect(findings(below, beside, tree).map { $0.prefix(44) } == ["warning: spec.audit.auditRules.rules[0]: cha"])
    }

    @Test func `paths that Container-Optimized OS does not have are warned of where it is selected`() {
        let watch = AuditRule(name: "r", key: "k", watch: .init(path: "/etc/cron.d/x"))
        #expect(
            findings(watch) == [
                "warning: \(Self.place).watch.path: Container-Optimized OS has no /etc/cron.d/x: there the rule never matches"
            ])
        #expect(findings(watch, onCOS: false) == [])
        let directory = AuditRule(name: "r", key: "k", fields: [.init("dir", .equal, "/etc/selinux"), .init("perm", .equal, "wa")])
        #expect(
            findings(directory) == [
                "warning: \(Self.place).fields: Container-Optimized OS has no /etc/selinux: there the kernel refuses the rule"
            ])
        #expect(findings(AuditRule(name: "r", key: "k", watch: .init(path: "/etc/cron.data"))) == [])
    }

    @Test func `a rule without a key and one of a high cost are warned of`() {
        #expect(findings(rule(key: nil)) == ["warning: \(Self.place).key: without a key its records are hard to find"])
        #expect(
            findings(rule(["getpid"]))
                == ["warning: \(Self.place): high cost: records frequent system calls without a condition that keeps most of them out"])
        #expect(
            findings(rule([], .init("uid", .equal, "0")))
                == ["warning: \(Self.place): high cost: records every system call without a condition that keeps most of them out"])
    }

    @Test func `keys are bounded and plain`() {
        #expect(errors(rule(key: String(repeating: "k", count: 256))) == [])
        #expect(
            errors(rule(key: String(repeating: "k", count: 257))) == ["rules[0].key: the key has 257 bytes; the kernel takes 256"])
        #expect(errors(rule(key: "a b")).count == 1)
        #expect(errors(rule(key: "")).count == 1)
        #expect(
            errors(rule(list: .exclude, [], .init("msgtype", .equal, "CWD")), rule()).first
                == "rules[0].key: rules of the list exclude have no key")
    }

    @Test func `too many fields, exe twice and two places are errors`() {
        let many = (1...63).map { AuditRule.Field("pid", .notEqual, String($0)) }
        var wide = rule()
        wide.fields = many
        #expect(errors(wide) == ["rules[0].fields: 65 fields with architecture and key; auditctl takes 63"])
        #expect(
            errors(rule([], .init("exe", .equal, "/bin/a"), .init("exe", .equal, "/bin/b")))
                == ["rules[0].fields[1].field: exe is there already; the kernel takes it once a rule"])
        #expect(
            errors(rule([], .init("path", .equal, "/bin/a"), .init("inode", .notEqual, "5")))
                == ["rules[0].fields[1].field: a rule has one of path, dir and inode, and that once"])
        #expect(
            errors(rule(["reboot"], .init("uid", .equal, "1"), .init("uid", .equal, "2")))
                == ["rules[0].fields[1].value: uid cannot have two values: the rule would never match"])
        #expect(
            errors(rule(["reboot"], .init("uid", .equal, "16"), .init("uid", .equal, "0x10")))
                == ["rules[0].fields[1]: the same condition is there already"])
    }

    @Test func `fields, operators and values that auditctl or the kernel would refuse or misread are errors`() {
        func problem(_ field: String, _ sign: AuditRule.Operator, _ value: String, on list: AuditRule.List = .exit) -> String {
            let one = rule(
                key: nil, list: list, action: list == .exit ? .always : .never, list == .exit ? ["reboot"] : [], .init(field, sign, value))
            return errors(one, AuditRule(name: "good", key: "k", syscalls: ["reboot"])).joined(separator: "\n")
                .replacing("rules[0].fields[0].", with: "")
        }
        #expect(problem("colour", .equal, "5") == #"field: auditctl knows no field "colour""#)
        #expect(problem("arch", .equal, "b64").hasPrefix("field: arch is not a field here"))
        #expect(problem("key", .equal, "b64").hasPrefix("field: key is not a field here"))
        #expect(problem("msgtype", .equal, "CWD").hasPrefix("field: the list exit cannot filter by msgtype, only by pid, "))
        #expect(
            problem("euid", .equal, "0", on: .exclude)
                == "field: the list exclude cannot filter by euid, only by pid, uid, gid, auid, msgtype, subj_user, subj_role, subj_type, "
                + "subj_sen, subj_clr, exe")
        #expect(problem("fstype", .equal, "ext4", on: .filesystem) == #"value: "ext4" is not tracefs or debugfs"#)
        #expect(problem("path", .notEqual, "/etc") == "operator: path takes =, not !=")
        #expect(problem("uid", .anyBit, "1") == "operator: uid takes = != < <= > >=, not &")
        #expect(problem("uid", .equal, "4294967295") == #"value: "4294967295" is not a user's number below 4294967295, or name"#)
        #expect(problem("auid", .less, "unset") == "operator: unset is no number: auid takes it with = and != alone")
        #expect(problem("uid", .equal, "010").hasPrefix("value: "))
        #expect(problem("uid", .equal, "1e3").hasPrefix("value: "))
        #expect(problem("uid", .notEqual, "gid") == "value: the kernel cannot compare uid with gid")
        #expect(problem("uid", .less, "euid") == "operator: two fields are compared with = or !=, not <")
        #expect(problem("exit", .equal, "EACCES") == #"value: "EACCES" is not a number, or an error as -EACCES"#)
        #expect(problem("success", .equal, "yes") == #"value: "yes" is not 0 or 1"#)
        #expect(problem("saddr_fam", .equal, "inet").hasPrefix("value: "))
        #expect(problem("a0", .equal, "4294967296").hasPrefix("value: "))
        #expect(problem("perm", .equal, "rr").hasPrefix("value: "))
        #expect(problem("filetype", .equal, "directory").hasPrefix("value: "))
        #expect(problem("path", .equal, "etc") == #"value: "etc" is not an absolute path"#)
        #expect(problem("path", .equal, "/etc/*").contains("wildcard"))
        #expect(problem("path", .equal, "/etc/../x").contains("relative"))
        #expect(problem("path", .equal, "/etc/").contains("slash at the end"))
        #expect(problem("dir", .equal, "/etc/") == "")
        #expect(problem("path", .equal, "/" + String(repeating: "a", count: 256)).contains("256 bytes"))
        #expect(problem("path", .equal, String(repeating: "/a", count: 2048)).contains("4096 bytes"))
    }

    @Test func `rules that turn auditing off are errors`() {
        let good = AuditRule(name: "good", key: "k", syscalls: ["reboot"])
        #expect(errors(rule(key: nil, list: .task, action: .never, []), good).count == 1)
        #expect(errors(rule(key: nil, list: .user, action: .never, []), good).count == 1)
        #expect(errors(rule(key: nil, list: .exclude, action: .always, []), good).count == 1)
        #expect(errors(rule(key: nil, list: .exit, action: .never, []), good).count == 1)
        #expect(errors(rule(key: nil, list: .filesystem, action: .never, []), good).count == 1)
        #expect(errors(rule(key: nil, list: .task, action: .never, [], .init("uid", .equal, "5")), good) == [])
    }

    @Test func `a watch stands alone`() {
        var watch = AuditRule(name: "r", key: "k", watch: .init(path: "/etc/passwd", permissions: "wq"))
        watch.syscalls = ["open"]
        watch.fields = [.init("uid", .equal, "0")]
        watch.architectures = [.b64]
        watch.list = .exclude
        watch.action = .never
        let parts = errors(watch).map { String($0.prefix { $0 != ":" }.dropFirst("rules[0].".count)) }
        #expect(Set(parts) == ["key", "syscalls", "fields", "architectures", "list", "action", "watch.permissions"])
    }

    @Test func `settings are bounded, and what loses records or stalls nodes is warned of`() {
        let kernel = AuditRules.KernelSettings(backlogLimit: 63, backlogWaitTime: 60_001, rateLimit: -1)
        let review = AuditRules(presets: [.mounts, .mounts], kernel: kernel).review(at: "x")
        #expect(
            review.errors.map(\.description) == [
                "x.kernel.backlogLimit: 63 is not from 64 to 1048576", "x.kernel.backlogWaitTime: 60001 is not from 0 to 60000",
                "x.kernel.rateLimit: -1 is not from 0 to 1000000", "x.presets[1]: Mounts is named twice",
            ])
        #expect(
            AuditRules(presets: [.mounts], kernel: .init(rateLimit: 5)).review().warnings.map(\.path) == [
                "spec.audit.auditRules.kernel.rateLimit"
            ])
    }

    @Test func `findings stand in the order of the rules`() {
        let rules = AuditRules(rules: [rule(key: nil, ["reboot"]), rule(["x"]), rule(key: "-", ["reboot"])])
        let places = rules.review().findings.map(\.problem.path).map { $0.dropFirst("spec.audit.auditRules.rules[".count).first }
        #expect(places == places.sorted { ($0 ?? "0") < ($1 ?? "0") } && places.count > 3)
    }

    @Test func `costs follow the calls and what keeps them out, and totals add up`() {
        let cases: [(AuditRule, CostClass)] = [
            (rule(["read"]), .high), (rule([]), .high), (rule(["execve"]), .moderate), (rule(["reboot"]), .low),
            (rule(["read"], .init("exit", .equal, "-EACCES")), .moderate),
            (rule(["read"], .init("success", .equal, "1")), .high),
            (rule(["read"], .init("exit", .equal, "-EACCES"), .init("auid", .greaterOrEqual, "1000")), .low),
            (rule(action: .never, ["read"]), .low),
            (AuditRule(name: "r", key: "k", watch: .init(path: "/etc/passwd")), .low),
            (AuditRule(name: "r", key: "k", watch: .init(path: "/etc/passwd", permissions: "r")), .moderate),
            (AuditRule(name: "r", key: "k", watch: .init(path: "/usr", permissions: "rx")), .high),
        ]
        for (rule, cost) in cases { #expect(AuditRules(presets: [.mounts], rules: [rule]).review().costs == [cost], "\(rule)") }
        let totals = AuditRules(presets: [.mounts, .containerNoise, .userLogins]).review().totals
        #expect(totals[.amd64]?.recording == [.low: 10] && totals[.amd64]?.exclusions == 7)
        #expect(totals[.amd64]?.syscallRules == 6 && totals[.amd64]?.pathRules == 8 && totals[.amd64]?.rules == 17)
        #expect(totals[.arm64]?.syscallRules == 5)
    }
}
