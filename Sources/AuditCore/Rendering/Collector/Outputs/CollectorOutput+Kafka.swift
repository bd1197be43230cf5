extension AuditPolicy.Kafka: CollectorDestination {
    /// What lies in the memory of Kafka's client library, and is lost if the collector is killed.
    private static let queueKilobytes = 16_384

    var plugin: String { "kafka" }
    var ports: Set<Int> { Set(brokers.map(\.port)) }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [
            .init("brokers", brokers.map(\.address).joined(separator: ",")), .init("topics", topic), .init("format", "json"),
            .init("timestamp_key", "date"), .init("timestamp_format", "iso8601"), .init("message_key", CollectorContext.node),
            .init("rdkafka.request.required.acks", "all"),
            // The library never gives a record up: its queue fills, and chunks wait in files.
            .init("rdkafka.message.timeout.ms", 0),
            .init("rdkafka.queue.buffering.max.kbytes", Self.queueKilobytes),
            .init("rdkafka.compression.codec", compression.rawValue.lowercased()),
            .init("rdkafka.security.protocol", securityProtocol),
        ]
        if let authentication {
            properties += [
                .init("rdkafka.sasl.mechanisms", authentication.mechanism.rawValue.uppercased()),
                .init("rdkafka.sasl.username", authentication.username),
                .init("rdkafka.sasl.password", secrets.variable(of: authentication.password)),
            ]
        }
        guard tls.mode == .enabled else { return properties }
        properties += [
            .init("rdkafka.ssl.ca.location", tls.certificateAuthority.map { secrets.file(of: $0) } ?? "probe"),
            .init("rdkafka.enable.ssl.certificate.verification", tls.insecureSkipVerify ? "false" : "true"),
            .init("rdkafka.ssl.endpoint.identification.algorithm", tls.insecureSkipVerify ? "none" : "https"),
        ]
        if let certificate = tls.clientCertificate {
            properties.append(.init("rdkafka.ssl.certificate.location", secrets.file(of: certificate)))
        }
        if let key = tls.clientKey { properties.append(.init("rdkafka.ssl.key.location", secrets.file(of: key))) }
        return properties
    }

    private var securityProtocol: String { (authentication == nil ? "" : "sasl_") + (tls.mode == .enabled ? "ssl" : "plaintext") }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        if brokers.isEmpty { review.refuse("\(path).brokers", "is empty") }
        for (index, broker) in brokers.enumerated() {
            review.reviewHost(broker.host, port: broker.port, path: "\(path).brokers[\(index)]", identity: context.identity)
        }
        if !topic.isTopicName { review.refuse("\(path).topic", "may have letters, digits, dots, hyphens and underscores, at most 249") }
        if let authentication {
            review.reviewText(authentication.username, "\(path).authentication.username")
            review.reviewSecret(authentication.password, "\(path).authentication.password")
        }
        if (tls.clientCertificate == nil) != (tls.clientKey == nil) {
            review.refuse("\(path).tls.clientCertificate", "clientCertificate and clientKey go together")
        }
        review.reviewSecrets(
            [
                ("certificateAuthority", tls.certificateAuthority), ("clientCertificate", tls.clientCertificate),
                ("clientKey", tls.clientKey),
            ], "\(path).tls")
        if tls.mode == .enabled, tls.insecureSkipVerify { review.warnUnverified("\(path).tls") }
        review.warnIfUnencrypted(tls.mode, hasSecret: authentication != nil, path)
        if context.identity == .workloadIdentity {
            review.warn(
                "\(path).brokers", "brokers that the cluster names later must listen on a port that stands here; agents reach no other")
        }
    }
}

extension AuditPolicy.Kafka.Broker {
    fileprivate var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
