extension AuditPolicy.Elasticsearch: CollectorDestination {
    /// The plugin for OpenSearch speaks the same bulk API and sends a request again unless every record of it was taken.
    /// The one for Elasticsearch (5.1.1) is content when any was, and loses the others; but only it knows API keys.
    var plugin: String { apiKey == nil ? "opensearch" : "es" }
    var ports: Set<Int> { [port] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties = SearchIndex(host: host, port: port, path: path, index: index, daily: daily, pipeline: pipeline).properties
        properties += Self.gzip(compress)
        properties += Self.basic(username, password, &secrets)
        if let apiKey { properties.append(.init("http_api_key", secrets.variable(of: apiKey))) }
        return properties + AuditPolicy.TLS.properties(tls, &secrets)
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        SearchIndex(host: host, port: port, path: self.path, index: index, daily: daily, pipeline: pipeline)
            .review(&review, at: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        review.reviewLogin(username, password, nil, path)
        if let apiKey { review.reviewSecret(apiKey, "\(path).apiKey") }
        if apiKey != nil, password != nil { review.refuse("\(path).apiKey", "apiKey and password exclude each other") }
        if apiKey != nil {
            review.warn(
                "\(path).apiKey",
                "with an API key the collector does not notice when Elasticsearch takes a request and refuses single records of it; "
                    + "with username and password it does")
        }
        review.warnIfUnencrypted(tls?.mode, hasSecret: password != nil || apiKey != nil, path)
    }
}

/// What Elasticsearch and OpenSearch have in common.
struct SearchIndex {
    let host: String
    let port: Int
    let path: String?
    let index: String
    let daily: Bool
    let pipeline: String?

    /// Room for the answer to the largest request: an answer that is cut would be taken for a failure, again and again.
    private static let answerSize = 16 << 20

    var properties: [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [.init("host", host), .init("port", port)]
        if let path { properties.append(.init("path", path)) }
        if daily {
            properties += [.init("logstash_format", true), .init("logstash_prefix", index)]
        } else {
            properties.append(.init("index", index))
        }
        if let pipeline { properties.append(.init("pipeline", pipeline)) }
        // An id made of the record, and only ever created: sending again what is there changes nothing.
        return properties + [
            .init("write_operation", "create"), .init("generate_id", true), .init("suppress_type_name", true),
            .init("time_key_nanos", true), .init("buffer_size", Self.answerSize),
        ]
    }

    func review(_ review: inout SpecificationReview, at place: String, identity: AuditPolicy.Agent.Identity) {
        review.reviewHost(host, port: port, path: place, identity: identity)
        if let path, !path.hasPrefix("/") || !path.isPathWord {
            review.refuse("\(place).path", "begins with a slash; letters, digits and - _ . ~ / follow")
        }
        if !index.isIndexName {
            review.refuse(
                "\(place).index", "may have lower-case letters, digits, hyphens, underscores and dots, and begins with a letter or digit")
        }
        if let pipeline, !pipeline.isHeaderName {
            review.refuse("\(place).pipeline", "may have letters, digits, hyphens, underscores and dots")
        }
    }
}
