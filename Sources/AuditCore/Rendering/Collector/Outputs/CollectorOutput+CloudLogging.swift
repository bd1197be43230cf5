extension AuditPolicy.CloudLogging: CollectorDestination {
    private enum Key {
        static let logName = "logging.googleapis.com/logName"
        static let resource = "logging.googleapis.com/local_resource_id"
        static let insertID = "logging.googleapis.com/insertId"
        static let severity = "logging.googleapis.com/severity"
    }

    var plugin: String { "stackdriver" }
    var ports: Set<Int> { [443] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        let options = context.options
        var properties: [CollectorDocument.Property] = [
            .init("resource", "k8s_node"),
            .init("k8s_cluster_name", (clusterName ?? options.clusterName).orElse(AgentOptions.unknown)),
            .init("k8s_cluster_location", (clusterLocation ?? options.clusterLocation).orElse(AgentOptions.unknown)),
        ]
        if let projectID { properties.append(.init("export_to_project_id", projectID)) }
        if let credentials { properties.append(.init("google_service_credentials", secrets.file(of: credentials))) }
        if !labels.isEmpty { properties.append(.init("labels", labels.pairs)) }
        properties.append(.init("log_name_key", Key.logName))
        return properties + Self.gzip(compress) + [
            .init("net.connect_timeout", 60),
            .init("tls", true), .init("tls.verify", true), .init("tls.verify_hostname", true),
        ]
    }

    /// Puts on each record what its entry's log, resource, severity and identity are made of: here and not for all outputs, so
    /// that other destinations get the records as the journal has them, and two logs can differ.
    func processors(_ context: CollectorContext) -> [[CollectorDocument.Property]] {
        // Name and value are parted by a blank; the review lets no log name have one.
        let log = "\(Key.logName) \(logName.replacing("/", with: "%2F"))"
        return [
            [.init("name", "modify"), .init("set", .list([.text(log), .text("\(Key.resource) k8s_node.\(CollectorContext.node)")]))],
            [.init("name", "lua"), .init("call", "identify"), .init("code", Self.identification)],
            [.init("name", "content_modifier"), .init("action", "hash"), .init("key", Key.insertID)],
        ]
    }

    /// The entry's severity, and its `insertId` before that is hashed: log, boot, event and record. With an equal timestamp it
    /// makes Cloud Logging show once what a retry, a lost position or a journal read again sends twice. The message alone would
    /// not do: thousands of nodes say the same in the same microsecond.
    private static let identification: String = {
        let parts = ["'\(Key.logName)'", "'_BOOT_ID'", "'_AUDIT_ID'", "'MESSAGE'"].map { "tostring(record[\($0)])" }
        return RecordSeverity.luaTable(\.cloudLoggingName)
            + " function identify(tag, timestamp, record) record['\(Key.insertID)'] = \(parts.joined(separator: " .. ' ' .. ")) "
            + "record['\(Key.severity)'] = \(RecordSeverity.luaLookup) return 2, timestamp, record end"
    }()

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        if !logName.isLogName {
            review.refuse("\(path).logName", "may have letters, digits, hyphens, underscores, dots and slashes")
        }
        for (name, value, fallback, flag) in [
            ("clusterName", clusterName, context.options.clusterName, "--cluster-name"),
            ("clusterLocation", clusterLocation, context.options.clusterLocation, "--cluster-location"),
        ] {
            let text = value ?? fallback
            if text.isEmpty {
                review.warn(
                    "\(path).\(name)",
                    "is not known; records will say \"\(AgentOptions.unknown)\": set it here or start the operator with \(flag)")
            } else {
                review.reviewText(text, "\(path).\(name)")
            }
        }
        if let projectID {
            projectID.isEmpty ? review.refuse("\(path).projectID", "is empty") : review.reviewText(projectID, "\(path).projectID")
        }
        review.reviewLabels(labels, "\(path).labels", areNamed: \.isLabelName)
        if let credentials { review.reviewSecret(credentials, "\(path).credentials") }
    }
}
