import Testing

@testable import AuditCore

/// No value in any field can add a rule or an option. Read back as auditctl reads it, a file has exactly the calls that the policy
/// means; or there is no file, and a problem says where.
struct RuleInjectionTests {
    private typealias Option = AuditctlReader.Option

    private static let hostile: [String] = [
        "", " ", "\n", "\r", "\r\n", "\t", "\u{0}", "\u{1}", "\u{4}", "\u{7}", "\u{b}", "\u{c}", "\u{1b}[2J", "\u{7f}", "\u{85}", "\u{a0}",
        "\u{ad}", "\u{200b}", "\u{202e}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{ff0d}D", "é", "e\u{301}", "\u{301}", "💣", "\"", "'", "`",
        "\\",
        "\\ ", "\\\\", "\\n", "\\\n", "#", "# x", "$", "${HOME}", "$(reboot)", "`reboot`", ";reboot", "&& reboot", "| sh", "> /etc/passwd",
        "*", "?",
        "[x]", "{x}", "%s", "%n", "!", "=", "!=", ">=", "&=", "&", "<", ">", ",", ",,", "-", "--", "-D", "-e 0", "-e 2", "-e2", " -e 2",
        "\n-D",
        "\n-e 0\n", "\n-a never,exit", " -F uid=0", " -k x", "\u{7}-D", "..", "/..", "/../", "/./", "//", "never,exit", "all", "4294967296",
        "0x", "1 2", "010", "99999999999999999999", "unset", "root", "arch=b32", "key=x", "-R /etc/passwd", "-m x", "--signal=stop",
        String(repeating: "a", count: 65), String(repeating: "a", count: 300), String(repeating: "/a", count: 3000),
        String(repeating: "k", count: 7000), String(repeating: " ", count: 6144) + "-D",
    ]

    /// The value itself, and at each end and in the middle of something valid.
    private static func variants(of valid: String) -> [String] {
        let middle = valid.index(valid.startIndex, offsetBy: valid.count / 2)
        return hostile.flatMap { [$0, $0 + valid, valid + $0, valid[..<middle] + $0 + valid[middle...]] }
    }

    private static let bystander = AuditRule(name: "bystander", key: "bystander", syscalls: ["reboot"])

    /// Renders the rule beside another, and compares what auditctl would do with what is meant.
    private func expectContained(_ rule: AuditRule, as meant: [Option], location: SourceLocation = #_sourceLocation) throws -> Bool {
        let rules = AuditRules(lock: .unlocked, rules: [Self.bystander, rule])
        switch rules.file(for: .amd64) {
        case .failure(let invalid):
            #expect(!invalid.problems.isEmpty, sourceLocation: location)
            for problem in invalid.problems {
                #expect(problem.path.hasPrefix("spec.audit.auditRules.rules[1]"), sourceLocation: location)
                #expect(
                    problem.description.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && $0.value != 0x7f && !(0x80...0x9f).contains($0.value)
                    })
                #expect(problem.description.utf8.count < 2000, sourceLocation: location)
            }
            return false
        case .success(let file):
            let calls = try AuditctlReader.calls(in: file.text)
            let settings = [
                [Option("-D")], [Option("-b", "8192")], [Option("--backlog_wait_time", "0")], [Option("-r", "0")], [Option("-f", "1")],
            ]
            #expect(calls.prefix(settings.count).map(\.options) == settings, sourceLocation: location)
            #expect(calls.last?.options == [Option("-e", "1")], sourceLocation: location)
            let abis = ["b64", "b32"].map { abi in
                [
                    Option("-a", "always,exit"), Option("-F", "arch=\(abi)"), Option("-S", "reboot"), Option("-k", "bystander"),
                ]
            }
            let loaded = calls.dropFirst(settings.count).dropLast().map(\.options)
            #expect(Set(abis.map(\.description)).isSubset(of: loaded.map(\.description)), sourceLocation: location)
            let others = loaded.filter { !abis.contains($0) }
            #expect(others == [meant] || others.isEmpty && meant == abis[0], sourceLocation: location)
            return true
        }
    }

    @Test func `keys`() throws {
        var accepted = 0
        for key in Self.variants(of: "identity") {
            let rule = AuditRule(name: "r", key: key, watch: .init(path: "/etc/passwd"))
            if try expectContained(rule, as: [Option("-w", "/etc/passwd"), Option("-p", "wa"), Option("-k", key)]) { accepted += 1 }
        }
        #expect(accepted > 0)
    }

    @Test func `names, which stand in comments`() throws {
        var accepted = 0
        for name in Self.variants(of: "some-rule") {
            let rule = AuditRule(name: name, key: "k", watch: .init(path: "/etc/passwd"))
            if try expectContained(rule, as: [Option("-w", "/etc/passwd"), Option("-p", "wa"), Option("-k", "k")]) { accepted += 1 }
        }
        #expect(accepted > 0)
    }

    @Test func `paths of watches`() throws {
        var accepted = 0
        for path in Self.variants(of: "/etc/passwd") {
            var meant = path
            while meant.count > 1, meant.last == "/" { meant.removeLast() }
            let rule = AuditRule(name: "r", key: "k", watch: .init(path: path))
            if try expectContained(rule, as: [Option("-w", meant), Option("-p", "wa"), Option("-k", "k")]) { accepted += 1 }
        }
        #expect(accepted > 0)
    }

    @Test func `permissions of watches`() throws {
        for permissions in Self.variants(of: "wa") {
            let rule = AuditRule(name: "r", key: "k", watch: .init(path: "/etc/passwd", permissions: permissions))
            _ = try expectContained(rule, as: [Option("-w", "/etc/passwd"), Option("-p", permissions), Option("-k", "k")])
        }
    }

    @Test func `system calls`() throws {
        for syscall in Self.variants(of: "open") {
            let rule = AuditRule(name: "r", key: "k", syscalls: ["execve", syscall], architectures: [.b64])
            let isAccepted = try expectContained(
                rule, as: [Option("-a", "always,exit"), Option("-F", "arch=b64"), Option("-S", "\(syscall),execve"), Option("-k", "k")])
            #expect(!isAccepted || syscall == "open", "\(syscall)")
        }
    }

    @Test func `names of fields`() throws {
        for field in Self.variants(of: "uid") {
            let rule = AuditRule(name: "r", key: "k", syscalls: ["execve"], architectures: [.b64], fields: [.init(field, .equal, "0")])
            _ = try expectContained(
                rule,
                as: [
                    Option("-a", "always,exit"), Option("-F", "arch=b64"), Option("-S", "execve"), Option("-F", field + "=0"),
                    Option("-k", "k"),
                ])
        }
    }

    @Test(arguments: AuditField.allCases)
    func `values of each field`(field: AuditField) throws {
        let list = try #require(AuditRule.List.allCases.first { field.lists.contains($0) })
        var accepted = 0
        let samples = Samples.values(of: field)
        for value in samples + Self.variants(of: try #require(samples.last)) {
            let isExit = list == .exit
            let rule = AuditRule(
                name: "r", key: isExit ? "k" : nil, list: list, action: isExit ? .always : .never, syscalls: isExit ? ["execve"] : [],
                architectures: isExit ? [.b64] : [], fields: [.init(field.rawValue, .equal, value)])
            let normalized = Self.normalized(value, of: field)
            let meant =
                [Option("-a", isExit ? "always,exit" : "never,\(list.rawValue)")]
                + (isExit ? [Option("-F", "arch=b64"), Option("-S", "execve")] : [])
                + [Option("-F", field.rawValue + "=" + normalized)] + (isExit ? [Option("-k", "k")] : [])
            if try expectContained(rule, as: meant) { accepted += 1 }
        }
        #expect(accepted >= samples.count)
    }

    /// The few values that are written in one way whatever way they came.
    private static func normalized(_ value: String, of field: AuditField) -> String {
        switch field {
        case .auid where ["-1", "4294967295"].contains(value): "unset"
        case .perm: String("rwxa".filter(value.contains))
        case .dir where value.utf8.count > 1 && value.hasSuffix("/"): String(value.dropLast())
        default: value
        }
    }

    @Test func `a line that auditctl would split is refused, whatever its parts`() throws {
        let long = "/" + (0..<20).map { _ in String(repeating: "a", count: 200) }.joined(separator: "/")
        let rule = AuditRule(
            name: "r", key: String(repeating: "k", count: 200), syscalls: ["execve"],
            fields: [.init("exe", .equal, long), .init("path", .equal, long)])
        let problems = AuditRules(rules: [rule]).review().errors
        #expect(problems.map(\.path) == ["spec.audit.auditRules.rules[0]"])
        #expect(problems.first?.message.contains("6142") == true)
    }

    @Test func `the reader splits, escapes and ends lines as auditctl does`() throws {
        #expect(
            try AuditctlReader.calls(in: "  -w /a\\ b -k x\\\\y\n# c\n\n-D") == [
                .init(options: [Option("-w", "/a b"), Option("-k", "x\\y")]), .init(options: [Option("-D")]),
            ])
        #expect(throws: AuditctlReader.Fault.unknownOption("-z")) { try AuditctlReader.calls(in: "-w /a -z") }
        #expect(throws: AuditctlReader.Fault.parameterWithoutOption("x")) { try AuditctlReader.calls(in: "-k \"a x") }
        #expect(AuditctlReader.lines(of: Array(String(repeating: "a", count: 6143).utf8) + Array("-D\n".utf8)).count == 2)
        #expect(try AuditctlReader.calls(in: "-k a\u{0}-D\n").count == 1)
    }
}
