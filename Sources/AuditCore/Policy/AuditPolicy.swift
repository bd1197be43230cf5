package import KubeCore

/// What a cluster's administrator asks for: which nodes are audited, what is kept of the records, and where they go.
///
/// The truth about fields, defaults and bounds is `crds/auditpolicies.nodeaudit.dev.yaml`; a test compares its properties
/// with the keys here. Decoding fills in the same defaults, so that an object from a server with an older CRD can be read.
package struct AuditPolicy: KubeResource {
    package static let type = ResourceType(
        group: "nodeaudit.dev", version: "v1alpha1", kind: "AuditPolicy", plural: "auditpolicies", isNamespaced: false)

    package var apiVersion: String? = "nodeaudit.dev/v1alpha1"
    package var kind: String? = "AuditPolicy"
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec = Spec(), status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    /// The longest name, so that `nodeaudit-<policy>` and the hash behind it fit 63 characters.
    package static let maximumNameLength = 50
}

extension AuditPolicy {
    package struct Spec: Sendable, Hashable, Codable {
        package var state: DesiredState = .enabled
        package var mode: Mode = .enforce
        package var nodeSelector: LabelSelector = .containerOptimizedOS
        package var audit = Audit()
        /// In the order in which they are applied to each record.
        package var filters: [Filter] = []
        package var outputs: [Output] = [.cloudLoggingDefault]
        package var collector = Collector()
        package var agent = Agent()
        package var rollout = Rollout()
        package var recreation = Recreation()

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            state = try fields.decode(.state, default: state)
            mode = try fields.decode(.mode, default: mode)
            nodeSelector = try fields.decode(.nodeSelector, default: nodeSelector)
            audit = try fields.decode(.audit, default: audit)
            filters = try fields.decode(.filters, default: filters)
            outputs = try fields.decode(.outputs, default: outputs)
            collector = try fields.decode(.collector, default: collector)
            agent = try fields.decode(.agent, default: agent)
            rollout = try fields.decode(.rollout, default: rollout)
            recreation = try fields.decode(.recreation, default: recreation)
        }
    }

    package enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        case enforce = "Enforce"
        /// Finish what is in hand and start nothing; clean-up included.
        case paused = "Paused"
    }

    package struct Rollout: Sendable, Hashable, Codable {
        package var maxUnavailable: IntOrString = .string("10%")
        package var minReadySeconds = 0
        package var progressDeadlineSeconds = 600

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            maxUnavailable = try fields.decode(.maxUnavailable, default: maxUnavailable)
            minReadySeconds = try fields.decode(.minReadySeconds, default: minReadySeconds)
            progressDeadlineSeconds = try fields.decode(.progressDeadlineSeconds, default: progressDeadlineSeconds)
        }
    }
}

extension LabelSelector {
    /// GKE's label for nodes that run Container-Optimized OS.
    package static let containerOptimizedOS = LabelSelector(matchLabels: ["cloud.google.com/gke-os-distribution": "cos"])
}

extension KeyedDecodingContainer {
    /// A field that has a default: absent and null give the default.
    func decode<Value: Decodable>(_ key: Key, default value: @autoclosure () -> Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? value()
    }
}
