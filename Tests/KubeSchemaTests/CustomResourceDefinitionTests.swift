import FoundationEssentials
import KubeCore
import KubeSchema
import KubeYAML
import Testing

/// The files of `crds/`, which users install.
enum DefinitionFile: String, CaseIterable, Sendable {
    case auditPolicies = "auditpolicies.nodeaudit.dev.yaml"
    case nodeAudits = "nodeaudits.nodeaudit.dev.yaml"

    var text: String {
        get throws {
            // Tests/KubeSchemaTests/<this file>, three levels below the root.
            var parts = #filePath.split(separator: "/").map(String.init)
            parts.removeLast(3)
            let path = "/" + (parts + ["crds", rawValue]).joined(separator: "/")
            return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        }
    }

    var definition: JSONValue { get throws { try YAMLDocument.parseOne(text, file: rawValue).value } }
    var version: JSONValue { get throws { try #require(try definition["spec"]?["versions"]?.array?.first) } }
    var openAPISchema: JSONValue { get throws { try #require(try version["schema"]?["openAPIV3Schema"]) } }
    var schema: StructuralSchema { get throws { try StructuralSchema(json: openAPISchema) } }
}

@Suite struct CustomResourceDefinitionTests {
    @Test(arguments: DefinitionFile.allCases) func `the definition is accepted, rules compile within the cost limits`(file: DefinitionFile)
        throws
    {
        _ = try file.schema
    }

    @Test(arguments: DefinitionFile.allCases) func `the file is well below what the server stores`(file: DefinitionFile) throws {
        #expect(try file.text.utf8.count < 200 * 1024)
    }

    @Test(arguments: DefinitionFile.allCases) func `names, scope, short name and category are as designed`(file: DefinitionFile) throws {
        let spec = try #require(try file.definition["spec"])
        #expect(try file.definition["metadata"]?["name"]?.string == "\(spec["names"]?["plural"]?.string ?? "").nodeaudit.dev")
        #expect(spec["group"] == "nodeaudit.dev")
        #expect(spec["scope"] == "Cluster")
        #expect(spec["names"]?["categories"] == ["audit"])
        #expect(spec["names"]?["shortNames"] == (file == .auditPolicies ? ["audpol"] : ["nodeaud"]))
        #expect(try file.version["subresources"] == (file == .auditPolicies ? ["status": [:]] : nil))
    }

    @Test(arguments: DefinitionFile.allCases) func `columns point at fields that exist`(file: DefinitionFile) throws {
        let schema = try file.schema.root
        for column in try #require(try file.version["additionalPrinterColumns"]?.array) {
            let path = try #require(column["jsonPath"]?.string)
            guard !path.hasPrefix(".metadata.") else { continue }
            var node: SchemaNode? = schema
            for part in path.split(separator: ".") where !part.hasPrefix("type==") {
                let name = part.prefix { $0 != "[" }
                if name.hasSuffix(")]") { continue }
                node = node?.schema(ofMember: String(name)) ?? node?.items?.schema(ofMember: String(name))
            }
            #expect(node != nil, "\(path)")
        }
        let names = try file.version["additionalPrinterColumns"]?.array?.compactMap { $0["name"]?.string }
        #expect(
            names
                == (file == .auditPolicies
                    ? ["Ready", "Nodes", "Applied", "Failed", "Recreating", "Reason", "Age"]
                    : ["Policy", "State", "Kernel", "Lost", "As Of", "Revision", "Age"]))
    }

    @Test(arguments: DefinitionFile.allCases) func `every field has a description, a type and bounds`(file: DefinitionFile) throws {
        var count = 0
        try walk(file.openAPISchema, "") { path, node in
            count += 1
            #expect(node["description"]?.string?.isEmpty == false, "\(path): description")
            let isIntOrString = node["x-kubernetes-int-or-string"]?.bool == true
            #expect(node["type"] != nil || isIntOrString, "\(path): type")
            let type = node["type"]?.string
            if type == "string" || isIntOrString {
                #expect(node["maxLength"] != nil || node["enum"] != nil, "\(path): maxLength")
            }
            if type == "integer" || type == "number" || isIntOrString {
                #expect(node["minimum"] != nil && node["maximum"] != nil, "\(path): minimum and maximum")
            }
            if type == "array" { #expect(node["maxItems"] != nil && node["x-kubernetes-list-type"] != nil, "\(path): maxItems, list type") }
            if node["additionalProperties"] != nil { #expect(node["maxProperties"] != nil, "\(path): maxProperties") }
            #expect(node["x-kubernetes-preserve-unknown-fields"] == nil, "\(path)")
            for rule in node["x-kubernetes-validations"]?.array ?? [] { #expect(rule["message"] != nil, "\(path): message") }
        }
        #expect(count > (file == .auditPolicies ? 120 : 20))
    }

    @Test(arguments: DefinitionFile.allCases) func `a level with defaults below has a default itself`(file: DefinitionFile) throws {
        func hasDefaultsBelow(_ node: JSONValue) -> Bool {
            (node["properties"]?.object ?? [:]).values.contains { $0["default"] != nil || hasDefaultsBelow($0) }
        }
        // Blocks that a type chooses are there or not; their absence must not be filled in.
        let chosen: Set<String> = [
            "cloudLogging", "forward", "http", "openTelemetry", "splunk", "elasticsearch", "openSearch", "loki", "kafka", "syslog", "s3",
            "stdout", "dropRecordTypes", "dropMatching", "keepMatching", "pruneFields", "rateLimit", "forward.tls", "aws", "auditRules",
            "watch",
        ]
        try walk(file.openAPISchema, "") { path, node in
            let name = path.hasSuffix("forward.tls") ? "forward.tls" : String(path.split(separator: ".").last ?? "")
            guard node["type"] == "object", hasDefaultsBelow(node), !path.isEmpty, !path.hasSuffix("[]"), !chosen.contains(name) else {
                return
            }
            #expect(node["default"] != nil, "\(path)")
        }
    }

    @Test(arguments: DefinitionFile.allCases) func `free text admits no control characters and no line breaks`(file: DefinitionFile) throws
    {
        guard file == .auditPolicies else { return }
        try walk(file.openAPISchema["properties"]?["spec"] ?? .null, "spec") { path, node in
            guard node["type"] == "string", node["enum"] == nil else { return }
            let pattern = try Pattern(#require(node["pattern"]?.string, "\(path): pattern"))
            for text in ["a\nb", "a\rb", "a\u{0}", "a\u{1B}[0m", "a\u{2028}b", "a\u{85}b", "${HOME}", "a\n", "x${y"] {
                #expect(!pattern.matches(text), "\(path) takes \(text.debugDescription)")
            }
        }
    }

    /// Every schema below, with its path; elements and map values as `[]`.
    private func walk(_ node: JSONValue, _ path: String, _ visit: (String, JSONValue) throws -> Void) throws {
        try visit(path, node)
        for (name, child) in (node["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            try walk(child, path.isEmpty ? name : "\(path).\(name)", visit)
        }
        for keyword in ["items", "additionalProperties"] {
            if let child = node[keyword] { try walk(child, path + "[]", visit) }
        }
    }
}
