extension AuditPolicy {
    /// An entry a record, monitored resource `k8s_node`.
    package struct CloudLogging: Sendable, Hashable, Codable {
        package var logName: String = "linux-auditd"
        /// Absent: what the operator was started with, or found.
        package var clusterName: String?
        package var clusterLocation: String?
        /// The project that receives the log; absent: the node's own.
        package var projectID: String?
        /// Put on every entry.
        package var labels: [Label] = []
        /// A service account's key (JSON); absent: what the node or the pod is.
        package var credentials: SecretReference?
        /// Off, as in Google's manifest.
        package var compress: Bool = false

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            logName = try fields.decode(.logName, default: logName)
            clusterName = try fields.decodeIfPresent(String.self, forKey: .clusterName)
            clusterLocation = try fields.decodeIfPresent(String.self, forKey: .clusterLocation)
            projectID = try fields.decodeIfPresent(String.self, forKey: .projectID)
            labels = try fields.decode(.labels, default: labels)
            credentials = try fields.decodeIfPresent(SecretReference.self, forKey: .credentials)
            compress = try fields.decode(.compress, default: compress)
        }
    }
}
