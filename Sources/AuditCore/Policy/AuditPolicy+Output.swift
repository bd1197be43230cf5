extension AuditPolicy {
    /// One destination. Exactly the block that `type` names is present; the schema sees to it.
    package struct Output: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case cloudLogging = "CloudLogging"
            case forward = "Forward"
            case http = "HTTP"
            case openTelemetry = "OpenTelemetry"
            case splunk = "Splunk"
            case elasticsearch = "Elasticsearch"
            case openSearch = "OpenSearch"
            case loki = "Loki"
            case kafka = "Kafka"
            case syslog = "Syslog"
            case s3 = "S3"
            case stdout = "Stdout"

            /// The name of the type's block.
            package var block: String {
                switch self {
                case .cloudLogging: "cloudLogging"
                case .forward: "forward"
                case .http: "http"
                case .openTelemetry: "openTelemetry"
                case .splunk: "splunk"
                case .elasticsearch: "elasticsearch"
                case .openSearch: "openSearch"
                case .loki: "loki"
                case .kafka: "kafka"
                case .syslog: "syslog"
                case .s3: "s3"
                case .stdout: "stdout"
                }
            }
        }

        /// Unique in the policy.
        package var name: String
        package var type: Kind
        package var cloudLogging: CloudLogging?
        package var forward: Forward?
        package var http: HTTP?
        package var openTelemetry: OpenTelemetry?
        package var splunk: Splunk?
        package var elasticsearch: Elasticsearch?
        package var openSearch: OpenSearch?
        package var loki: Loki?
        package var kafka: Kafka?
        package var syslog: Syslog?
        package var s3: S3?
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
            openTelemetry = try fields.decodeIfPresent(OpenTelemetry.self, forKey: .openTelemetry)
            splunk = try fields.decodeIfPresent(Splunk.self, forKey: .splunk)
            elasticsearch = try fields.decodeIfPresent(Elasticsearch.self, forKey: .elasticsearch)
            openSearch = try fields.decodeIfPresent(OpenSearch.self, forKey: .openSearch)
            loki = try fields.decodeIfPresent(Loki.self, forKey: .loki)
            kafka = try fields.decodeIfPresent(Kafka.self, forKey: .kafka)
            syslog = try fields.decodeIfPresent(Syslog.self, forKey: .syslog)
            s3 = try fields.decodeIfPresent(S3.self, forKey: .s3)
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
}
