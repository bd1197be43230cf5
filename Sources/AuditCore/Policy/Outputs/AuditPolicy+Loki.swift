extension AuditPolicy {
    /// Grafana Loki's push API: a stream a node.
    package struct Loki: Sendable, Hashable, Codable {
        package var host: String
        package var port: Int = 3100
        package var uri: String = "/loki/api/v1/push"
        /// Sent as `X-Scope-OrgID`.
        package var tenantID: String?
        /// Of the stream, beside `node`, which is always there.
        package var labels: [Label] = [Label(name: "job", value: "nodeaudit")]
        package var username: String?
        package var password: SecretReference?
        /// Sent as `Authorization: Bearer …`.
        package var bearerToken: SecretReference?
        package var compress: Bool = true
        package var tls: TLS? = TLS()

        package init(host: String) { self.host = host }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            host = try fields.decode(String.self, forKey: .host)
            port = try fields.decode(.port, default: port)
            uri = try fields.decode(.uri, default: uri)
            tenantID = try fields.decodeIfPresent(String.self, forKey: .tenantID)
            labels = try fields.decode(.labels, default: labels)
            username = try fields.decodeIfPresent(String.self, forKey: .username)
            password = try fields.decodeIfPresent(SecretReference.self, forKey: .password)
            bearerToken = try fields.decodeIfPresent(SecretReference.self, forKey: .bearerToken)
            compress = try fields.decode(.compress, default: compress)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
