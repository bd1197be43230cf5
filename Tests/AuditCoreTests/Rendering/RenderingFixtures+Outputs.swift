import AuditCore

/// Outputs as their authors would write them, with every setting of every type in at least one.
extension RenderingFixture {
    static func secret(_ name: String, _ key: String) -> AuditPolicy.SecretReference { AuditPolicy.SecretReference(name: name, key: key) }

    private static func output(
        _ name: String, _ type: AuditPolicy.Output.Kind, _ set: (inout AuditPolicy.Output) -> Void
    ) -> AuditPolicy.Output {
        var output = AuditPolicy.Output(name: name, type: type)
        set(&output)
        return output
    }

    /// A certificate authority and a client certificate, of the Secret of that name.
    static func mutualTLS(_ name: String) -> AuditPolicy.TLS {
        var tls = AuditPolicy.TLS()
        tls.certificateAuthority = secret(name, "ca.crt")
        tls.clientCertificate = secret(name, "tls.crt")
        tls.clientKey = secret(name, "tls.key")
        return tls
    }

    static var openTelemetryOutputs: [AuditPolicy.Output] {
        var http = AuditPolicy.OpenTelemetry(host: "otlp.example.com")
        http.uri = "/otlp/v1/logs"
        http.headers = [.init(name: "X-Tenant", value: "platform")]
        http.bearerToken = secret("otlp", "token")
        var grpc = AuditPolicy.OpenTelemetry(host: "otel-collector.example.com")
        grpc.port = 4317
        grpc.transport = .grpc
        grpc.username = "audit"
        grpc.password = secret("otlp", "password")
        grpc.compress = false
        grpc.tls?.serverName = "otel.example.com"
        return [output("otlp", .openTelemetry) { $0.openTelemetry = http }, output("grpc", .openTelemetry) { $0.openTelemetry = grpc }]
    }

    static var splunkOutputs: [AuditPolicy.Output] {
        var splunk = AuditPolicy.Splunk(host: "hec.example.com", token: secret("splunk", "token"))
        splunk.index = "os_audit"
        splunk.source = "gke"
        splunk.sourceType = "linux:audit:json"
        splunk.tls = mutualTLS("splunk")
        return [output("splunk", .splunk) { $0.splunk = splunk }]
    }

    static var elasticsearchOutputs: [AuditPolicy.Output] {
        var own = AuditPolicy.Elasticsearch(host: "elastic.example.com")
        own.path = "/es"
        own.index = "logs-nodeaudit-default"
        own.pipeline = "audit"
        own.username = "audit"
        own.password = secret("elastic", "password")
        own.tls?.certificateAuthority = secret("elastic", "ca.crt")
        var cloud = AuditPolicy.Elasticsearch(host: "prod.es.europe-west1.gcp.cloud.es.io")
        cloud.port = 9243
        cloud.daily = true
        cloud.apiKey = secret("elastic", "api-key")
        cloud.compress = false
        return [output("elastic", .elasticsearch) { $0.elasticsearch = own }, output("cloud", .elasticsearch) { $0.elasticsearch = cloud }]
    }

    static var openSearchOutputs: [AuditPolicy.Output] {
        var own = AuditPolicy.OpenSearch(host: "10.0.0.7")
        own.path = "/search"
        own.pipeline = "audit"
        own.username = "audit"
        own.password = secret("opensearch", "password")
        own.tls?.insecureSkipVerify = true
        var amazon = AuditPolicy.OpenSearch(host: "search-audit.eu-central-1.es.amazonaws.com")
        amazon.port = 443
        amazon.index = "audit"
        amazon.daily = true
        amazon.aws = AuditPolicy.OpenSearch.AWS(region: "eu-central-1")
        amazon.aws?.service = .serverless
        amazon.aws?.roleARN = "arn:aws:iam::123456789012:role/audit"
        amazon.aws?.externalID = "nodes-1"
        amazon.aws?.credentials = secret("aws", "credentials")
        return [output("opensearch", .openSearch) { $0.openSearch = own }, output("amazon", .openSearch) { $0.openSearch = amazon }]
    }

    static var lokiOutputs: [AuditPolicy.Output] {
        var loki = AuditPolicy.Loki(host: "loki.example.com")
        loki.port = 443
        loki.uri = "/gateway/loki/api/v1/push"
        loki.tenantID = "platform"
        loki.labels = [.init(name: "job", value: "nodeaudit"), .init(name: "cluster", value: "prod/eu-1")]
        loki.username = "audit"
        loki.password = secret("loki", "password")
        var token = AuditPolicy.Loki(host: "loki.example.com")
        token.bearerToken = secret("loki", "token")
        token.compress = false
        return [output("loki", .loki) { $0.loki = loki }, output("token", .loki) { $0.loki = token }]
    }

    static var kafkaOutputs: [AuditPolicy.Output] {
        var sasl = AuditPolicy.Kafka(
            brokers: [.init(host: "kafka-1.example.com"), .init(host: "fd00::7", port: 9095)], topic: "node.audit")
        sasl.authentication = .init(mechanism: .scramSHA512, username: "audit", password: secret("kafka", "password"))
        sasl.tls.certificateAuthority = secret("kafka", "ca.crt")
        var certificate = AuditPolicy.Kafka(brokers: [.init(host: "kafka.example.com", port: 9094)], topic: "audit")
        certificate.compression = .none
        certificate.tls.clientCertificate = secret("kafka", "tls.crt")
        certificate.tls.clientKey = secret("kafka", "tls.key")
        return [output("kafka", .kafka) { $0.kafka = sasl }, output("certificate", .kafka) { $0.kafka = certificate }]
    }

    static var syslogOutputs: [AuditPolicy.Output] {
        var syslog = AuditPolicy.Syslog(host: "syslog.example.com")
        syslog.facility = .local6
        syslog.appName = "kube-audit"
        syslog.tls = mutualTLS("syslog")
        syslog.tls?.minimumVersion = .v13
        syslog.tls?.serverName = "siem.example.com"
        return [output("syslog", .syslog) { $0.syslog = syslog }]
    }

    static var s3Outputs: [AuditPolicy.Output] {
        var amazon = AuditPolicy.S3(bucket: "audit-logs", region: "eu-central-1")
        amazon.prefix = "nodes/prod"
        amazon.roleARN = "arn:aws:iam::123456789012:role/audit"
        amazon.externalID = "nodes-1"
        amazon.storageClass = .standardIA
        amazon.credentials = secret("aws", "credentials")
        var own = AuditPolicy.S3(bucket: "audit", region: "us-east-1")
        own.endpoint = "https://minio.example.com:9000"
        own.certificateAuthority = secret("minio", "ca.crt")
        own.credentials = secret("aws", "credentials")
        own.compress = false
        own.fileSize = "16Mi"
        own.fileSeconds = 300
        var second = output("minio", .s3) { $0.s3 = own }
        second.retryLimit = 0
        return [output("amazon", .s3) { $0.s3 = amazon }, second]
    }

    static let furtherFilters: [AuditPolicy.Filter] = {
        func filter(_ name: String, _ type: AuditPolicy.Filter.Kind, _ set: (inout AuditPolicy.Filter) -> Void) -> AuditPolicy.Filter {
            var filter = AuditPolicy.Filter(name: name, type: type)
            set(&filter)
            return filter
        }
        return [
            filter("people", .keepMatching) {
                $0.keepMatching = .init(field: "_AUDIT_LOGINUID", operator: .regex, values: ["^[1-9][0-9]{3}$", "^0$"])
            },
            filter("less", .pruneFields) { $0.pruneFields = .init(fields: ["_CMDLINE", "_MACHINE_ID"]) },
            filter("essence", .pruneFields) { $0.pruneFields = .init(mode: .keep, fields: ["_EXE", "MESSAGE", "_PID"]) },
            filter("flood", .rateLimit) { $0.rateLimit = .init(recordsPerSecond: 500, windowSeconds: 10) },
        ]
    }()
}
