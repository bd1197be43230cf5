extension AuditPolicy {
    /// OpenSearch's bulk API, with an id made of the record: what is sent twice is there once.
    package struct OpenSearch: Sendable, Hashable, Codable {
        package struct AWS: Sendable, Hashable, Codable {
            package enum Service: String, Sendable, Hashable, Codable, CaseIterable {
                /// Amazon OpenSearch Service.
                case managed = "es"
                /// Amazon OpenSearch Serverless.
                case serverless = "aoss"
            }

            package var region: String
            package var service: Service = .managed
            /// Assumed before each use.
            package var roleARN: String?
            package var externalID: String?
            /// An AWS shared credentials file, profile `default`; absent: what the node or the pod is.
            package var credentials: SecretReference?

            package init(region: String) { self.region = region }

            package init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                region = try fields.decode(String.self, forKey: .region)
                service = try fields.decode(.service, default: service)
                roleARN = try fields.decodeIfPresent(String.self, forKey: .roleARN)
                externalID = try fields.decodeIfPresent(String.self, forKey: .externalID)
                credentials = try fields.decodeIfPresent(SecretReference.self, forKey: .credentials)
            }
        }

        package var host: String
        package var port: Int = 9200
        /// In front of `/_bulk`, where a proxy wants one.
        package var path: String?
        /// An index, an alias or a data stream.
        package var index: String = "nodeaudit"
        /// An index a day: `<index>-2026.11.25`.
        package var daily: Bool = false
        /// An ingest pipeline.
        package var pipeline: String?
        package var username: String?
        package var password: SecretReference?
        /// Requests signed for Amazon's service.
        package var aws: AWS?
        package var compress: Bool = true
        package var tls: TLS? = TLS()

        package init(host: String) { self.host = host }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            host = try fields.decode(String.self, forKey: .host)
            port = try fields.decode(.port, default: port)
            path = try fields.decodeIfPresent(String.self, forKey: .path)
            index = try fields.decode(.index, default: index)
            daily = try fields.decode(.daily, default: daily)
            pipeline = try fields.decodeIfPresent(String.self, forKey: .pipeline)
            username = try fields.decodeIfPresent(String.self, forKey: .username)
            password = try fields.decodeIfPresent(SecretReference.self, forKey: .password)
            aws = try fields.decodeIfPresent(AWS.self, forKey: .aws)
            compress = try fields.decode(.compress, default: compress)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
