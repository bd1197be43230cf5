package import AuditCore
import KubeCore

/// What the executable read from flags and environment, as values.
package struct OperatorConfiguration: Sendable {
    /// Where the Lease and the operator's own Events live.
    package var namespace = "nodeaudit-system"
    /// Where agents live. Made by `deploy/`; never created, labelled or deleted by the operator.
    package var agentNamespace = "nodeaudit-agents"
    package var setupImage = OperatorConfiguration.defaultSetupImage
    package var collectorImage = OperatorConfiguration.defaultCollectorImage
    /// For log destinations that name the cluster; empty when not known.
    package var clusterName = ""
    package var clusterLocation = ""
    /// The node that this process runs on; empty outside the cluster.
    package var ownNode = ""
    /// Who holds the Lease: unique per process.
    package var identity: String
    package var electsLeader = true
    /// How many keys are worked on at once.
    package var workers = 4
    /// Writes are held to this rate after a burst, so that a roll-out over thousands of nodes does not crowd others out.
    package var writesPerSecond = 50.0
    package var writeBurst = 200

    package init(identity: String) { self.identity = identity }

    package var agentOptions: AgentOptions {
        var options = AgentOptions(
            setupImage: setupImage, collectorImage: collectorImage, namespace: agentNamespace, clusterName: clusterName,
            clusterLocation: clusterLocation)
        options.ownNode = ownNode
        return options
    }

    package static let defaultSetupImage = "docker.io/library/busybox:1.36.1"
    package static let defaultCollectorImage = "cr.fluentbit.io/fluent/fluent-bit:5.1.1"
}
