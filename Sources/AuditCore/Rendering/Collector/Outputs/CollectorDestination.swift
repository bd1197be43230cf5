/// What a type of output is to the collector. One conformance a type, each in a file of its own; nothing else knows the types.
protocol CollectorDestination: Sendable {
    /// Fluent Bit's output plugin.
    var plugin: String { get }
    /// TCP ports of what the collector must reach, beside names and the cloud's metadata.
    var ports: Set<Int> { get }
    /// The plugin's own properties.
    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property]
    /// What is done to each record for this destination alone.
    func processors(_ context: CollectorContext) -> [[CollectorDocument.Property]]
    /// Reports what the schema cannot see, or what reached us past it.
    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext)
    /// Properties that every output has, where this one has them differently.
    func queue(_ context: CollectorContext) -> [CollectorDocument.Property]
}

/// What a destination is rendered from, beside its own settings.
struct CollectorContext: Sendable {
    let output: AuditPolicy.Output
    let buffer: AuditPolicy.Buffer
    let identity: AuditPolicy.Agent.Identity
    let options: AgentOptions

    /// `${NODE_NAME}`: the node, wherever a destination wants to know it.
    static let node = "${\(CollectorConfiguration.Variable.nodeName)}"
    /// The key and the format of a record's time, where it is written as JSON.
    static let dates: [CollectorDocument.Property] = [.init("json_date_key", "date"), .init("json_date_format", "iso8601")]

    /// The policy's cluster, or none where nobody knows it.
    var clusterName: String? { options.clusterName.isEmpty ? nil : options.clusterName }

    init(_ output: AuditPolicy.Output, in spec: AuditPolicy.Spec, options: AgentOptions) {
        self.output = output
        buffer = spec.collector.buffer
        identity = spec.agent.identity
        self.options = options
    }
}

extension CollectorDestination {
    func processors(_ context: CollectorContext) -> [[CollectorDocument.Property]] { [] }

    func queue(_ context: CollectorContext) -> [CollectorDocument.Property] {
        let limit = context.output.retryLimit
        var properties: [CollectorDocument.Property] = [
            limit == 0 ? .init("retry_limit", "no_limits") : .init("retry_limit", limit),
            // One thread each: Google's manifest found more of them to crash the Cloud Logging output.
            .init("workers", 1),
        ]
        if context.buffer.type == .filesystem { properties.append(.init("storage.total_limit_size", context.buffer.maxBytes)) }
        return properties
    }

    /// `http_user` and `http_passwd`, as every plugin over HTTP calls them.
    static func basic(_ username: String?, _ password: AuditPolicy.SecretReference?, _ secrets: inout SecretMounts)
        -> [CollectorDocument.Property]
    {
        var properties: [CollectorDocument.Property] = []
        if let username { properties.append(.init("http_user", username)) }
        if let password { properties.append(.init("http_passwd", secrets.variable(of: password))) }
        return properties
    }

    /// `header`, with the bearer token as one of them.
    static func headers(
        _ headers: [AuditPolicy.HTTP.Header], _ bearerToken: AuditPolicy.SecretReference?, _ secrets: inout SecretMounts
    ) -> [CollectorDocument.Property] {
        var lines = headers.map { CollectorDocument.text("\($0.name) \($0.value)") }
        if let bearerToken { lines.append(.text("Authorization Bearer \(secrets.variable(of: bearerToken))")) }
        return lines.isEmpty ? [] : [.init("header", .list(lines))]
    }

    static func gzip(_ compress: Bool) -> [CollectorDocument.Property] { compress ? [.init("compress", "gzip")] : [] }
}

extension AuditPolicy.Output {
    /// The block that the type names; nil when it is absent, which the review refuses.
    var destination: (any CollectorDestination)? {
        switch type {
        case .cloudLogging: cloudLogging
        case .forward: forward
        case .http: http
        case .openTelemetry: openTelemetry
        case .splunk: splunk
        case .elasticsearch: elasticsearch
        case .openSearch: openSearch
        case .loki: loki
        case .kafka: kafka
        case .syslog: syslog
        case .s3: s3
        case .stdout: stdout
        }
    }
}

extension AuditPolicy.TLS {
    /// Fluent Bit's own default leaves the host name unverified.
    static func properties(_ settings: AuditPolicy.TLS?, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
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
