import Digests
import KubeCore
import Testing

@testable import AuditCore

/// The backend AuditRules from the specification to what agents mount, and what is refused on the way.
struct AuditRulesRenderingTests {
    private static let rules = AuditRules(
        lock: .unlocked, presets: [.mounts],
        rules: [AuditRule(name: "shadow", key: "identity", watch: .init(path: "/etc/shadow"))])

    private func policy(_ rules: AuditRules? = rules, backend: AuditPolicy.Backend = .auditRules) -> AuditPolicy {
        var policy = RenderingFixture.cosDefault.policy
        policy.spec.audit.backend = backend
        policy.spec.audit.auditRules = rules
        return policy
    }

    @Test func `agents mount a file for each architecture beside the script`() throws {
        let agent = try policy().rendered()
        let data = try #require(agent.configMap.data)
        #expect(data.keys.sorted() == ["audit-setup.sh", "audit.rules.amd64", "audit.rules.arm64", "collector.yaml"])
        for architecture in NodeArchitecture.allCases {
            let file = try Self.rules.file(for: architecture).get()
            let text = try #require(data["audit.rules.\(architecture.rawValue)"])
            #expect(text.hasPrefix(file.text))
            let listed = text.dropFirst(file.text.count).split(separator: "\n").map(String.init)
            #expect(listed == file.listing().digests.map { "# listed as \($0.hex)" } && !listed.isEmpty)
        }
        #expect(
            agent.setup?.env?.map { "\($0.name)=\($0.value ?? "")" } == [
                "NODEAUDIT_TASK=setup", "NODEAUDIT_BACKEND=AuditRules", "NODEAUDIT_HOST_ROOT=/host",
            ])
        #expect(agent.setup?.volumeMounts?.contains { $0.mountPath == "/etc/nodeaudit" } == true)
        // What the script takes when nobody says where.
        #expect(AuditSetupScript.text.contains("${NODEAUDIT_RULES_DIR:-/etc/nodeaudit}"))
    }

    @Test func `the node's unit brings no files, and its audit revision is what it was`() throws {
        let agent = try policy(nil, backend: .cloudAuditSetup).rendered()
        #expect(agent.configMap.data?.keys.sorted() == ["audit-setup.sh", "collector.yaml"])
        #expect(agent.auditRevision == Revision.of(["backend": "CloudAuditSetup"]))
    }

    @Test func `the audit revision follows what kernels hold, and nothing else`() throws {
        func revisions(_ change: (inout AuditRules) -> Void) throws -> (audit: String, all: String) {
            var rules = Self.rules
            change(&rules)
            let agent = try self.policy(rules).rendered()
            return (agent.auditRevision, agent.revision)
        }
        let before = try revisions { _ in }
        #expect(try revisions { _ in } == before)
        let renamed = try revisions { $0.rules[0].name = "other" }
        #expect(renamed.audit == before.audit && renamed.all != before.all)
        var seen = [before.audit]
        let changes: [(inout AuditRules) -> Void] = [
            { $0.lock = .locked }, { $0.presets = [.timeChange] }, { $0.kernel.backlogLimit = 9000 }, { $0.kernel.failureMode = .silent },
            { $0.rules[0].key = "k" }, { $0.rules[0].watch?.permissions = "r" }, { $0.rules = [] },
            // On one architecture alone.
            { $0.rules.append(AuditRule(name: "r", key: "k", syscalls: ["stime", "reboot"], architectures: [.b32, .b64])) },
        ]
        for change in changes {
            let after = try revisions(change)
            #expect(!seen.contains(after.audit) && after.all != before.all)
            seen.append(after.audit)
        }
        var policy = self.policy()
        policy.spec.collector.port = 3000
        #expect(try policy.rendered().auditRevision == before.audit)
    }

    @Test func `an open kernel leaves out the record types that a filter drops; a locked one is not disturbed for a filter`() throws {
        var filtered = policy()
        filtered.spec.filters = [
            AuditPolicy.Filter(name: "less", dropping: ["PATH", "CWD", "NOTHING_KNOWN"]),
            AuditPolicy.Filter(name: "again", dropping: ["PATH"]),
        ]
        let rules = try #require(filtered.rendered().configMap.data?["audit.rules.amd64"])
        let lines = rules.split(separator: "\n").filter { $0.contains("exclude") }
        #expect(lines == ["-a always,exclude -F msgtype=PATH", "-a always,exclude -F msgtype=CWD"])
        #expect(try filtered.rendered().auditRevision != policy().rendered().auditRevision)

        var locked = Self.rules
        locked.lock = .locked
        var lockedAndFiltered = policy(locked)
        lockedAndFiltered.spec.filters = filtered.spec.filters
        #expect(try lockedAndFiltered.rendered().auditRevision == policy(locked).rendered().auditRevision)
        let collector = try #require(lockedAndFiltered.rendered().configMap.data?["collector.yaml"])
        #expect(collector.contains("PATH"))
    }

    @Test func `an exclusion that the policy has by itself is not said twice`() throws {
        var rules = Self.rules
        rules.rules.append(AuditRule(name: "own", list: .exclude, fields: [.init("msgtype", .equal, "PATH")]))
        var filtered = policy(rules)
        filtered.spec.filters = [AuditPolicy.Filter(name: "less", dropping: ["PATH"])]
        let text = try #require(filtered.rendered().configMap.data?["audit.rules.amd64"])
        #expect(text.split(separator: "\n").filter { $0.contains("exclude") }.count == 1)
    }

    @Test func `what is wrong with rules is refused with its path, beside all other problems`() {
        var rules = Self.rules
        rules.rules.append(AuditRule(name: "x", key: "k", syscalls: ["opn"]))
        rules.kernel.backlogLimit = 1
        var policy = self.policy(rules)
        policy.spec.collector.port = 0
        #expect(
            policy.problems().map(\.description) == [
                "spec.audit.auditRules.kernel.backlogLimit: 1 is not from 64 to 1048576",
                "spec.audit.auditRules.rules[1].syscalls[0]: no system call \"opn\"", "spec.collector.port: is no port",
            ])
    }

    @Test func `the block goes with the backend`() {
        #expect(policy(nil).problems().map(\.path) == ["spec.audit.auditRules"])
        #expect(policy(backend: .cloudAuditSetup).problems().map(\.path) == ["spec.audit.auditRules"])
        #expect(policy().problems().isEmpty)
    }

    @Test func `rules with errors are never rendered`() {
        #expect(throws: KubeError.self) { try policy(AuditRules()).rendered() }
    }

    private static let cron = AuditRules(rules: [AuditRule(name: "cron", key: "cron", watch: .init(path: "/etc/crontab"))])

    @Test func `paths that COS lacks are warned of where the policy can select a node with COS`() {
        let label = "cloud.google.com/gke-os-distribution"
        func warns(_ selector: LabelSelector) -> Bool {
            var policy = self.policy(Self.cron)
            policy.spec.nodeSelector = selector
            return policy.warnings().contains { $0.path == "spec.audit.auditRules.rules[0].watch.path" }
        }
        func expression(_ sign: LabelRequirement.Operator, _ values: [String]?) -> LabelSelector {
            LabelSelector(matchExpressions: [LabelRequirement(key: label, operator: sign, values: values)])
        }
        #expect(warns(.containerOptimizedOS) && warns(LabelSelector()) && warns(LabelSelector(matchLabels: ["pool": "a"])))
        #expect(warns(expression(.in, ["ubuntu", "cos"])) && warns(expression(.exists, nil)) && warns(expression(.notIn, ["ubuntu"])))
        #expect(!warns(LabelSelector(matchLabels: [label: "ubuntu"])) && !warns(expression(.notIn, ["cos"])))
        #expect(!warns(expression(.doesNotExist, nil)) && !warns(expression(.in, ["ubuntu"])))
    }

    @Test func `rules that no ConfigMap can hold are refused`() {
        let path = "/" + (0..<19).map { _ in String(repeating: "a", count: 200) }.joined(separator: "/")
        let rules = (0..<200).map {
            AuditRule(name: "r\($0)", key: "k", syscalls: ["execve"], fields: [.init("exe", .equal, path + "/\($0)")])
        }
        #expect(policy(AuditRules(rules: rules)).problems().map(\.path) == ["spec.audit.auditRules"])
    }

    @Test func `a judgement is remembered until something that it rests on changes`() {
        var memo = AcceptanceMemo()
        var policy = self.policy()
        let first = memo.judge(policy, options: .fixture, overlap: nil)
        #expect(first == policy.judged())
        policy.metadata.resourceVersion = "7"
        #expect(memo.judge(policy, options: .fixture, overlap: nil) == first)
        let changes: [(inout AuditPolicy) -> Void] = [
            { $0.spec.audit.auditRules?.presets = [] }, { $0.spec.audit.auditRules?.lock = .locked }, { $0.metadata.name = "other" },
            { $0.spec.outputs = [] },
        ]
        for change in changes {
            change(&policy)
            #expect(memo.judge(policy, options: .fixture, overlap: nil) == policy.judged())
        }
        policy = self.policy()
        var options = AgentOptions.fixture
        options.setupImage = "other"
        #expect(memo.judge(policy, options: options, overlap: nil) == policy.judged(options))
        let overlap = (winner: "w", count: 1, node: "n")
        #expect(memo.judge(policy, options: options, overlap: overlap) != policy.judged(options))
    }
}
