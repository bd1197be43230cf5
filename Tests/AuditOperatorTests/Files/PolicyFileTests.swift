import AuditCore
import AuditOperator
import FoundationEssentials
import KubeCore
import Testing

@Suite struct PolicyFileTests {
    private func judge(_ text: String) throws -> PolicyFile.Entry {
        let configuration = OperatorConfiguration(identity: "test")
        return try #require(try PolicyFile(options: configuration.agentOptions).read(Array(text.utf8), file: "p.yaml").first)
    }

    @Test func `an empty spec is valid and renders what Google's manifest does`() throws {
        let entry = try judge("apiVersion: nodeaudit.dev/v1alpha1\nkind: AuditPolicy\nmetadata: {name: cos}\n")
        #expect(entry.problems == [])
        #expect(entry.policy?.spec == AuditPolicy.Spec())
        #expect(entry.agent?.manifests.map(\.type.kind).contains("DaemonSet") == true)
    }

    @Test func `an unknown field is named with its line and the field that was meant`() throws {
        let entry = try judge(
            """
            apiVersion: nodeaudit.dev/v1alpha1
            kind: AuditPolicy
            metadata: {name: cos}
            spec:
              ouputs: []
            """)
        #expect(entry.problems == ["p.yaml:5:3: spec.ouputs: unknown field; did you mean \"outputs\"?"])
    }

    @Test func `what the schema refuses is named with line, field and reason`() throws {
        let entry = try judge(
            """
            apiVersion: nodeaudit.dev/v1alpha1
            kind: AuditPolicy
            metadata: {name: cos}
            spec:
              collector:
                port: 99999
            """)
        #expect(entry.problems.count == 1)
        #expect(entry.problems.first?.hasPrefix("p.yaml:6:5: spec.collector.port: Invalid value: 99999") == true)
    }

    @Test func `broken YAML, another kind and another version are said plainly`() throws {
        #expect(try judge("a: [").problems.first?.hasPrefix("p.yaml:") == true)
        #expect(try judge("kind: Pod").problems == ["p.yaml: no AuditPolicy in this file: it has Pod"])
        let old = try judge("apiVersion: nodeaudit.dev/v1\nkind: AuditPolicy\nmetadata: {name: x}")
        #expect(old.problems == ["p.yaml: apiVersion: \"nodeaudit.dev/v1\" is not served; use nodeaudit.dev/v1alpha1"])
    }

    private static let rules = """
        apiVersion: nodeaudit.dev/v1alpha1
        kind: AuditPolicy
        metadata: {name: rules}
        spec:
          nodeSelector: {matchLabels: {pool: a}}
          audit:
            backend: AuditRules
            auditRules:
              lock: Unlocked
              presets: [TimeChange]
              rules:
              - {name: shell, key: shell, fields: [{field: exe, operator: "=", value: /bin/sh}]}

        """

    @Test func `rules are printed as nodes load them, with what they cost as comments`() throws {
        let entry = try judge(Self.rules)
        #expect(entry.problems == [] && entry.warnings.allSatisfy { !$0.contains("spec.audit") })
        #expect(
            entry.costSummary == [
                "amd64: 7 rules; 5 are tested at every system call, 2 at accesses to a path",
                "amd64: 0 exclude; of the others, 0 cost high, 1 cost moderate, 6 cost low",
                "preset TimeChange: Low to moderate: a time service may adjust the clock every few seconds.", "rule shell: cost moderate",
                "arm64: 5 rules; 3 are tested at every system call, 2 at accesses to a path",
                "arm64: 0 exclude; of the others, 0 cost high, 1 cost moderate, 4 cost low",
            ])
        let text = try #require(entry.rules(for: .amd64))
        #expect(text.hasPrefix("# amd64: 7 rules; 5 are tested at every system call, 2 at accesses to a path\n#"))
        #expect(text.hasSuffix(try #require(entry.agent?.auditRules(for: .amd64))))
        #expect(text.split(separator: "\n").first { !$0.hasPrefix("#") } == "-D")
        #expect(try #require(entry.rules(for: .arm64)).contains("b32") == false)
        #expect(try judge(Self.rules.replacing("AuditRules", with: "CloudAuditSetup")).rules(for: .amd64) == nil)
    }

    @Test func `rules that are wrong are named with their place, and doubtful ones are warned of`() throws {
        let wrong = try judge(Self.rules.replacing("exe", with: "exec"))
        #expect(wrong.problems == ["p.yaml: spec.audit.auditRules.rules[0].fields[0].field: auditctl knows no field \"exec\""])
        let doubtful = try judge(Self.rules.replacing("key: shell, ", with: ""))
        #expect(doubtful.problems == [])
        #expect(doubtful.warnings.first == "p.yaml: spec.audit.auditRules.rules[0].key: without a key its records are hard to find")
    }

    @Test func `the definition in the binary is the file in crds`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try String(decoding: Data(contentsOf: root.appending(path: "crds/auditpolicies.nodeaudit.dev.yaml")), as: UTF8.self)
        #expect(auditPolicyDefinition == file, "run hack/generate")
    }
}
