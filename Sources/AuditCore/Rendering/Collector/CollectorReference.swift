/// The tables of docs/destinations.md, made of what the code renders; a test compares.
package enum CollectorReference {
    package static let tables: [(name: String, text: String)] = [
        ("destinations", destinations), ("filters", filters), ("severities", severities), ("protected fields", protected),
    ]

    private static var destinations: String {
        let rows = AuditPolicy.Output.Kind.allCases.compactMap { kind -> [String]? in
            let output = kind.smallest
            guard let destination = output.destination else { return nil }
            var secrets = SecretMounts()
            let context = CollectorContext(output, in: AuditPolicy.Spec(), options: AgentOptions(clusterName: "c", clusterLocation: "l"))
            let properties = destination.properties(context, &secrets)
            let ports = destination.ports.sorted().map(String.init).joined(separator: ", ")
            let isEncrypted = properties.contains(.init("tls", true)) || properties.contains(.init("rdkafka.security.protocol", "ssl"))
            return [
                "`\(kind.rawValue)`", "`\(destination.plugin)`", ports.orElse("–"),
                isEncrypted ? "on" : destination.ports.isEmpty ? "–" : "off",
                kind.login, kind.completion, kind.repetition,
            ]
        }
        return table(["type", "plugin", "port", "TLS by default", "log in with", "a chunk is done when", "what is sent twice"], rows)
    }

    private static var filters: String {
        let rows = AuditPolicy.Filter.Kind.allCases.map { kind in
            let properties = CollectorFilter.properties(kind.example) ?? []
            let own = properties.dropFirst(3).map { "`\($0.name)`" }.joined(separator: ", ")
            guard case .text(let plugin)? = properties.first?.value else { return ["`\(kind.rawValue)`", "", "", kind.effect] }
            return ["`\(kind.rawValue)`", "`\(plugin)`", own, kind.effect]
        }
        return table(["type", "plugin", "by", "effect"], rows)
    }

    private static var severities: String {
        let known = RecordSeverity.types.map { severity, names in row(severity, names.sorted().joined(separator: ", ")) }
        return table(
            ["record types", "Cloud Logging", "syslog", "OpenTelemetry"], known + [row(.informational, "all others")])
    }

    private static func row(_ severity: RecordSeverity, _ types: String) -> [String] {
        [types, severity.cloudLoggingName, severity.syslogDigit, String(severity.openTelemetryNumber)]
    }

    private static var protected: String { AuditPolicy.PruneFields.protected.map { "`\($0)`" }.joined(separator: ", ") }

    private static func table(_ heads: [String], _ rows: [[String]]) -> String {
        let lines = [heads, heads.map { _ in "---" }] + rows
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
}

extension AuditPolicy.Output.Kind {
    /// With what must be there, and defaults.
    fileprivate var smallest: AuditPolicy.Output {
        var output = AuditPolicy.Output(name: "a", type: self)
        let secret = AuditPolicy.SecretReference(name: "a", key: "b")
        let host = "receiver.example.com"
        switch self {
        case .cloudLogging: output.cloudLogging = AuditPolicy.CloudLogging()
        case .forward: output.forward = AuditPolicy.Forward(host: host)
        case .http: output.http = AuditPolicy.HTTP(host: host)
        case .openTelemetry: output.openTelemetry = AuditPolicy.OpenTelemetry(host: host)
        case .splunk: output.splunk = AuditPolicy.Splunk(host: host, token: secret)
        case .elasticsearch: output.elasticsearch = AuditPolicy.Elasticsearch(host: host)
        case .openSearch: output.openSearch = AuditPolicy.OpenSearch(host: host)
        case .loki: output.loki = AuditPolicy.Loki(host: host)
        case .kafka: output.kafka = AuditPolicy.Kafka(brokers: [.init(host: host)], topic: "t")
        case .syslog: output.syslog = AuditPolicy.Syslog(host: host)
        case .s3: output.s3 = AuditPolicy.S3(bucket: "b", region: "r")
        case .stdout: output.stdout = AuditPolicy.Stdout()
        }
        return output
    }

    fileprivate var login: String {
        switch self {
        case .cloudLogging: "the node's or pod's identity; `credentials`"
        case .forward: "`sharedKey`; client certificate"
        case .http, .openTelemetry, .loki: "`username` and `password`; `bearerToken`; client certificate"
        case .splunk: "`token`; client certificate"
        case .elasticsearch: "`username` and `password`; `apiKey`; client certificate"
        case .openSearch: "`username` and `password`; `aws`; client certificate"
        case .kafka: "`authentication` (SASL); client certificate"
        case .syslog: "client certificate"
        case .s3: "the node's or pod's identity; `credentials`; `roleARN`"
        case .stdout: "–"
        }
    }

    /// When the collector stops keeping a chunk.
    fileprivate var completion: String {
        switch self {
        case .cloudLogging, .http, .openTelemetry, .splunk, .loki: "the server answers 2xx"
        case .forward: "the receiver acknowledges it (`requireAcknowledgement`)"
        case .elasticsearch: "each record is stored; with `apiKey`, any record is"
        case .openSearch: "each record is stored"
        case .kafka: "the client library has it in memory (16 MiB at most); that keeps trying without end"
        case .syslog: "it is written to the connection; syslog has no acknowledgement"
        case .s3: "it is in the output's own files, which are sent by size or age"
        case .stdout: "it is written"
        }
    }

    fileprivate var repetition: String {
        switch self {
        case .cloudLogging: "is shown once, by `insertId`"
        case .elasticsearch, .openSearch: "is stored once, by an id made of the record"
        case .loki: "is stored once: same stream, time and line"
        case .forward, .http, .openTelemetry, .splunk, .kafka, .syslog, .s3: "is there twice; `_BOOT_ID` and `_AUDIT_ID` tell"
        case .stdout: "–"
        }
    }
}

extension AuditPolicy.Filter.Kind {
    fileprivate var example: AuditPolicy.Filter {
        var filter = AuditPolicy.Filter(name: "a", type: self)
        let matching = AuditPolicy.Matching(field: "_EXE", values: ["/bin/true"])
        switch self {
        case .dropRecordTypes: filter.dropRecordTypes = AuditPolicy.DropRecordTypes(recordTypes: ["PATH"])
        case .dropMatching: filter.dropMatching = matching
        case .keepMatching: filter.keepMatching = matching
        case .pruneFields: filter.pruneFields = AuditPolicy.PruneFields(fields: ["_EXE"])
        case .rateLimit: filter.rateLimit = AuditPolicy.RateLimit(recordsPerSecond: 100)
        }
        return filter
    }

    fileprivate var effect: String {
        switch self {
        case .dropRecordTypes: "drops records of these types; events stay readable"
        case .dropMatching: "drops records in which the field has one of the values; events can lose parts"
        case .keepMatching: "drops all other records, those without the field, too"
        case .pruneFields: "takes fields off records (`Remove`), or all but these and the protected ones (`Keep`)"
        case .rateLimit: "drops what is more than `recordsPerSecond` on the average of `windowSeconds`, whatever it is"
        }
    }
}
