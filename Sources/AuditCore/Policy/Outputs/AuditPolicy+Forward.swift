extension AuditPolicy {
    package struct Forward: Sendable, Hashable, Codable {
        package var host: String
        package var port: Int = 24224
        package var sharedKey: SecretReference?
        /// Wait for the receiver's acknowledgement of each chunk.
        package var requireAcknowledgement: Bool = true
        package var tls: TLS?

        package init(host: String) { self.host = host }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            host = try fields.decode(String.self, forKey: .host)
            port = try fields.decode(.port, default: port)
            sharedKey = try fields.decodeIfPresent(SecretReference.self, forKey: .sharedKey)
            requireAcknowledgement = try fields.decode(.requireAcknowledgement, default: requireAcknowledgement)
            tls = try fields.decodeIfPresent(TLS.self, forKey: .tls)
        }
    }
}
