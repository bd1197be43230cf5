extension AuditPolicy.OpenTelemetry: CollectorDestination {
    private enum Key {
        static let severityText = "SeverityText"
        static let severityNumber = "SeverityNumber"
    }

    /// More records than a chunk can have. Of a chunk that goes in several requests the plugin (5.1.1) forgets that one failed
    /// when a later one does not.
    private static let requestRecords = 100_000

    var plugin: String { "opentelemetry" }
    var ports: Set<Int> { [port] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [.init("host", host), .init("port", port)]
        switch transport {
        case .http: properties.append(.init("logs_uri", uri))
        case .grpc: properties += [.init("http2", "on"), .init("grpc", true)]
        }
        properties += [
            .init("batch_size", Self.requestRecords),
            .init("logs_body_key", "$MESSAGE"), .init("logs_body_key_attributes", true),
            .init("logs_severity_text_message_key", "$\(Key.severityText)"),
            .init("logs_severity_number_message_key", "$\(Key.severityNumber)"),
        ]
        properties += Self.gzip(compress)
        properties += Self.basic(username, password, &secrets)
        properties += Self.headers(headers, bearerToken, &secrets)
        return properties + AuditPolicy.TLS.properties(tls, &secrets)
    }

    private static let grading: String =
        RecordSeverity.luaTable { "\($0.openTelemetryNumber) \($0.cloudLoggingName)" }
        + " function grade(tag, timestamp, record) local number, text = \(RecordSeverity.luaLookup):match('(%d+) (%u+)') "
        + "record['\(Key.severityNumber)'] = tonumber(number) record['\(Key.severityText)'] = text return 2, timestamp, record end"

    /// Severity on the record, and the node on the resource that all records of a request share.
    func processors(_ context: CollectorContext) -> [[CollectorDocument.Property]] {
        var attributes = [("service.name", "nodeaudit"), ("k8s.node.name", CollectorContext.node)]
        if let name = context.clusterName { attributes.append(("k8s.cluster.name", name)) }
        let resource = attributes.map { name, value -> [CollectorDocument.Property] in
            [
                .init("name", "content_modifier"), .init("context", "otel_resource_attributes"), .init("action", "upsert"),
                .init("key", name), .init("value", value),
            ]
        }
        return [
            [.init("name", "lua"), .init("call", "grade"), .init("code", Self.grading)],
            [.init("name", "opentelemetry_envelope")],
        ] + resource
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        review.reviewHost(host, port: port, path: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        review.reviewURI(uri, "\(path).uri")
        review.reviewHeaders(headers, path)
        review.reviewLogin(username, password, bearerToken, path)
        if let name = context.clusterName { review.reviewText(name, "\(path)") }
        if transport == .grpc, port == 4318 { review.warn("\(path).port", "is the usual one of HTTP; of GRPC that is 4317") }
        review.warnIfUnencrypted(tls?.mode, hasSecret: password != nil || bearerToken != nil, path)
    }
}
