import AuditCore
import FoundationEssentials
import KubeCore
import KubeSchema
import KubeYAML
import Testing

/// The definitions of `crds/` and the types of AuditCore say the same: fields, enumerations, defaults.
@Suite struct DefinitionTypesTests {
    private func schema(_ file: String) throws -> StructuralSchema {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let text = String(decoding: try Data(contentsOf: URL(filePath: "/\(root)/crds/\(file)")), as: UTF8.self)
        let definition = try YAMLDocument.parseOne(text, file: file).value
        return try StructuralSchema(json: #require(definition["spec"]?["versions"]?.array?.first?["schema"]?["openAPIV3Schema"]))
    }

    /// A value with every field that the schema has, so that a type which lacks one loses it.
    private func full(_ node: SchemaNode, _ name: String, choosing index: Int) -> JSONValue {
        if node.isIntOrString { return "5%" }
        switch node.type {
        case .object:
            var members: [String: JSONValue] = [:]
            for property in node.propertyNames {
                if let child = node.properties[property] { members[property] = full(child, property, choosing: index) }
            }
            if case .schema(let child) = node.additionalProperties { members["key"] = full(child, name, choosing: index) }
            return .object(members)
        case .array: return .array(node.items.map { [full($0, name, choosing: index)] } ?? [])
        case .string:
            let choices = node.limits.enumeration
            return choices.isEmpty
                ? .string(node.limits.format == "date-time" ? "2026-11-23T10:00:00Z" : "text") : choices[index % choices.count]
        case .integer, .number: return 7
        case .boolean: return .bool(index % 2 == 0)
        case nil: return .null
        }
    }

    @Test(arguments: 0..<12) func `every field and every choice of a policy survives its type`(index: Int) throws {
        let root = try schema("auditpolicies.nodeaudit.dev.yaml").root
        var policy = full(root, "", choosing: index)
        policy["metadata"] = ["name": "p"]
        policy["apiVersion"] = "nodeaudit.dev/v1alpha1"
        policy["kind"] = "AuditPolicy"
        #expect(try AuditPolicy(policy).jsonValue() == policy)
    }

    @Test(arguments: 0..<12) func `every field and every choice of a node's record survives its type`(index: Int) throws {
        let root = try schema("nodeaudits.nodeaudit.dev.yaml").root
        var record = full(root, "", choosing: index)
        record["metadata"] = ["name": "n"]
        record["apiVersion"] = "nodeaudit.dev/v1alpha1"
        record["kind"] = "NodeAudit"
        #expect(try NodeAudit(record).jsonValue() == record)
    }

    @Test func `what the type fills in is what the server fills in`() throws {
        var policy = try AuditPolicy(["metadata": ["name": "p"], "spec": [:]]).jsonValue()
        let schema = try schema("auditpolicies.nodeaudit.dev.yaml")
        #expect(schema.prune(&policy) == [])
        var defaulted: JSONValue = ["spec": [:]]
        schema.applyDefaults(to: &defaulted)
        #expect(policy["spec"] == defaulted["spec"])
        #expect(schema.validate(policy) == [])
    }

    @Test func `choices are the same, so that none is missing on either side`() throws {
        func choices(_ file: String, _ path: [String]) throws -> Set<String> {
            var node: SchemaNode? = try schema(file).root
            for name in path { node = name == "[]" ? node?.items : node?.properties[name] }
            return Set(try #require(node).limits.enumeration.compactMap(\.string))
        }
        let policies = "auditpolicies.nodeaudit.dev.yaml"
        let outputs = ["spec", "outputs", "[]"]
        #expect(try choices(policies, ["spec", "mode"]) == Set(AuditPolicy.Mode.allCases.map(\.rawValue)))
        #expect(try choices(policies, ["spec", "audit", "backend"]) == Set(AuditPolicy.Backend.allCases.map(\.rawValue)))
        let rules = ["spec", "audit", "auditRules"]
        let rule = rules + ["rules", "[]"]
        #expect(try choices(policies, rules + ["lock"]) == Set(AuditRules.Lock.allCases.map(\.rawValue)))
        #expect(try choices(policies, rules + ["presets", "[]"]) == Set(AuditPreset.allCases.map(\.rawValue)))
        #expect(try choices(policies, rules + ["kernel", "failureMode"]) == Set(AuditRules.FailureMode.allCases.map(\.rawValue)))
        #expect(try choices(policies, rule + ["list"]) == Set(AuditRule.List.allCases.map(\.rawValue)))
        #expect(try choices(policies, rule + ["action"]) == Set(AuditRule.Action.allCases.map(\.rawValue)))
        #expect(try choices(policies, rule + ["architectures", "[]"]) == Set(AuditRule.Architecture.allCases.map(\.rawValue)))
        #expect(try choices(policies, rule + ["fields", "[]", "operator"]) == Set(AuditRule.Operator.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["type"]) == Set(AuditPolicy.Output.Kind.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["http", "format"]) == Set(AuditPolicy.HTTP.Format.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["stdout", "format"]) == Set(AuditPolicy.Stdout.Format.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["http", "tls", "mode"]) == Set(AuditPolicy.TLS.Mode.allCases.map(\.rawValue)))
        #expect(
            try choices(policies, outputs + ["http", "tls", "minimumVersion"])
                == Set(AuditPolicy.TLS.MinimumVersion.allCases.map(\.rawValue)))
        #expect(try choices(policies, ["spec", "filters", "[]", "type"]) == Set(AuditPolicy.Filter.Kind.allCases.map(\.rawValue)))
        let filters = ["spec", "filters", "[]"]
        for block in ["dropMatching", "keepMatching"] {
            #expect(try choices(policies, filters + [block, "operator"]) == Set(AuditPolicy.Matching.Operator.allCases.map(\.rawValue)))
        }
        #expect(try choices(policies, filters + ["pruneFields", "mode"]) == Set(AuditPolicy.PruneFields.Mode.allCases.map(\.rawValue)))
        #expect(
            try choices(policies, outputs + ["openTelemetry", "transport"])
                == Set(AuditPolicy.OpenTelemetry.Transport.allCases.map(\.rawValue)))
        #expect(
            try choices(policies, outputs + ["openSearch", "aws", "service"])
                == Set(AuditPolicy.OpenSearch.AWS.Service.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["kafka", "compression"]) == Set(AuditPolicy.Kafka.Compression.allCases.map(\.rawValue)))
        #expect(
            try choices(policies, outputs + ["kafka", "authentication", "mechanism"])
                == Set(AuditPolicy.Kafka.Authentication.Mechanism.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["syslog", "facility"]) == Set(AuditPolicy.Syslog.Facility.allCases.map(\.rawValue)))
        #expect(try choices(policies, outputs + ["s3", "storageClass"]) == Set(AuditPolicy.S3.StorageClass.allCases.map(\.rawValue)))
        #expect(try choices(policies, ["spec", "collector", "logLevel"]) == Set(AuditPolicy.Collector.LogLevel.allCases.map(\.rawValue)))
        #expect(try choices(policies, ["spec", "collector", "buffer", "type"]) == Set(AuditPolicy.Buffer.Kind.allCases.map(\.rawValue)))
        #expect(try choices(policies, ["spec", "agent", "identity"]) == Set(AuditPolicy.Agent.Identity.allCases.map(\.rawValue)))
        let records = "nodeaudits.nodeaudit.dev.yaml"
        #expect(try choices(records, ["report", "state"]) == Set(NodeState.allCases.map(\.rawValue)))
        #expect(try choices(records, ["report", "kernel", "enabled"]) == Set(NodeAudit.Kernel.Enabled.allCases.map(\.rawValue)))
        #expect(try choices(records, ["report", "kernel", "failureMode"]) == Set(NodeAudit.Kernel.FailureMode.allCases.map(\.rawValue)))
    }
}
