extension AuditPolicy {
    /// Files of JSON lines in a bucket, `<prefix>/<node>/<year>/<month>/<day>/<time>-<random>.jsonl`.
    package struct S3: Sendable, Hashable, Codable {
        package enum StorageClass: String, Sendable, Hashable, Codable, CaseIterable {
            case standard = "STANDARD"
            case standardIA = "STANDARD_IA"
            case oneZoneIA = "ONEZONE_IA"
            case intelligentTiering = "INTELLIGENT_TIERING"
            case glacierIR = "GLACIER_IR"
        }

        package var bucket: String
        package var region: String
        package var prefix: String = "nodeaudit"
        /// Of another service that speaks S3; absent: Amazon's.
        package var endpoint: String?
        /// Of the endpoint's certificate.
        package var certificateAuthority: SecretReference?
        /// Assumed before each use.
        package var roleARN: String?
        package var externalID: String?
        /// An AWS shared credentials file, profile `default`; absent: what the node or the pod is.
        package var credentials: SecretReference?
        package var storageClass: StorageClass = .standard
        package var compress: Bool = true
        /// A file is sent when it has grown to this, before compression, …
        package var fileSize: String = "32Mi"
        /// … or is as old as this.
        package var fileSeconds: Int = 600

        package init(bucket: String, region: String) {
            self.bucket = bucket
            self.region = region
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            bucket = try fields.decode(String.self, forKey: .bucket)
            region = try fields.decode(String.self, forKey: .region)
            prefix = try fields.decode(.prefix, default: prefix)
            endpoint = try fields.decodeIfPresent(String.self, forKey: .endpoint)
            certificateAuthority = try fields.decodeIfPresent(SecretReference.self, forKey: .certificateAuthority)
            roleARN = try fields.decodeIfPresent(String.self, forKey: .roleARN)
            externalID = try fields.decodeIfPresent(String.self, forKey: .externalID)
            credentials = try fields.decodeIfPresent(SecretReference.self, forKey: .credentials)
            storageClass = try fields.decode(.storageClass, default: storageClass)
            compress = try fields.decode(.compress, default: compress)
            fileSize = try fields.decode(.fileSize, default: fileSize)
            fileSeconds = try fields.decode(.fileSeconds, default: fileSeconds)
        }
    }
}
