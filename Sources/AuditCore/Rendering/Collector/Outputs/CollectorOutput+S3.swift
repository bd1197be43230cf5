extension AuditPolicy.S3: CollectorDestination {
    var plugin: String { "s3" }
    var ports: Set<Int> { endpoint?.httpsPort.map { [443, $0] } ?? [443] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [.init("bucket", bucket), .init("region", region)]
        if let endpoint { properties.append(.init("endpoint", endpoint)) }
        if let roleARN { properties.append(.init("role_arn", roleARN)) }
        if let externalID { properties.append(.init("external_id", externalID)) }
        if let credentials { secrets.useAWSCredentials(credentials) }
        if storageClass != .standard { properties.append(.init("storage_class", storageClass.rawValue)) }
        if compress { properties.append(.init("compression", "gzip")) }
        let authority: [CollectorDocument.Property] = certificateAuthority.map { [.init("tls.ca_file", secrets.file(of: $0))] } ?? []
        let key = "/\(prefix)/\(CollectorContext.node)/%Y/%m/%d/%H%M%S-$UUID.jsonl" + (compress ? ".gz" : "")
        return properties + [
            .init("s3_key_format", key), .init("format", "json_lines"),
            .init("json_date_key", "date"), .init("json_date_format", "iso8601"),
            .init("use_put_object", true), .init("total_file_size", fileBytes), .init("upload_timeout", fileSeconds),
            .init("store_dir", "\(CollectorConfiguration.stateDirectory)/s3/\(context.output.name)"),
            .init("store_dir_limit_size", context.buffer.maxBytes),
            .init("retry_exhausted_action", "quarantine"), .init("quarantine_dir_limit_size", context.buffer.maxBytes),
            .init("tls", true), .init("tls.verify", true),
        ] + authority
    }

    /// The plugin keeps files of its own, and counts "for ever" as five times.
    func queue(_ context: CollectorContext) -> [CollectorDocument.Property] {
        let limit = context.output.retryLimit
        return [.init("retry_limit", limit == 0 ? Int(Int32.max) : limit), .init("workers", 1)]
    }

    /// The least that the plugin takes is a million bytes, the most that goes in one request thousand times that.
    private var fileBytes: Int { Quantity.bytes(fileSize) ?? 32 << 20 }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        if !bucket.isBucketName { review.refuse("\(path).bucket", "may have lower-case letters, digits, hyphens and dots, 3 to 63") }
        if !prefix.isKeyPrefix {
            review.refuse("\(path).prefix", "may have letters, digits and - _ . / and begins and ends with a letter or digit")
        }
        if let endpoint, endpoint.httpsPort == nil {
            review.refuse("\(path).endpoint", "is written like https://s3.example.com or https://s3.example.com:9000")
        }
        if let certificateAuthority {
            review.reviewSecret(certificateAuthority, "\(path).certificateAuthority")
            if endpoint == nil { review.refuse("\(path).certificateAuthority", "goes with endpoint") }
        }
        review.reviewAWS(region: region, role: roleARN, externalID: externalID, credentials, path)
        if !(Quantity.bytes(fileSize).map { ((1 << 20)...(512 << 20)).contains($0) } ?? false) {
            review.refuse("\(path).fileSize", "is from 1Mi to 512Mi")
        }
        if !(60...86_400).contains(fileSeconds) { review.refuse("\(path).fileSeconds", "is not from 60 to 86400") }
        if context.buffer.maxBytes < 2 * fileBytes {
            review.warn("\(path).fileSize", "is more than half of spec.collector.buffer.maxSize; little can wait while S3 is away")
        }
    }
}
