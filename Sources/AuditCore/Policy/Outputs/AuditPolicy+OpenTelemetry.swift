extension AuditPolicy {
    /// OTLP: the message as body, the other fields as attributes, the node as resource.
    package struct OpenTelemetry: Sendable, Hashable, Codable {
        package enum Transport: String, Sendable, Hashable, Codable, CaseIterable {
            case http = "HTTP"
            case grpc = "GRPC"
        }

        package var host: String
        /// 4317 is usual for gRPC.
        package var port: Int = 4318
        package var transport: Transport = .http
        /// Of HTTP; gRPC has its own.
        package var uri: String = "/v1/logs"
        package var headers: [HTTP.Header] = []
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
            transport = try fields.decode(.transport, default: transport)
            uri = try fields.decode(.uri, default: uri)
            headers = try fields.decode(.headers, default: headers)
            username = try fields.decodeIfPresent(String.self, forKey: .username)
            password = try fields.decodeIfPresent(SecretReference.self, forKey: .password)
            bearerToken = try fields.decodeIfPresent(SecretReference.self, forKey: .bearerToken)
            compress = try fields.decode(.compress, default: compress)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
