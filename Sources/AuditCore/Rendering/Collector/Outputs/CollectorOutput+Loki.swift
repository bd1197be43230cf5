extension AuditPolicy.Loki: CollectorDestination {
    /// The label that every stream has.
    static let nodeLabel = "node"

    var plugin: String { "loki" }
    var ports: Set<Int> { [port] }

    /// One stream a node: labels made of the records' fields would make many, and a request as large as the records.
    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        let all = labels + [.init(name: Self.nodeLabel, value: CollectorContext.node)]
        var properties: [CollectorDocument.Property] = [
            .init("host", host), .init("port", port), .init("uri", uri), .init("labels", all.pairs), .init("line_format", "json"),
        ]
        if let tenantID { properties.append(.init("tenant_id", tenantID)) }
        properties += Self.gzip(compress)
        properties += Self.basic(username, password, &secrets)
        if let bearerToken { properties.append(.init("bearer_token", secrets.variable(of: bearerToken))) }
        return properties + AuditPolicy.TLS.properties(tls, &secrets)
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        review.reviewHost(host, port: port, path: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        review.reviewURI(uri, "\(path).uri")
        if let tenantID, !tenantID.isPlainWord { review.refuse("\(path).tenantID", "may have letters, digits and ! - _ . * ' ( )") }
        review.reviewLabels(labels, "\(path).labels", areNamed: \.isLokiLabel)
        for (index, label) in labels.enumerated() where label.name == Self.nodeLabel {
            review.refuse("\(path).labels[\(index)].name", "node is there by itself")
        }
        review.reviewLogin(username, password, bearerToken, path)
        review.warnIfUnencrypted(tls?.mode, hasSecret: password != nil || bearerToken != nil, path)
    }
}
