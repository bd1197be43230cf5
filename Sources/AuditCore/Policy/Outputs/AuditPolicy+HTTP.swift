extension AuditPolicy {
    package struct HTTP: Sendable, Hashable, Codable {
        package enum Format: String, Sendable, Hashable, Codable, CaseIterable {
            case json = "JSON"
            case jsonLines = "JSONLines"
            case msgpack = "MessagePack"
        }

        package struct Header: Sendable, Hashable, Codable {
            package var name: String
            package var value: String

            package init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        package var host: String
        package var port: Int = 443
        /// Path and query of the request, with a leading slash.
        package var uri: String = "/"
        package var format: Format = .jsonLines
        package var compress: Bool = true
        package var headers: [Header] = []
        package var username: String?
        package var password: SecretReference?
        /// Sent as `Authorization: Bearer …`.
        package var bearerToken: SecretReference?
        package var tls: TLS? = TLS()

        package init(host: String) { self.host = host }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            host = try fields.decode(String.self, forKey: .host)
            port = try fields.decode(.port, default: port)
            uri = try fields.decode(.uri, default: uri)
            format = try fields.decode(.format, default: format)
            compress = try fields.decode(.compress, default: compress)
            headers = try fields.decode(.headers, default: headers)
            username = try fields.decodeIfPresent(String.self, forKey: .username)
            password = try fields.decodeIfPresent(SecretReference.self, forKey: .password)
            bearerToken = try fields.decodeIfPresent(SecretReference.self, forKey: .bearerToken)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
