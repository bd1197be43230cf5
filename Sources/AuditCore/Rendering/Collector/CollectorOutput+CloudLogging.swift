extension CollectorOutput {
    private enum Key {
        static let logName = "logging.googleapis.com/logName"
        static let resource = "logging.googleapis.com/local_resource_id"
        static let insertID = "logging.googleapis.com/insertId"
    }

    static func cloudLogging(_ settings: AuditPolicy.CloudLogging, options: AgentOptions) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [
            .init("resource", "k8s_node"),
            .init("k8s_cluster_name", (settings.clusterName ?? options.clusterName).orElse(AgentOptions.unknown)),
            .init("k8s_cluster_location", (settings.clusterLocation ?? options.clusterLocation).orElse(AgentOptions.unknown)),
        ]
        if let projectID = settings.projectID { properties.append(.init("export_to_project_id", projectID)) }
        return properties + [
            .init("log_name_key", Key.logName),
            .init("net.connect_timeout", 60),
            .init("tls", true), .init("tls.verify", true), .init("tls.verify_hostname", true),
        ]
    }

    /// Puts on each record what its entry's log, resource and identity are made of: here and not for all outputs, so that
    /// other destinations get the records as the journal has them, and two logs can differ.
    static func cloudLoggingProcessors(_ settings: AuditPolicy.CloudLogging) -> CollectorDocument {
        let logName = settings.logName.replacing("/", with: "%2F")
        let node = "k8s_node.${\(CollectorConfiguration.Variable.nodeName)}"
        let logs: [[CollectorDocument.Property]] = [
            // Name and value are parted by a blank; the review lets no log name have one.
            [.init("name", "modify"), .init("set", .list([.text("\(Key.logName) \(logName)"), .text("\(Key.resource) \(node)")]))],
            [.init("name", "lua"), .init("call", "identify"), .init("code", identification)],
            [.init("name", "content_modifier"), .init("action", "hash"), .init("key", Key.insertID)],
        ]
        return .mapping([.init("logs", .list(logs.map { .mapping($0) }))])
    }

    /// The entry's `insertId`, before it is hashed: log, boot, event and record. With an equal timestamp it makes Cloud Logging
    /// show once what a retry, a lost position or a journal read again sends twice. The message alone would not do:
    /// thousands of nodes say the same in the same microsecond.
    private static let identification: String = {
        let parts = ["'\(Key.logName)'", "'_BOOT_ID'", "'_AUDIT_ID'", "'MESSAGE'"].map { "tostring(record[\($0)])" }
        return "function identify(tag, timestamp, record) record['\(Key.insertID)'] = \(parts.joined(separator: " .. ' ' .. ")) "
            + "return 2, timestamp, record end"
    }()
}
