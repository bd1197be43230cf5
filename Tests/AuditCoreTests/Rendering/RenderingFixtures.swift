import AuditCore
import KubeCore

extension AgentOptions {
    static let fixture = AgentOptions(
        setupImage: "docker.io/library/busybox:1.36.1", collectorImage: "cr.fluentbit.io/fluent/fluent-bit:5.1.1",
        clusterName: "prod", clusterLocation: "europe-west1")
}

/// Policies as their authors would write them, with every setting that reaches a node in at least one.
enum RenderingFixture: String, CaseIterable {
    /// An empty specification: what Google's manifest does.
    case cosDefault = "cos-default"
    case forward, http, stdout, filters
    case openTelemetry = "opentelemetry"
    case splunk, elasticsearch
    case openSearch = "opensearch"
    case loki, kafka, syslog, s3
    /// Two logs in two projects, under a workload identity.
    case twoLogs = "two-logs"

    var policy: AuditPolicy {
        var policy = AuditPolicy(metadata: ObjectMeta(name: rawValue))
        switch self {
        case .cosDefault: break
        case .forward: policy.spec.outputs = [Self.forwardOutput]
        case .http: policy.spec.outputs = [Self.httpOutput]
        case .stdout:
            var output = AuditPolicy.Output(name: "console", type: .stdout)
            output.stdout = AuditPolicy.Stdout()
            output.retryLimit = 0
            policy.spec.outputs = [output]
            policy.spec.collector.buffer.type = .memory
            policy.spec.collector.buffer.maxSize = "64Mi"
            policy.spec.collector.logLevel = .debug
            policy.spec.rollout.maxUnavailable = .int(3)
            policy.spec.rollout.minReadySeconds = 10
        case .filters:
            policy.spec.filters = Self.allFilters + Self.furtherFilters
            policy.spec.nodeSelector = LabelSelector(
                matchLabels: ["cloud.google.com/gke-os-distribution": "cos", "audit": "yes"],
                matchExpressions: [
                    LabelRequirement(key: "cloud.google.com/gke-nodepool", operator: .notIn, values: ["scratch", "ci"]),
                    LabelRequirement(key: "node.kubernetes.io/exclude-from-audit", operator: .doesNotExist),
                ])
        case .openTelemetry: policy.spec.outputs = Self.openTelemetryOutputs
        case .splunk: policy.spec.outputs = Self.splunkOutputs
        case .elasticsearch: policy.spec.outputs = Self.elasticsearchOutputs
        case .openSearch: policy.spec.outputs = Self.openSearchOutputs
        case .loki: policy.spec.outputs = Self.lokiOutputs
        case .kafka: policy.spec.outputs = Self.kafkaOutputs
        case .syslog: policy.spec.outputs = Self.syslogOutputs
        case .s3: policy.spec.outputs = Self.s3Outputs
        case .twoLogs:
            policy.spec.agent.identity = .workloadIdentity
            policy.spec.agent.serviceAccountAnnotations = ["iam.gke.io/gcp-service-account": "audit@prod.iam.gserviceaccount.com"]
            policy.spec.agent.priorityClassName = "system-node-critical"
            policy.spec.agent.tolerations = [Toleration(key: "gvisor", operator: "Exists")]
            var other = AuditPolicy.Output.cloudLoggingDefault
            other.name = "security-team"
            other.cloudLogging?.logName = "audit/nodes"
            other.cloudLogging?.projectID = "security-logs"
            other.cloudLogging?.clusterName = "prod-eu"
            other.cloudLogging?.clusterLocation = "europe-west4-a"
            other.cloudLogging?.labels = [.init(name: "team", value: "platform"), .init(name: "k8s/tier", value: "nodes:prod")]
            other.cloudLogging?.credentials = Self.secret("security-logs", "key.json")
            other.cloudLogging?.compress = true
            policy.spec.outputs.append(other)
        }
        return policy
    }

    private static var forwardOutput: AuditPolicy.Output {
        var forward = AuditPolicy.Forward(host: "collector.example.com")
        forward.sharedKey = AuditPolicy.SecretReference(name: "collector", key: "shared-key")
        var tls = AuditPolicy.TLS()
        tls.certificateAuthority = AuditPolicy.SecretReference(name: "collector", key: "ca.crt")
        tls.clientCertificate = AuditPolicy.SecretReference(name: "collector-client", key: "tls.crt")
        tls.clientKey = AuditPolicy.SecretReference(name: "collector-client", key: "tls.key")
        tls.serverName = "audit.example.com"
        tls.minimumVersion = .v13
        forward.tls = tls
        var output = AuditPolicy.Output(name: "central", type: .forward)
        output.forward = forward
        return output
    }

    private static var httpOutput: AuditPolicy.Output {
        var http = AuditPolicy.HTTP(host: "logs.example.com")
        http.uri = "/ingest?source=audit&team=platform"
        http.headers = [.init(name: "X-Scope-OrgID", value: "platform team"), .init(name: "X-Note", value: "a \"b\" $5 {c} #d")]
        http.bearerToken = AuditPolicy.SecretReference(name: "logs", key: "token")
        var output = AuditPolicy.Output(name: "siem", type: .http)
        output.http = http
        return output
    }

    private static let allFilters: [AuditPolicy.Filter] = [
        AuditPolicy.Filter(name: "no-context", dropping: ["PATH", "CWD", "PROCTITLE"]),
        AuditPolicy.Filter(name: "runtimes", dropMatching: .init(field: "_EXE", values: ["/usr/bin/runc", "/usr/bin/containerd shim"])),
        AuditPolicy.Filter(
            name: "probes",
            dropMatching: .init(field: "MESSAGE", operator: .contains, values: ["exe=\"/bin/grpc_health_probe\"", "${HOME}"])),
        AuditPolicy.Filter(
            name: "home", dropMatching: .init(field: "_EXE", operator: .prefix, values: ["/home/kubernetes/", "/opt/c++/"])),
        AuditPolicy.Filter(
            name: "patterns", dropMatching: .init(field: "_COMM", operator: .regex, values: ["^kube-[a-z]+$", "/sh|bash/"])),
    ]
}

extension AuditPolicy {
    /// The manifests, or a failed test.
    func rendered(_ options: AgentOptions = .fixture) throws -> AgentManifests { try AgentManifests(for: self, options: options) }

    func judged(_ options: AgentOptions = .fixture) -> PolicySnapshot.Rendering { Acceptance.judge(self, options: options, overlap: nil) }

    func problems(_ options: AgentOptions = .fixture) -> [Problem] {
        if case .refused(let problems) = judged(options) { problems } else { [] }
    }

    func warnings(_ options: AgentOptions = .fixture) -> [Problem] {
        if case .accepted(let agent) = judged(options) { agent.warnings } else { [] }
    }
}

extension AgentManifests {
    var collectorText: String { configMap.data?["collector.yaml"] ?? "" }
    var pod: PodSpec { daemonSet.spec?.template.spec ?? PodSpec(containers: []) }
    var collector: Container? { pod.containers.first }
    var setup: Container? { pod.initContainers?.first }
}
