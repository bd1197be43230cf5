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

    @Test func `the definition in the binary is the file in crds`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try String(decoding: Data(contentsOf: root.appending(path: "crds/auditpolicies.nodeaudit.dev.yaml")), as: UTF8.self)
        #expect(auditPolicyDefinition == file, "run hack/generate")
    }
}
