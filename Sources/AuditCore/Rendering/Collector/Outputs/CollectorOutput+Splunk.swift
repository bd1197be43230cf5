extension AuditPolicy.Splunk: CollectorDestination {
    var plugin: String { "splunk" }
    var ports: Set<Int> { [port] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [
            .init("host", host), .init("port", port), .init("splunk_token", secrets.variable(of: token)),
            .init("event_host", CollectorContext.node), .init("event_source", source), .init("event_sourcetype", sourceType),
        ]
        if let index { properties.append(.init("event_index", index)) }
        return properties + Self.gzip(compress) + AuditPolicy.TLS.properties(tls, &secrets)
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        review.reviewHost(host, port: port, path: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        review.reviewSecret(token, "\(path).token")
        for (name, text) in [("index", index), ("source", source), ("sourceType", sourceType)] {
            if let text, !text.isSplunkName { review.refuse("\(path).\(name)", "may have letters, digits and - _ . : /") }
        }
        review.warnIfUnencrypted(tls?.mode, hasSecret: true, path)
    }
}
