extension AuditPolicy {
    /// TLS of an output. Verification of chain and host name is on unless turned off here.
    package struct TLS: Sendable, Hashable, Codable {
        package enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
            case enabled = "Enabled"
            case disabled = "Disabled"
        }

        package enum MinimumVersion: String, Sendable, Hashable, Codable, CaseIterable {
            case v12 = "TLSv1.2"
            case v13 = "TLSv1.3"
        }

        package var mode: Mode = .enabled
        package var insecureSkipVerify: Bool = false
        /// Name to verify and to send as SNI instead of the host.
        package var serverName: String?
        package var certificateAuthority: SecretReference?
        package var clientCertificate: SecretReference?
        package var clientKey: SecretReference?
        package var minimumVersion: MinimumVersion = .v12

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            mode = try fields.decode(.mode, default: mode)
            insecureSkipVerify = try fields.decode(.insecureSkipVerify, default: insecureSkipVerify)
            serverName = try fields.decodeIfPresent(String.self, forKey: .serverName)
            certificateAuthority = try fields.decodeIfPresent(SecretReference.self, forKey: .certificateAuthority)
            clientCertificate = try fields.decodeIfPresent(SecretReference.self, forKey: .clientCertificate)
            clientKey = try fields.decodeIfPresent(SecretReference.self, forKey: .clientKey)
            minimumVersion = try fields.decode(.minimumVersion, default: minimumVersion)
        }
    }

    /// One key of a Secret in the agents' namespace, by `secretRef`. The operator never reads it; the collector gets it as a mounted file.
    package struct SecretReference: Sendable, Hashable, Codable {
        package struct Key: Sendable, Hashable, Codable {
            package var name: String
            package var key: String

            package init(name: String, key: String) {
                self.name = name
                self.key = key
            }
        }

        package var secretRef: Key

        package init(name: String, key: String) { secretRef = Key(name: name, key: key) }
    }
}
