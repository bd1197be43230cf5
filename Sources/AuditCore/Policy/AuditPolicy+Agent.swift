package import KubeCore

extension AuditPolicy {
    /// The log agent beside the kernel's journal.
    package struct Collector: Sendable, Hashable, Codable {
        package enum LogLevel: String, Sendable, Hashable, Codable, CaseIterable {
            case error = "Error"
            case warn = "Warn"
            case info = "Info"
            case debug = "Debug"
        }

        package var logLevel: LogLevel = .info
        package var flushSeconds = 5
        /// Where health and metrics are served, on the pod's address.
        package var port = 2024
        package var buffer = Buffer()
        package var resources = Resources()

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            logLevel = try fields.decode(.logLevel, default: logLevel)
            flushSeconds = try fields.decode(.flushSeconds, default: flushSeconds)
            port = try fields.decode(.port, default: port)
            buffer = try fields.decode(.buffer, default: buffer)
            resources = try fields.decode(.resources, default: resources)
        }
    }

    package struct Buffer: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// Survives a restart of the collector; the default.
            case filesystem = "Filesystem"
            case memory = "Memory"
        }

        package var type: Kind = .filesystem
        /// A quantity with the suffix Mi or Gi: the most that undelivered records of each output may take.
        package var maxSize = "512Mi"

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            type = try fields.decode(.type, default: type)
            maxSize = try fields.decode(.maxSize, default: maxSize)
        }
    }

    /// Requests and limits of the collector, as quantities. The defaults are those of Google's manifest.
    package struct Resources: Sendable, Hashable, Codable {
        package var requests = Amounts(cpu: "100m", memory: "200Mi")
        package var limits = Amounts(cpu: "1", memory: "500Mi")

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            requests = try fields.decode(.requests, default: requests)
            limits = try fields.decode(.limits, default: limits)
        }

        package struct Amounts: Sendable, Hashable, Codable {
            package var cpu: String?
            package var memory: String?

            package init(cpu: String? = nil, memory: String? = nil) {
                self.cpu = cpu
                self.memory = memory
            }
        }
    }

    package struct Agent: Sendable, Hashable, Codable {
        package enum Identity: String, Sendable, Hashable, Codable, CaseIterable {
            /// Host network and the node's credentials, as in Google's manifest.
            case node = "Node"
            /// Pod network and the service account's cloud identity.
            case workloadIdentity = "WorkloadIdentity"
        }

        package var identity: Identity = .node
        package var tolerations: [Toleration] = Agent.everyTaint
        package var priorityClassName = ""
        package var serviceAccountAnnotations: [String: String] = [:]

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            identity = try fields.decode(.identity, default: identity)
            tolerations = try fields.decode(.tolerations, default: tolerations)
            priorityClassName = try fields.decode(.priorityClassName, default: priorityClassName)
            serviceAccountAnnotations = try fields.decode(.serviceAccountAnnotations, default: serviceAccountAnnotations)
        }

        /// Without these, tainted pools are silently missed (k8s-node-tools issue 11).
        package static let everyTaint = [
            Toleration(operator: "Exists", effect: "NoExecute"), Toleration(operator: "Exists", effect: "NoSchedule"),
        ]
    }
}
