extension AuditPolicy {
    /// A topic of Kafka, keyed by node, so that the records of a node stay in order.
    package struct Kafka: Sendable, Hashable, Codable {
        package struct Broker: Sendable, Hashable, Codable {
            package var host: String
            package var port: Int = 9093

            package init(host: String, port: Int = 9093) {
                self.host = host
                self.port = port
            }

            package init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                host = try fields.decode(String.self, forKey: .host)
                port = try fields.decode(.port, default: 9093)
            }
        }

        /// What Fluent Bit's build of Kafka's client library can do for certain; it has no ZSTD.
        package enum Compression: String, Sendable, Hashable, Codable, CaseIterable {
            case none = "None"
            case gzip = "GZIP"
            case snappy = "Snappy"
            case lz4 = "LZ4"
        }

        /// SASL.
        package struct Authentication: Sendable, Hashable, Codable {
            package enum Mechanism: String, Sendable, Hashable, Codable, CaseIterable {
                case plain = "Plain"
                case scramSHA256 = "SCRAM-SHA-256"
                case scramSHA512 = "SCRAM-SHA-512"
            }

            package var mechanism: Mechanism
            package var username: String
            package var password: SecretReference

            package init(mechanism: Mechanism, username: String, password: SecretReference) {
                self.mechanism = mechanism
                self.username = username
                self.password = password
            }
        }

        /// What Kafka's client library can do of TLS.
        package struct TLS: Sendable, Hashable, Codable {
            package var mode: AuditPolicy.TLS.Mode = .enabled
            package var insecureSkipVerify: Bool = false
            package var certificateAuthority: SecretReference?
            package var clientCertificate: SecretReference?
            package var clientKey: SecretReference?

            package init() {}

            package init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                mode = try fields.decode(.mode, default: mode)
                insecureSkipVerify = try fields.decode(.insecureSkipVerify, default: insecureSkipVerify)
                certificateAuthority = try fields.decodeIfPresent(SecretReference.self, forKey: .certificateAuthority)
                clientCertificate = try fields.decodeIfPresent(SecretReference.self, forKey: .clientCertificate)
                clientKey = try fields.decodeIfPresent(SecretReference.self, forKey: .clientKey)
            }
        }

        /// Where the cluster is first looked for.
        package var brokers: [Broker]
        package var topic: String
        package var compression: Compression = .lz4
        package var authentication: Authentication?
        package var tls: TLS = TLS()

        package init(brokers: [Broker], topic: String) {
            self.brokers = brokers
            self.topic = topic
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            brokers = try fields.decode([Broker].self, forKey: .brokers)
            topic = try fields.decode(String.self, forKey: .topic)
            compression = try fields.decode(.compression, default: compression)
            authentication = try fields.decodeIfPresent(Authentication.self, forKey: .authentication)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
