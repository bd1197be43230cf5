import KubeCore

/// What is wrong with a specification that the schema cannot see, or that reached us past the schema.
///
/// Guarantees: a specification without problems renders, and every text of it that reaches the collector is one value there:
/// it cannot add a key, a section or a variable. One problem a place, in the order of the specification.
struct SpecificationReview {
    private(set) var problems: [Problem] = []
    private(set) var warnings: [Problem] = []
    /// Of the outputs reviewed so far.
    var awsCredentials: AuditPolicy.SecretReference?

    init(_ policy: AuditPolicy, options: AgentOptions) {
        reviewName(policy.name)
        reviewSelector(policy.spec.nodeSelector)
        reviewAudit(policy.spec.audit, on: policy.spec.nodeSelector)
        reviewFilters(policy.spec.filters)
        reviewOutputs(policy.spec, options: options)
        reviewCollector(policy.spec.collector)
        reviewAgent(policy.spec.agent)
        reviewRollout(policy.spec.rollout)
    }

    mutating func refuse(_ path: String, _ message: String) { problems.append(Problem(path: path, message: message)) }
    mutating func warn(_ path: String, _ message: String) { warnings.append(Problem(path: path, message: message)) }

    /// Objects, labels and a directory on the nodes carry the name.
    private mutating func reviewName(_ name: String) {
        if !(1...AuditPolicy.maximumNameLength).contains(name.utf8.count) {
            refuse("metadata.name", "has \(name.utf8.count) bytes; 1 to \(AuditPolicy.maximumNameLength) are possible")
        } else if !name.isLowercaseName {
            refuse("metadata.name", "may have lower-case letters, digits, hyphens and dots, and begins and ends with a letter or digit")
        }
    }

    private mutating func reviewSelector(_ selector: LabelSelector) {
        for (index, requirement) in (selector.matchExpressions ?? []).enumerated() {
            let path = "spec.nodeSelector.matchExpressions[\(index)].values"
            switch requirement.operator {
            case .in, .notIn:
                if requirement.values?.isEmpty ?? true { refuse(path, "\(requirement.operator.rawValue) needs at least one value") }
            case .exists, .doesNotExist:
                if requirement.values?.isEmpty == false { refuse(path, "\(requirement.operator.rawValue) takes no values") }
            }
        }
    }

    mutating func reviewEntryName(_ name: String, path: String, known: inout Set<String>) {
        if !name.isLowercaseName || name.utf8.count > 63 {
            refuse("\(path).name", "may have lower-case letters, digits and hyphens, at most 63")
        } else if !known.insert(name).inserted {
            refuse("\(path).name", "\(name) is there twice")
        }
    }

    /// What no text that reaches a rendered file may hold: Fluent Bit takes `${` for a variable wherever it stands.
    mutating func reviewText(_ text: String, _ path: String) {
        if text.unicodeScalars.contains(where: \.isControl) {
            refuse(path, "has a control character or a line break")
        } else if text.contains("${") {
            refuse(path, "the collector would take ${ for a variable")
        } else if text.utf8.count > 4096 {
            refuse(path, "has more than 4,096 bytes")
        }
    }

    private mutating func reviewCollector(_ collector: AuditPolicy.Collector) {
        if !(1...65_535).contains(collector.port) { refuse("spec.collector.port", "is no port") }
        if !(1...600).contains(collector.flushSeconds) { refuse("spec.collector.flushSeconds", "is not from 1 to 600") }
        guard let bytes = Quantity.bytes(collector.buffer.maxSize) else {
            return refuse("spec.collector.buffer.maxSize", "is written like 512Mi or 2Gi")
        }
        for (name, amounts) in [("requests", collector.resources.requests), ("limits", collector.resources.limits)] {
            if let memory = amounts.memory, Quantity.bytes(memory) == nil {
                refuse("spec.collector.resources.\(name).memory", "is written like 512Mi or 2Gi")
            }
            if let cpu = amounts.cpu, !cpu.isAmountOfCPU {
                refuse("spec.collector.resources.\(name).cpu", "is written like 100m, 1 or 0.5")
            }
        }
        guard collector.buffer.type == .memory else { return }
        warn("spec.collector.buffer.type", "records that are not delivered yet are lost when a collector ends")
        if let limit = collector.resources.limits.memory.flatMap(Quantity.bytes), bytes >= limit {
            refuse("spec.collector.buffer.maxSize", "does not fit into spec.collector.resources.limits.memory")
        }
    }

    private mutating func reviewAgent(_ agent: AuditPolicy.Agent) {
        for key in agent.serviceAccountAnnotations.keys.sorted() where !Self.identityAnnotations.contains(key) {
            refuse("spec.agent.serviceAccountAnnotations", "\(key) is none of \(Self.identityAnnotations.joined(separator: ", "))")
        }
    }

    private static let identityAnnotations = [
        "azure.workload.identity/client-id", "azure.workload.identity/tenant-id", "eks.amazonaws.com/role-arn",
        "iam.gke.io/gcp-service-account",
    ]

    private mutating func reviewRollout(_ rollout: AuditPolicy.Rollout) {
        let isPossible: Bool =
            switch rollout.maxUnavailable {
            case .int(let number): number >= 1
            case .string: rollout.maxUnavailable.percent.map { (1...100).contains($0) } ?? false
            }
        if !isPossible { refuse("spec.rollout.maxUnavailable", "is a number from 1 or a percentage from 1% to 100%") }
    }
}
