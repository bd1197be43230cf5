extension AuditPolicy.Forward: CollectorDestination {
    var plugin: String { "forward" }
    var ports: Set<Int> { [port] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [.init("host", host), .init("port", port)]
        if let sharedKey {
            properties.append(.init("shared_key", secrets.variable(of: sharedKey)))
            properties.append(.init("self_hostname", CollectorContext.node))
        }
        properties.append(.init("require_ack_response", requireAcknowledgement))
        // Plain [time, record] entries: what Fluentd understands too.
        properties.append(.init("retain_metadata_in_forward_mode", false))
        return properties + AuditPolicy.TLS.properties(tls, &secrets)
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        review.reviewHost(host, port: port, path: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        if let sharedKey { review.reviewSecret(sharedKey, "\(path).sharedKey") }
        // The shared key itself is not sent.
        review.warnIfUnencrypted(tls?.mode, hasSecret: false, path)
    }
}
