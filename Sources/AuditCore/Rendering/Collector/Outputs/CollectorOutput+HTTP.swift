extension AuditPolicy.HTTP: CollectorDestination {
    var plugin: String { "http" }
    var ports: Set<Int> { [port] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [.init("host", host), .init("port", port), .init("uri", uri)]
        switch format {
        case .json: properties += [.init("format", "json")] + CollectorContext.dates
        case .jsonLines: properties += [.init("format", "json_lines")] + CollectorContext.dates
        case .msgpack: properties.append(.init("format", "msgpack"))
        }
        properties += Self.gzip(compress)
        properties += Self.basic(username, password, &secrets)
        properties += Self.headers(headers, bearerToken, &secrets)
        return properties + AuditPolicy.TLS.properties(tls, &secrets)
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        review.reviewHost(host, port: port, path: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        review.reviewURI(uri, "\(path).uri")
        review.reviewHeaders(headers, path)
        review.reviewLogin(username, password, bearerToken, path)
        review.warnIfUnencrypted(tls?.mode, hasSecret: password != nil || bearerToken != nil, path)
    }
}
