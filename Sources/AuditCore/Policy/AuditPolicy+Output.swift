extension AuditPolicy {
    /// One destination. Exactly the block that `type` names is present; the schema sees to it.
    package struct Output: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case cloudLogging = "CloudLogging"
            case forward = "Forward"
            case http = "HTTP"
            case stdout = "Stdout"
        }

        /// Unique in the policy.
        package var name: String
        package var type: Kind
        package var cloudLogging: CloudLogging?
        package var forward: Forward?
        package var http: HTTP?
        package var stdout: Stdout?
        /// How often a chunk is sent again before it is kept aside as rejected. 0: for ever.
        package var retryLimit: Int = 14

        package init(name: String, type: Kind) {
            self.name = name
            self.type = type
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            name = try fields.decode(String.self, forKey: .name)
            type = try fields.decode(Kind.self, forKey: .type)
            cloudLogging = try fields.decodeIfPresent(CloudLogging.self, forKey: .cloudLogging)
            forward = try fields.decodeIfPresent(Forward.self, forKey: .forward)
            http = try fields.decodeIfPresent(HTTP.self, forKey: .http)
            stdout = try fields.decodeIfPresent(Stdout.self, forKey: .stdout)
            retryLimit = try fields.decode(.retryLimit, default: retryLimit)
        }

        /// As Google's manifest does: log `linux-auditd`, monitored resource `k8s_node`.
        package static let cloudLoggingDefault: Output = {
            var output = Output(name: "cloud-logging", type: .cloudLogging)
            output.cloudLogging = CloudLogging()
            return output
        }()
    }

    package struct CloudLogging: Sendable, Hashable, Codable {
        package var logName: String = "linux-auditd"
        /// Absent: what the operator was started with, or found.
        package var clusterName: String?
        package var clusterLocation: String?
        /// The project that receives the log; absent: the node's own.
        package var projectID: String?

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            logName = try fields.decode(.logName, default: logName)
            clusterName = try fields.decodeIfPresent(String.self, forKey: .clusterName)
            clusterLocation = try fields.decodeIfPresent(String.self, forKey: .clusterLocation)
            projectID = try fields.decodeIfPresent(String.self, forKey: .projectID)
        }
    }

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

    package struct Stdout: Sendable, Hashable, Codable {
        package enum Format: String, Sendable, Hashable, Codable, CaseIterable {
            case json = "JSON"
            case jsonLines = "JSONLines"
        }

        package var format: Format = .jsonLines

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            format = try fields.decode(.format, default: format)
        }
    }

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
