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
