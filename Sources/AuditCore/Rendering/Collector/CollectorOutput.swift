/// One destination as Fluent Bit has it.
struct CollectorOutput {
    /// nil when the block that the type names is absent, which the review refuses.
    private(set) var properties: [CollectorDocument.Property]?

    init(_ output: AuditPolicy.Output, buffer: AuditPolicy.Buffer, options: AgentOptions, secrets: inout SecretMounts) {
        let own: (plugin: String, properties: [CollectorDocument.Property], processors: CollectorDocument?)? =
            switch output.type {
            case .cloudLogging:
                output.cloudLogging.map { ("stackdriver", Self.cloudLogging($0, options: options), Self.cloudLoggingProcessors($0)) }
            case .forward: output.forward.map { ("forward", Self.forward($0, &secrets), nil) }
            case .http: output.http.map { ("http", Self.http($0, &secrets), nil) }
            case .stdout: output.stdout.map { ("stdout", Self.stdout($0), nil) }
            }
        guard let own else { return }
        var properties: [CollectorDocument.Property] = [
            .init("name", own.plugin), .init("alias", output.name), .init("match", CollectorConfiguration.tag),
        ]
        properties += own.properties
        properties.append(output.retryLimit == 0 ? .init("retry_limit", "no_limits") : .init("retry_limit", output.retryLimit))
        // One thread each: Google's manifest found more of them to crash the Cloud Logging output.
        properties.append(.init("workers", 1))
        if buffer.type == .filesystem { properties.append(.init("storage.total_limit_size", buffer.maxBytes)) }
        if let processors = own.processors { properties.append(.init("processors", processors)) }
        self.properties = properties
    }

    // MARK: Cloud Logging

    private static let logNameKey = "logging.googleapis.com/logName"
    private static let resourceKey = "logging.googleapis.com/local_resource_id"
    private static let insertIDKey = "logging.googleapis.com/insertId"

    private static func cloudLogging(_ settings: AuditPolicy.CloudLogging, options: AgentOptions) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [
            .init("resource", "k8s_node"),
            .init("k8s_cluster_name", (settings.clusterName ?? options.clusterName).orElse(AgentOptions.unknown)),
            .init("k8s_cluster_location", (settings.clusterLocation ?? options.clusterLocation).orElse(AgentOptions.unknown)),
        ]
        if let projectID = settings.projectID { properties.append(.init("export_to_project_id", projectID)) }
        return properties + [
            .init("log_name_key", logNameKey),
            .init("net.connect_timeout", 60),
            .init("tls", true), .init("tls.verify", true), .init("tls.verify_hostname", true),
        ]
    }

    /// What the entry's log, resource and identity are made of. They are put on here and not for all outputs, so that other
    /// destinations get the records as the journal has them and two logs can differ.
    ///
    /// The hash of the message is the entry's `insertId`: with the same timestamp it makes Cloud Logging drop what a retry,
    /// a lost position or a journal read again sends twice.
    private static func cloudLoggingProcessors(_ settings: AuditPolicy.CloudLogging) -> CollectorDocument {
        let node = "k8s_node.${\(CollectorConfiguration.Variable.nodeName)}"
        return .mapping([
            .init(
                "logs",
                .list([
                    .mapping([.init("name", "modify"), .init("hard_copy", "MESSAGE \(insertIDKey)")]),
                    .mapping([.init("name", "content_modifier"), .init("action", "hash"), .init("key", insertIDKey)]),
                    upsert(logNameKey, settings.logName.replacing("/", with: "%2F")),
                    upsert(resourceKey, node),
                ]))
        ])
    }

    private static func upsert(_ key: String, _ value: String) -> CollectorDocument {
        .mapping([.init("name", "content_modifier"), .init("action", "upsert"), .init("key", key), .init("value", value)])
    }

    // MARK: Forward, HTTP, standard output

    private static func forward(_ settings: AuditPolicy.Forward, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [.init("host", settings.host), .init("port", settings.port)]
        if let sharedKey = settings.sharedKey {
            properties.append(.init("shared_key", secrets.variable(of: sharedKey)))
            properties.append(.init("self_hostname", "${\(CollectorConfiguration.Variable.nodeName)}"))
        }
        properties.append(.init("require_ack_response", settings.requireAcknowledgement))
        // Plain [time, record] entries: what Fluentd understands too.
        properties.append(.init("retain_metadata_in_forward_mode", false))
        return properties + tls(settings.tls, &secrets)
    }

    private static func http(_ settings: AuditPolicy.HTTP, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        var properties: [CollectorDocument.Property] = [
            .init("host", settings.host), .init("port", settings.port), .init("uri", settings.uri),
        ]
        switch settings.format {
        case .json: properties += [.init("format", "json")] + dates
        case .jsonLines: properties += [.init("format", "json_lines")] + dates
        case .msgpack: properties.append(.init("format", "msgpack"))
        }
        if settings.compress { properties.append(.init("compress", "gzip")) }
        if let username = settings.username { properties.append(.init("http_user", username)) }
        if let password = settings.password { properties.append(.init("http_passwd", secrets.variable(of: password))) }
        var headers = settings.headers.map { CollectorDocument.text("\($0.name) \($0.value)") }
        if let token = settings.bearerToken { headers.append(.text("Authorization Bearer \(secrets.variable(of: token))")) }
        if !headers.isEmpty { properties.append(.init("header", .list(headers))) }
        return properties + tls(settings.tls, &secrets)
    }

    private static func stdout(_ settings: AuditPolicy.Stdout) -> [CollectorDocument.Property] {
        switch settings.format {
        case .json: [.init("format", "json")] + dates
        case .jsonLines: [.init("format", "json_lines")] + dates
        }
    }

    private static let dates: [CollectorDocument.Property] = [.init("json_date_key", "date"), .init("json_date_format", "iso8601")]

    /// Fluent Bit's own default leaves the host name unverified.
    private static func tls(_ settings: AuditPolicy.TLS?, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        guard let settings, settings.mode == .enabled else { return [.init("tls", false)] }
        var properties: [CollectorDocument.Property] = [
            .init("tls", true),
            .init("tls.verify", !settings.insecureSkipVerify),
            .init("tls.verify_hostname", !settings.insecureSkipVerify),
            .init("tls.min_version", settings.minimumVersion.rawValue),
        ]
        if let serverName = settings.serverName { properties.append(.init("tls.vhost", serverName)) }
        if let authority = settings.certificateAuthority { properties.append(.init("tls.ca_file", secrets.file(of: authority))) }
        if let certificate = settings.clientCertificate { properties.append(.init("tls.crt_file", secrets.file(of: certificate))) }
        if let key = settings.clientKey { properties.append(.init("tls.key_file", secrets.file(of: key))) }
        return properties
    }
}
