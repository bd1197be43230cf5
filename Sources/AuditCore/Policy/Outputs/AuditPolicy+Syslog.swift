extension AuditPolicy {
    /// RFC 5424, a line a record, the message as auditd writes it to audit.log.
    package struct Syslog: Sendable, Hashable, Codable {
        package enum Facility: String, Sendable, Hashable, Codable, CaseIterable {
            case auth = "Auth"
            case authPriv = "AuthPriv"
            case logAudit = "LogAudit"
            case local0 = "Local0"
            case local1 = "Local1"
            case local2 = "Local2"
            case local3 = "Local3"
            case local4 = "Local4"
            case local5 = "Local5"
            case local6 = "Local6"
            case local7 = "Local7"
        }

        package var host: String
        package var port: Int = 6514
        package var facility: Facility = .logAudit
        package var appName: String = "audit"
        package var tls: TLS? = TLS()

        package init(host: String) { self.host = host }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            host = try fields.decode(String.self, forKey: .host)
            port = try fields.decode(.port, default: port)
            facility = try fields.decode(.facility, default: facility)
            appName = try fields.decode(.appName, default: appName)
            tls = try fields.decode(.tls, default: TLS())
        }
    }
}
