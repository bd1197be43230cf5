extension AuditPolicy {
    /// Splunk's HTTP Event Collector.
    package struct Splunk: Sendable, Hashable, Codable {
        package var host: String
        package var port: Int = 8088
        package var token: SecretReference
        /// Absent: the token's own index.
        package var index: String?
        package var source: String = "nodeaudit"
        package var sourceType: String = "nodeaudit"
        package var compress: Bool = true
        package var tls: TLS? = TLS()

        package init(host: String, token: SecretReference) {
            self.host = host
            self.token = token
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            host = try fields.decode(String.self, forKey: .host)
            port = try fields.decode(.port, default: port)
            token = try fields.decode(SecretReference.self, forKey: .token)
            index = try fields.decodeIfPresent(String.self, forKey: .index)
            source = try fields.decode(.source, default: source)
            sourceType = try fields.decode(.sourceType, default: sourceType)
            compress = try fields.decode(.compress, default: compress)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
