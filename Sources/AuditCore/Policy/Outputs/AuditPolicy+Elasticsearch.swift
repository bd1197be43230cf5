extension AuditPolicy {
    /// Elasticsearch's bulk API, with an id made of the record: what is sent twice is there once.
    package struct Elasticsearch: Sendable, Hashable, Codable {
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
        /// In the encoded form that Elasticsearch gives out.
        package var apiKey: SecretReference?
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
            apiKey = try fields.decodeIfPresent(SecretReference.self, forKey: .apiKey)
            compress = try fields.decode(.compress, default: compress)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
