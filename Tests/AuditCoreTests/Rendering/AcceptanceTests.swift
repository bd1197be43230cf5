import KubeCore
import Testing

@testable import AuditCore

/// What is refused, where, and what is accepted with a word.
struct AcceptanceTests {
    @Test(arguments: RenderingFixture.allCases)
    func `what people would write is accepted`(fixture: RenderingFixture) {
        #expect(fixture.policy.problems().isEmpty)
    }

    @Test func `an overlap is refused and names policy and node`() throws {
        let policy = RenderingFixture.cosDefault.policy
        guard
            case .refused(let problems) = Acceptance.judge(policy, options: .fixture, overlap: (winner: "older", count: 3, node: "node-a"))
        else {
            throw Unexpected()
        }
        #expect(
            problems.map(\.description) == [
                "spec.nodeSelector: overlaps with the older AuditPolicy older on 3 nodes, node-a the first; change one of them"
            ])
    }

    @Test func `a cluster whose name nobody knows is called unknown, with a warning`() throws {
        let policy = RenderingFixture.cosDefault.policy
        let unknown = AgentOptions(setupImage: "a", collectorImage: "b")
        #expect(
            policy.warnings(unknown).map(\.path) == [
                "spec.outputs[0].cloudLogging.clusterName", "spec.outputs[0].cloudLogging.clusterLocation",
            ])
        #expect(try policy.rendered(unknown).collectorText.contains("k8s_cluster_name: unknown"))
        var named = policy
        named.spec.outputs[0].cloudLogging?.clusterName = "c"
        named.spec.outputs[0].cloudLogging?.clusterLocation = "l"
        #expect(named.warnings(unknown).isEmpty)
    }

    private struct Unexpected: Error {}

    struct Wrong: Sendable, CustomTestStringConvertible {
        var path: String
        var fixture: RenderingFixture
        var change: @Sendable (inout AuditPolicy) -> Void

        init(_ path: String, _ fixture: RenderingFixture, _ change: @escaping @Sendable (inout AuditPolicy) -> Void) {
            self.path = path
            self.fixture = fixture
            self.change = change
        }

        var testDescription: String { path }
    }

    private static let wrong: [Wrong] = [
        Wrong("metadata.name", .cosDefault) { $0.metadata.name = "../../etc" },
        Wrong("metadata.name", .cosDefault) { $0.metadata.name = "a..b" },
        Wrong("metadata.name", .cosDefault) { $0.metadata.name = "" },
        Wrong("metadata.name", .cosDefault) { $0.metadata.name = String(repeating: "a", count: 51) },
        Wrong("spec.nodeSelector.matchExpressions[0].values", .filters) { $0.spec.nodeSelector.matchExpressions?[0].values = [] },
        Wrong("spec.nodeSelector.matchExpressions[1].values", .filters) { $0.spec.nodeSelector.matchExpressions?[1].values = ["a"] },
        Wrong("spec.filters[0]", .filters) { $0.spec.filters[0].dropRecordTypes = nil },
        Wrong("spec.filters[1]", .filters) { $0.spec.filters[1].dropMatching = nil },
        Wrong("spec.filters[1].name", .filters) { $0.spec.filters[1].name = $0.spec.filters[0].name },
        Wrong("spec.filters[0].dropRecordTypes.recordTypes", .filters) { $0.spec.filters[0].dropRecordTypes?.recordTypes = [] },
        Wrong("spec.filters[0].dropRecordTypes.recordTypes[1]", .filters) {
            $0.spec.filters[0].dropRecordTypes?.recordTypes = ["PATH", "a b"]
        },
        Wrong("spec.filters[1].dropMatching.field", .filters) { $0.spec.filters[1].dropMatching?.field = "$(x)" },
        Wrong("spec.filters[1].dropMatching.values", .filters) { $0.spec.filters[1].dropMatching?.values = [] },
        Wrong("spec.filters[3].dropMatching.values[0]", .filters) { $0.spec.filters[3].dropMatching?.values = [""] },
        Wrong("spec.filters[4].dropMatching.values[1]", .filters) { $0.spec.filters[4].dropMatching?.values = ["a", "(b"] },
        Wrong("spec.outputs", .cosDefault) { $0.spec.outputs = [] },
        Wrong("spec.outputs[0]", .cosDefault) { $0.spec.outputs[0].cloudLogging = nil },
        Wrong("spec.outputs[1].name", .twoLogs) { $0.spec.outputs[1].name = $0.spec.outputs[0].name },
        Wrong("spec.outputs[0].retryLimit", .cosDefault) { $0.spec.outputs[0].retryLimit = -1 },
        Wrong("spec.outputs[0].cloudLogging.logName", .cosDefault) { $0.spec.outputs[0].cloudLogging?.logName = "a log" },
        Wrong("spec.outputs[0].forward.host", .forward) { $0.spec.outputs[0].forward?.host = "a b" },
        Wrong("spec.outputs[0].forward.port", .forward) { $0.spec.outputs[0].forward?.port = 0 },
        Wrong("spec.outputs[0].forward.tls.clientCertificate", .forward) { $0.spec.outputs[0].forward?.tls?.clientKey = nil },
        Wrong("spec.outputs[0].forward.tls.serverName", .forward) { $0.spec.outputs[0].forward?.tls?.serverName = "*" },
        Wrong("spec.outputs[0].forward.sharedKey.secretRef.key", .forward) {
            $0.spec.outputs[0].forward?.sharedKey?.secretRef.key = "../token"
        },
        Wrong("spec.outputs[0].forward.sharedKey.secretRef.name", .forward) { $0.spec.outputs[0].forward?.sharedKey?.secretRef.name = "A" },
        Wrong("spec.outputs[0].http.uri", .http) { $0.spec.outputs[0].http?.uri = "logs" },
        Wrong("spec.outputs[0].http.headers[0].name", .http) { $0.spec.outputs[0].http?.headers[0].name = "AUTHORIZATION" },
        Wrong("spec.outputs[0].http.headers[0].value", .http) { $0.spec.outputs[0].http?.headers[0].value = "" },
        Wrong("spec.outputs[0].http.headers[0].value", .http) { $0.spec.outputs[0].http?.headers[0].value = "a\r\nX-Evil: b" },
        Wrong("spec.outputs[0].http.headers[0].value", .http) { $0.spec.outputs[0].http?.headers[0].value = "${NODEAUDIT_SECRET_0}" },
        Wrong("spec.outputs[0].http.username", .http) { $0.spec.outputs[0].http?.username = "me" },
        Wrong("spec.outputs[0].http.bearerToken", .http) {
            $0.spec.outputs[0].http?.username = "me"
            $0.spec.outputs[0].http?.password = AuditPolicy.SecretReference(name: "a", key: "b")
        },
        Wrong("spec.filters[5]", .filters) { $0.spec.filters[5].keepMatching = nil },
        Wrong("spec.filters[5].keepMatching.values[0]", .filters) { $0.spec.filters[5].keepMatching?.values = [""] },
        Wrong("spec.filters[6].pruneFields.fields[1]", .filters) { $0.spec.filters[6].pruneFields?.fields = ["_EXE", "_AUDIT_ID"] },
        Wrong("spec.filters[7].pruneFields.fields", .filters) { $0.spec.filters[7].pruneFields?.fields = [] },
        Wrong("spec.filters[7].pruneFields.fields[0]", .filters) { $0.spec.filters[7].pruneFields?.fields = ["_EXE*"] },
        Wrong("spec.filters[8].rateLimit.recordsPerSecond", .filters) { $0.spec.filters[8].rateLimit?.recordsPerSecond = 1 },
        Wrong("spec.filters[8].rateLimit.windowSeconds", .filters) { $0.spec.filters[8].rateLimit?.windowSeconds = 1 },
        Wrong("spec.outputs[1].cloudLogging.labels[1].name", .twoLogs) {
            $0.spec.outputs[1].cloudLogging?.labels[1].name = "team"
        },
        Wrong("spec.outputs[1].cloudLogging.labels[0].value", .twoLogs) { $0.spec.outputs[1].cloudLogging?.labels[0].value = "a,b=c" },
        Wrong("spec.outputs[0]", .openTelemetry) { $0.spec.outputs[0].openTelemetry = nil },
        Wrong("spec.outputs[0].openTelemetry.headers[0].name", .openTelemetry) {
            $0.spec.outputs[0].openTelemetry?.headers[0].name = "authorization"
        },
        Wrong("spec.outputs[0].openTelemetry.uri", .openTelemetry) { $0.spec.outputs[0].openTelemetry?.uri = "v1/logs" },
        Wrong("spec.outputs[1].openTelemetry.username", .openTelemetry) { $0.spec.outputs[1].openTelemetry?.password = nil },
        Wrong("spec.outputs[0]", .splunk) { $0.spec.outputs[0].splunk = nil },
        Wrong("spec.outputs[0].splunk.host", .splunk) { $0.spec.outputs[0].splunk?.host = "" },
        Wrong("spec.outputs[0].splunk.index", .splunk) { $0.spec.outputs[0].splunk?.index = "a b" },
        Wrong("spec.outputs[0].splunk.token.secretRef.key", .splunk) { $0.spec.outputs[0].splunk?.token.secretRef.key = "a/b" },
        Wrong("spec.outputs[0].elasticsearch.index", .elasticsearch) { $0.spec.outputs[0].elasticsearch?.index = "Logs" },
        Wrong("spec.outputs[0].elasticsearch.path", .elasticsearch) { $0.spec.outputs[0].elasticsearch?.path = "es?x" },
        Wrong("spec.outputs[1].elasticsearch.apiKey", .elasticsearch) {
            $0.spec.outputs[1].elasticsearch?.username = "a"
            $0.spec.outputs[1].elasticsearch?.password = RenderingFixture.secret("a", "b")
        },
        Wrong("spec.outputs[1].openSearch.aws", .openSearch) {
            $0.spec.outputs[1].openSearch?.username = "a"
            $0.spec.outputs[1].openSearch?.password = RenderingFixture.secret("a", "b")
        },
        Wrong("spec.outputs[1].openSearch.aws.externalID", .openSearch) { $0.spec.outputs[1].openSearch?.aws?.roleARN = nil },
        Wrong("spec.outputs[0].loki.labels[0].name", .loki) { $0.spec.outputs[0].loki?.labels[0].name = "node" },
        Wrong("spec.outputs[0].loki.labels[0].name", .loki) { $0.spec.outputs[0].loki?.labels[0].name = "a-b" },
        Wrong("spec.outputs[0].loki.bearerToken", .loki) { $0.spec.outputs[0].loki?.bearerToken = RenderingFixture.secret("a", "b") },
        Wrong("spec.outputs[0].kafka.brokers", .kafka) { $0.spec.outputs[0].kafka?.brokers = [] },
        Wrong("spec.outputs[0].kafka.brokers[1].port", .kafka) { $0.spec.outputs[0].kafka?.brokers[1].port = 0 },
        Wrong("spec.outputs[0].kafka.topic", .kafka) { $0.spec.outputs[0].kafka?.topic = "a,b" },
        Wrong("spec.outputs[1].kafka.tls.clientCertificate", .kafka) { $0.spec.outputs[1].kafka?.tls.clientKey = nil },
        Wrong("spec.outputs[0].syslog.appName", .syslog) { $0.spec.outputs[0].syslog?.appName = "a b" },
        Wrong("spec.outputs[0].s3.bucket", .s3) { $0.spec.outputs[0].s3?.bucket = "B" },
        Wrong("spec.outputs[0].s3.prefix", .s3) { $0.spec.outputs[0].s3?.prefix = "a/$TAG" },
        Wrong("spec.outputs[1].s3.endpoint", .s3) { $0.spec.outputs[1].s3?.endpoint = "http://minio" },
        Wrong("spec.outputs[1].s3.certificateAuthority", .s3) { $0.spec.outputs[1].s3?.endpoint = nil },
        Wrong("spec.outputs[1].s3.fileSize", .s3) { $0.spec.outputs[1].s3?.fileSize = "1Gi" },
        Wrong("spec.outputs[1].s3.credentials", .s3) { $0.spec.outputs[1].s3?.credentials = RenderingFixture.secret("aws", "other") },
        Wrong("spec.collector.port", .cosDefault) { $0.spec.collector.port = 65_536 },
        Wrong("spec.collector.flushSeconds", .cosDefault) { $0.spec.collector.flushSeconds = 0 },
        Wrong("spec.collector.buffer.maxSize", .cosDefault) { $0.spec.collector.buffer.maxSize = "512M" },
        Wrong("spec.collector.buffer.maxSize", .stdout) { $0.spec.collector.buffer.maxSize = "500Mi" },
        Wrong("spec.collector.resources.limits.memory", .cosDefault) { $0.spec.collector.resources.limits.memory = "a lot" },
        Wrong("spec.collector.resources.requests.cpu", .cosDefault) { $0.spec.collector.resources.requests.cpu = "0" },
        Wrong("spec.agent.serviceAccountAnnotations", .twoLogs) {
            $0.spec.agent.serviceAccountAnnotations["kubectl.kubernetes.io/x"] = "1"
        },
        Wrong("spec.rollout.maxUnavailable", .cosDefault) { $0.spec.rollout.maxUnavailable = .int(0) },
        Wrong("spec.rollout.maxUnavailable", .cosDefault) { $0.spec.rollout.maxUnavailable = .string("0%") },
        Wrong("spec.rollout.maxUnavailable", .cosDefault) { $0.spec.rollout.maxUnavailable = .string("ten") },
    ]

    @Test(arguments: wrong)
    func `what cannot be carried out is refused, with its place`(wrong: Wrong) {
        var policy = wrong.fixture.policy
        wrong.change(&policy)
        #expect(policy.problems().map(\.path) == [wrong.path])
    }

    @Test func `every problem is named at once, in the order of the specification`() {
        var policy = RenderingFixture.filters.policy
        policy.spec.filters[0].dropRecordTypes = nil
        policy.spec.outputs = []
        policy.spec.collector.port = 0
        #expect(policy.problems().map(\.path) == ["spec.filters[0]", "spec.outputs", "spec.collector.port"])
    }

    @Test func `what is accepted and still doubtful has a warning`() {
        #expect(RenderingFixture.cosDefault.policy.warnings().isEmpty)
        #expect(RenderingFixture.stdout.policy.warnings().map(\.path) == ["spec.collector.buffer.type"])
        var policy = RenderingFixture.forward.policy
        policy.spec.outputs[0].forward?.tls?.insecureSkipVerify = true
        #expect(policy.warnings().map(\.path) == ["spec.outputs[0].forward.tls.insecureSkipVerify"])
        policy.spec.outputs[0].forward?.tls = nil
        #expect(policy.warnings().map(\.path) == ["spec.outputs[0].forward.tls"])
        policy.spec.outputs[0].forward?.host = "fluentd.logging.svc"
        #expect(policy.warnings().map(\.path).sorted() == ["spec.outputs[0].forward.host", "spec.outputs[0].forward.tls"])
        policy.spec.agent.identity = .workloadIdentity
        #expect(policy.warnings().map(\.path) == ["spec.outputs[0].forward.tls"])
        #expect(RenderingFixture.filters.policy.warnings().map(\.path) == ["spec.filters[8].rateLimit"])
        #expect(RenderingFixture.elasticsearch.policy.warnings().map(\.path) == ["spec.outputs[1].elasticsearch.apiKey"])
        #expect(RenderingFixture.openSearch.policy.warnings().map(\.path) == ["spec.outputs[0].openSearch.tls.insecureSkipVerify"])
        policy = RenderingFixture.openTelemetry.policy
        policy.spec.outputs[1].openTelemetry?.port = 4318
        policy.spec.outputs[0].openTelemetry?.tls?.mode = .disabled
        #expect(policy.warnings().map(\.path) == ["spec.outputs[0].openTelemetry.tls", "spec.outputs[1].openTelemetry.port"])
    }

    @Test(arguments: ["a", "a.b-c.example.com", "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"])
    func `hosts are names and addresses`(host: String) { #expect(host.isHost) }

    @Test(arguments: ["", "-a", "a-", "a b", "a/b", "a@b", "[::1]", "a\"", "${x}", "é"])
    func `other texts are no hosts`(host: String) { #expect(!host.isHost) }
}
