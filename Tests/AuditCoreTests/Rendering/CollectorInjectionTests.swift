import Foundation
import KubeCore
import Testing

@testable import AuditCore

/// No text of a policy can become anything but the one value it is.
struct CollectorInjectionTests {
    private static let attempts: [String] = [
        "\n  outputs:\n    - name: exec", "\"\n- name: evil", "a: b", "- a", "a # b", "${HOME}", "$${HOME}", "${NODEAUDIT_SECRET_0}",
        "@include /etc/passwd",
        "file:///etc/shadow", "'", "\"", "\\", "\\\"", "\\n", "%{x}", "!!python/object", "&a *a", "[a, b]", "{a: b}", "|", ">", "? a",
        "---", "...",
        "\u{0}", "\u{7}", "\t", "\r\n", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "\u{10FFFF}", "é", "审计", "\u{202E}", " ", "a b", " a",
        "a ", "on",
        "null", "~", "1", "0x1", "1e3", ".inf", "", String(repeating: "a", count: 300), String(repeating: "\"", count: 300),
    ]

    /// The policy with the text in every place that takes one, one place a policy.
    private func variants(_ text: String) -> [AuditPolicy] {
        var variants: [AuditPolicy] = []
        func vary(_ fixture: RenderingFixture, _ change: (inout AuditPolicy.Spec) -> Void) {
            var policy = fixture.policy
            change(&policy.spec)
            variants.append(policy)
        }
        vary(.twoLogs) { $0.outputs[1].cloudLogging?.logName = text }
        vary(.twoLogs) { $0.outputs[1].cloudLogging?.clusterName = text }
        vary(.twoLogs) { $0.outputs[1].cloudLogging?.clusterLocation = text }
        vary(.twoLogs) { $0.outputs[1].cloudLogging?.projectID = text }
        vary(.twoLogs) { $0.outputs[1].name = text }
        vary(.forward) { $0.outputs[0].forward?.host = text }
        vary(.forward) { $0.outputs[0].forward?.tls?.serverName = text }
        vary(.forward) { $0.outputs[0].forward?.sharedKey?.secretRef.key = text }
        vary(.http) { $0.outputs[0].http?.host = text }
        vary(.http) { $0.outputs[0].http?.uri = text }
        vary(.http) { $0.outputs[0].http?.uri = "/" + text }
        vary(.http) { $0.outputs[0].http?.headers[0].name = text }
        vary(.http) { $0.outputs[0].http?.headers[0].value = text }
        vary(.http) {
            $0.outputs[0].http?.bearerToken = nil
            $0.outputs[0].http?.username = text
            $0.outputs[0].http?.password = AuditPolicy.SecretReference(name: "a", key: "b")
        }
        vary(.filters) { $0.filters[0].name = text }
        vary(.filters) { $0.filters[0].dropRecordTypes?.recordTypes = [text] }
        vary(.filters) { $0.filters[1].dropMatching?.field = text }
        for (index, _) in RenderingFixture.filters.policy.spec.filters.enumerated().dropFirst() {
            vary(.filters) { $0.filters[index].dropMatching?.values = [text] }
        }
        for (index, _) in RenderingFixture.filters.policy.spec.filters.enumerated() {
            vary(.filters) { $0.filters[index].keepMatching?.values = [text] }
            vary(.filters) { $0.filters[index].pruneFields?.fields = [text] }
        }
        vary(.filters) { $0.filters[5].keepMatching?.field = text }
        vary(.cosDefault) { $0.collector.buffer.maxSize = text }
        return variants + outputVariants(text)
    }

    /// The same for the outputs that came later: each text field of each block, by name.
    private func outputVariants(_ text: String) -> [AuditPolicy] {
        typealias Output = AuditPolicy.Output
        let changes: [(RenderingFixture, Int, (inout Output) -> Void)] = [
            (.twoLogs, 1, { $0.cloudLogging?.labels[0].name = text }), (.twoLogs, 1, { $0.cloudLogging?.labels[0].value = text }),
            (.twoLogs, 1, { $0.cloudLogging?.credentials?.secretRef.key = text }),
            (.openTelemetry, 0, { $0.openTelemetry?.host = text }), (.openTelemetry, 0, { $0.openTelemetry?.uri = "/" + text }),
            (.openTelemetry, 0, { $0.openTelemetry?.headers[0].name = text }),
            (.openTelemetry, 0, { $0.openTelemetry?.headers[0].value = text }),
            (.openTelemetry, 1, { $0.openTelemetry?.username = text }), (.openTelemetry, 1, { $0.openTelemetry?.tls?.serverName = text }),
            (.splunk, 0, { $0.splunk?.host = text }), (.splunk, 0, { $0.splunk?.index = text }), (.splunk, 0, { $0.splunk?.source = text }),
            (.splunk, 0, { $0.splunk?.sourceType = text }), (.splunk, 0, { $0.splunk?.token.secretRef.name = text }),
            (.elasticsearch, 0, { $0.elasticsearch?.host = text }), (.elasticsearch, 0, { $0.elasticsearch?.path = "/" + text }),
            (.elasticsearch, 0, { $0.elasticsearch?.index = text }), (.elasticsearch, 0, { $0.elasticsearch?.pipeline = text }),
            (.elasticsearch, 0, { $0.elasticsearch?.username = text }), (.elasticsearch, 1, { $0.elasticsearch?.index = text }),
            (.elasticsearch, 1, { $0.elasticsearch?.apiKey?.secretRef.key = text }),
            (.openSearch, 0, { $0.openSearch?.host = text }), (.openSearch, 0, { $0.openSearch?.path = text }),
            (.openSearch, 0, { $0.openSearch?.index = text }), (.openSearch, 0, { $0.openSearch?.pipeline = text }),
            (.openSearch, 0, { $0.openSearch?.username = text }), (.openSearch, 1, { $0.openSearch?.aws?.region = text }),
            (.openSearch, 1, { $0.openSearch?.aws?.roleARN = "arn:aws:iam::1:role/" + text }),
            (.openSearch, 1, { $0.openSearch?.aws?.externalID = text }),
            (.loki, 0, { $0.loki?.host = text }), (.loki, 0, { $0.loki?.uri = text }), (.loki, 0, { $0.loki?.tenantID = text }),
            (.loki, 0, { $0.loki?.labels[1].name = text }), (.loki, 0, { $0.loki?.labels[1].value = text }),
            (.loki, 0, { $0.loki?.username = text }),
            (.kafka, 0, { $0.kafka?.brokers[0].host = text }), (.kafka, 0, { $0.kafka?.topic = text }),
            (.kafka, 0, { $0.kafka?.authentication?.username = text }), (.kafka, 1, { $0.kafka?.tls.clientKey?.secretRef.key = text }),
            (.syslog, 0, { $0.syslog?.host = text }), (.syslog, 0, { $0.syslog?.appName = text }),
            (.syslog, 0, { $0.syslog?.tls?.serverName = text }),
            (.s3, 0, { $0.s3?.bucket = text }), (.s3, 0, { $0.s3?.region = text }), (.s3, 0, { $0.s3?.prefix = text }),
            (.s3, 0, { $0.s3?.roleARN = text }), (.s3, 0, { $0.s3?.externalID = text }), (.s3, 1, { $0.s3?.endpoint = "https://" + text }),
            (.s3, 1, { $0.s3?.fileSize = text }), (.s3, 1, { $0.s3?.credentials?.secretRef.name = text }), (.s3, 1, { $0.name = text }),
        ]
        return changes.map { fixture, index, change in
            var policy = fixture.policy
            change(&policy.spec.outputs[index])
            return policy
        }
    }

    /// nil when the policy is refused. Without the manifests around it, which take most of the time.
    private func collectorConfiguration(of policy: AuditPolicy) -> String? {
        guard SpecificationReview(policy, options: .fixture).problems.isEmpty else { return nil }
        return CollectorConfiguration(policy.spec, options: .fixture).text
    }

    /// All keys, the lengths of all lists and the variables in all texts: what an injection would have to change.
    private static func skeleton(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members): members.keys.sorted().flatMap { key in [key] + skeleton(members[key] ?? .null).map { "\(key).\($0)" } }
        case .array(let elements): ["[\(elements.count)]"] + elements.flatMap(skeleton)
        case .string(let text):
            text.split(separator: "${", omittingEmptySubsequences: false).dropFirst().map { "${\($0.prefix { $0 != "}" })" }
        default: []
        }
    }

    /// What of each kind of output a line or a list is made of: a separator in a text would make another entry.
    private func entries(_ output: JSONValue) -> [Int] {
        [("labels", ","), ("brokers", ","), ("topics", ",")].map { key, separator in
            output[key]?.string?.split(separator: separator, omittingEmptySubsequences: false).count ?? 0
        }
    }

    /// The skeleton of each fixture, and of the one that logs in with a password.
    private static let tame: [String: Result<[String], any Error>] = {
        var policies = RenderingFixture.allCases.map { ($0.rawValue, $0.policy) }
        var login = RenderingFixture.http.policy
        login.spec.outputs[0].http?.bearerToken = nil
        login.spec.outputs[0].http?.username = "a"
        login.spec.outputs[0].http?.password = AuditPolicy.SecretReference(name: "a", key: "b")
        policies.append(("login", login))
        return Dictionary(
            uniqueKeysWithValues: policies.map { name, policy in
                (name, Result { skeleton(try CollectorReader.read(CollectorConfiguration(policy.spec, options: .fixture).text)) })
            })
    }()

    private static func expected(like policy: AuditPolicy) throws -> [String] {
        let name = policy.spec.outputs.first?.http?.password != nil ? "login" : policy.name
        return try #require(tame[name]).get()
    }

    private func check(_ policy: AuditPolicy, _ text: String) throws {
        guard let configuration = collectorConfiguration(of: policy) else { return }
        let document = try CollectorReader.read(configuration)
        let expected = try Self.expected(like: policy)
        #expect(Self.skeleton(document) == expected, "\(text.debugDescription)")
        let outputs = document["pipeline"]?["outputs"]?.array ?? []
        let counts = policy.spec.outputs.map { output in
            let labels = output.cloudLogging?.labels.count ?? output.loki.map { $0.labels.count + 1 } ?? 0
            return [labels, output.kafka?.brokers.count ?? 0, output.kafka == nil ? 0 : 1]
        }
        #expect(outputs.map(entries) == counts, "\(text.debugDescription)")
        #expect(!configuration.unicodeScalars.contains { !$0.isASCII || ($0.value < 32 && $0 != "\n") })
    }

    @Test(arguments: attempts)
    func `a text in any place is refused or stays one value`(text: String) throws {
        for policy in variants(text) { try check(policy, text) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `random texts are refused or stay one value`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ab01 /.-_:#\"'\\${}[](){}|*+?^&!%@=,;<>~`\n\t\u{7F}é\u{2028}\u{1F600}".unicodeScalars)
        for _ in 0..<60 {
            var text = ""
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                if let scalar = alphabet.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            for policy in variants(text) { try check(policy, text) }
        }
    }

    @Test(arguments: attempts)
    func `what is accepted is found again, character by character`(text: String) throws {
        var policy = RenderingFixture.http.policy
        policy.spec.outputs[0].http?.headers = [.init(name: "X-Note", value: text)]
        guard let configuration = collectorConfiguration(of: policy) else { return }
        let document = try CollectorReader.read(configuration)
        #expect(document["pipeline"]?["outputs"]?.array?[0]["header"]?.array?[0].string == "X-Note \(text)")
    }

    /// An independent reader agrees about every scalar: PyYAML, where the machine has it, over libyaml as Fluent Bit.
    @Test(.enabled(if: Python.hasYAML))
    func `another reader of YAML finds the same document`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nodeaudit-yaml-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: directory) }
        var count = 0
        var random = SeededRandom(seed: 11)
        func add(_ policy: AuditPolicy) throws {
            guard let configuration = collectorConfiguration(of: policy) else { return }
            try Data(configuration.utf8).write(to: directory.appending(path: "\(count).yaml"))
            try Data(CollectorReader.read(configuration).serialized).write(to: directory.appending(path: "\(count).json"))
            count += 1
        }
        for fixture in RenderingFixture.allCases { try add(fixture.policy) }
        for text in Self.attempts { for policy in variants(text) { try add(policy) } }
        for _ in 0..<20 {
            var text = ""
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0x20...0x2FFF, using: &random)) { text.unicodeScalars.append(scalar) }
            }
            for policy in variants(text) { try add(policy) }
        }
        #expect(count > 300)
        let comparison = """
            import glob, json, sys, yaml
            for name in glob.glob(sys.argv[1] + '/*.yaml'):
                document = yaml.load(open(name, encoding='utf-8'), getattr(yaml, 'CBaseLoader', yaml.BaseLoader))
                assert document == json.load(open(name[:-4] + 'json', encoding='utf-8')), name
            """
        let result = try Command("/usr/bin/env", "python3", "-c", comparison, directory.path).run()
        #expect(result.exitCode == 0, "\(result.errors)")
    }
}

private enum Python {
    static let hasYAML = (try? Command("/usr/bin/env", "python3", "-c", "import yaml").run().exitCode) == 0
}
