extension AuditPolicy.OpenSearch: CollectorDestination {
    var plugin: String { "opensearch" }
    var ports: Set<Int> { aws == nil ? [port] : [port, 443] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties = SearchIndex(host: host, port: port, path: path, index: index, daily: daily, pipeline: pipeline).properties
        properties += Self.gzip(compress)
        properties += Self.basic(username, password, &secrets)
        if let aws {
            properties += [
                .init("aws_auth", true), .init("aws_region", aws.region), .init("aws_service_name", aws.service.rawValue),
            ]
            if let role = aws.roleARN { properties.append(.init("aws_role_arn", role)) }
            if let identifier = aws.externalID { properties.append(.init("aws_external_id", identifier)) }
            if let credentials = aws.credentials { secrets.useAWSCredentials(credentials) }
        }
        return properties + AuditPolicy.TLS.properties(tls, &secrets)
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        SearchIndex(host: host, port: port, path: self.path, index: index, daily: daily, pipeline: pipeline)
            .review(&review, at: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        review.reviewLogin(username, password, nil, path)
        if let aws {
            if password != nil { review.refuse("\(path).aws", "aws and password exclude each other") }
            review.reviewAWS(region: aws.region, role: aws.roleARN, externalID: aws.externalID, aws.credentials, "\(path).aws")
        }
        review.warnIfUnencrypted(tls?.mode, hasSecret: password != nil || aws != nil, path)
    }
}
