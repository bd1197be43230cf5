/// How a node answers: what goes well and what goes wrong on it. Changes apply from the next thing that happens there.
package struct NodeBehaviour: Sendable, Hashable {
    package enum Unit: String, Sendable, Hashable { case works, fails }
    package enum Report: String, Sendable, Hashable { case faithful, garbled, absent }
    package enum Collector: String, Sendable, Hashable { case healthy, unhealthy, crashing }
    package enum Image: String, Sendable, Hashable { case pulls, pullFails }
    package enum Configuration: String, Sendable, Hashable { case complete, missingSecret }

    /// What starting `cloud-audit-setup` does, or loading rules.
    package var unit = Unit.works
    /// What becomes of the termination message.
    package var report = Report.faithful
    package var collector = Collector.healthy
    package var image = Image.pulls
    package var configuration = Configuration.complete
    /// Multiplies every latency of this kubelet.
    package var slowness = 1
    /// The kubelet neither hears nor says anything; what runs keeps running.
    package var isReachable = true

    package init() {}
}

/// A node as a test or a person asks for it: behaviour and what its kernel and image are like when it boots.
package enum NodeFault: String, Sendable, Hashable, CaseIterable {
    case ok
    /// The unit was started before we came.
    case alreadyActive = "already-active"
    /// The kernel was locked with other rules before we came.
    case lockedOther = "locked-other"
    case noUnit = "no-unit"
    case noAuditctl = "no-auditctl"
    /// An image that says COS in its labels and is none.
    case notContainerOptimized = "not-cos"
    case failingUnit = "failing-unit"
    case garbledReport = "garbled-report"
    case noReport = "no-report"
    case slow
    case imagePull = "image-pull"
    case unreachable
    case missingSecret = "missing-secret"
    case unhealthyCollector = "unhealthy-collector"
    case crashingCollector = "crashing-collector"

    package var behaviour: NodeBehaviour {
        var behaviour = NodeBehaviour()
        switch self {
        case .failingUnit: behaviour.unit = .fails
        case .garbledReport: behaviour.report = .garbled
        case .noReport: behaviour.report = .absent
        case .slow: behaviour.slowness = 20
        case .imagePull: behaviour.image = .pullFails
        case .unreachable: behaviour.isReachable = false
        case .missingSecret: behaviour.configuration = .missingSecret
        case .unhealthyCollector: behaviour.collector = .unhealthy
        case .crashingCollector: behaviour.collector = .crashing
        case .ok, .alreadyActive, .lockedOther, .noUnit, .noAuditctl, .notContainerOptimized: break
        }
        return behaviour
    }

    /// What the image or somebody else made of a fresh boot.
    package func prepare(_ kernel: inout SimulatedKernel) {
        switch self {
        case .alreadyActive: kernel.startUnit()
        case .lockedOther: kernel.lockByOthers()
        case .noUnit: kernel.unit = .absent
        case .noAuditctl: kernel.hasAuditctl = false
        case .notContainerOptimized: kernel.isContainerOptimized = false
        default: break
        }
    }
}
