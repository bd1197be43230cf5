extension AuditPolicy {
    /// How the kernels of the policy's nodes are made to audit.
    package struct Audit: Sendable, Hashable, Codable {
        package var backend: Backend = .cloudAuditSetup
        /// Present if and only if the backend is `auditRules`; the schema sees to it.
        package var auditRules: AuditRules?
        /// How often a probe reads each kernel again, with up to a tenth of jitter; 0: never.
        package var recheckSeconds = 86_400

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            backend = try fields.decode(.backend, default: backend)
            auditRules = try fields.decodeIfPresent(AuditRules.self, forKey: .auditRules)
            recheckSeconds = try fields.decode(.recheckSeconds, default: recheckSeconds)
        }
    }

    package enum Backend: String, Sendable, Hashable, Codable, CaseIterable {
        /// The node's own systemd unit, as on Google's page.
        case cloudAuditSetup = "CloudAuditSetup"
        /// The rules of the policy, loaded with the node's own auditctl.
        case auditRules = "AuditRules"
    }
}
