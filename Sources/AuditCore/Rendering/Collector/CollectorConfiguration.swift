import KubeCore

/// What the collector does on a node, as Fluent Bit's configuration (5.1, YAML), with the files that it needs beside it.
///
/// Records come from the journal's audit transport, which no process can write to: a `SYSLOG_IDENTIFIER=audit` could be
/// forged. Text of the policy stands in values alone, always as one scalar; only what this file writes itself is a variable.
struct CollectorConfiguration: Sendable {
    private(set) var document: CollectorDocument
    private(set) var secrets = SecretMounts()

    /// Where the policy's state on the node is mounted: position in the journal, undelivered and rejected chunks.
    static let stateDirectory = "/var/lib/nodeaudit"
    /// Read-only, like all of the host that the collector sees besides its state.
    static let logDirectory = "/var/log"
    static let tag = "audit"

    enum Variable {
        static let nodeName = "NODE_NAME"
        static let podAddress = "POD_IP"
        /// Read by the AWS code of Fluent Bit itself.
        static let awsCredentials = "AWS_SHARED_CREDENTIALS_FILE"
    }

    init(_ spec: AuditPolicy.Spec, options: AgentOptions) {
        document = .mapping([])
        let inputs = [CollectorDocument.mapping(Self.journal(spec.collector.buffer))]
        let filters = spec.filters.compactMap(CollectorFilter.properties).map { CollectorDocument.mapping($0) }
        let outputs = spec.outputs.compactMap { output in
            CollectorOutput(CollectorContext(output, in: spec, options: options), secrets: &secrets).properties.map {
                CollectorDocument.mapping($0)
            }
        }
        var pipeline = [CollectorDocument.Property("inputs", .list(inputs))]
        if !filters.isEmpty { pipeline.append(.init("filters", .list(filters))) }
        pipeline.append(.init("outputs", .list(outputs)))
        var sections = [
            CollectorDocument.Property("service", .mapping(Self.service(spec.collector))), .init("pipeline", .mapping(pipeline)),
        ]
        if secrets.hasVariables { sections.insert(.init("env", secrets.environment), at: 0) }
        document = .mapping(sections)
    }

    /// The file, with a word for whoever finds it.
    var text: String {
        """
        # Made by nodeaudit from an AuditPolicy. Change the policy, not this file.

        """ + document.yaml
    }

    private static func service(_ collector: AuditPolicy.Collector) -> [CollectorDocument.Property] {
        [
            .init("flush", collector.flushSeconds),
            .init("grace", graceSeconds(collector.buffer)),
            .init("daemon", false),
            .init("log_level", collector.logLevel.rawValue.lowercased()),
            // On the pod's address alone, and without the endpoint that would take a new configuration from anybody.
            .init("http_server", true),
            .init("http_listen", "${\(Variable.podAddress)}"),
            .init("http_port", collector.port),
            .init("hot_reload", false),
            .init("health_check", true),
            // Two refusals in a minute: on a quiet node a broken destination refuses little.
            .init("hc_errors_count", 2),
            .init("hc_retry_failure_count", 2),
            .init("hc_period", 60),
            .init("storage.path", "\(stateDirectory)/chunks"),
            .init("storage.sync", "normal"),
            // 2 MB a chunk: what the collector's memory limit is shared by. The default is 128.
            .init("storage.max_chunks_up", 32),
            .init("storage.backlog.mem_limit", "16M"),
            .init("storage.metrics", true),
            .init("storage.delete_irrecoverable_chunks", true),
            // Cloud Logging's output drops a chunk on any refusal, 403 and 429 included.
            .init("storage.keep.rejected", true),
            .init("storage.rejected.path", "rejected"),
            .init("storage.rejected.limit", collector.buffer.maxBytes),
        ]
    }

    /// How long the collector may go on delivering when it is told to stop. What lies in files is delivered by the next
    /// one, so a dead destination does not hold up a roll-out; what lies in memory is lost. While it waits Fluent Bit tries
    /// each second: in half a minute that uses `retry_limit` up, and puts aside what the next one would have delivered.
    private static func graceSeconds(_ buffer: AuditPolicy.Buffer) -> Int {
        switch buffer.type {
        case .filesystem: 5
        case .memory: Int(AgentPodTemplate.graceSeconds) - 10
        }
    }

    private static func journal(_ buffer: AuditPolicy.Buffer) -> [CollectorDocument.Property] {
        let input: [CollectorDocument.Property] = [
            .init("name", "systemd"),
            .init("alias", "journal"),
            .init("tag", tag),
            .init("path", "\(logDirectory)/journal"),
            .init("systemd_filter", "_TRANSPORT=audit"),
            // Without it the whole journal would be sent again at each start.
            .init("db", "\(stateDirectory)/journal.db"),
            .init("db.sync", "normal"),
        ]
        switch buffer.type {
        case .filesystem: return input + [.init("storage.type", "filesystem")]
        // Full memory pauses the reading; the journal keeps what is not read.
        case .memory: return input + [.init("storage.type", "memory"), .init("mem_buf_limit", buffer.maxBytes)]
        }
    }
}

extension AuditPolicy.Buffer {
    /// The bytes of `maxSize`: Fluent Bit's own suffixes mean powers of ten. 512 Mi where it cannot be read, which the
    /// schema and the review refuse.
    var maxBytes: Int { Quantity.bytes(maxSize) ?? 512 << 20 }
}

/// Quantities of memory as the API takes them here: a whole number with Mi or Gi.
enum Quantity {
    static func bytes(_ text: String) -> Int? {
        guard let number = Int(text.dropLast(2)), (1...999_999).contains(number) else { return nil }
        if text.hasSuffix("Mi") { return number << 20 }
        if text.hasSuffix("Gi") { return number << 30 }
        return nil
    }
}
