import KubeCore

/// The computer behind a Node: it outlives the Node object, and the Node object may outlive it.
package struct Machine: Sendable {
    package enum Power: Sendable, Hashable {
        /// Its kernel runs; `since` the uptime of the world.
        case on
        /// It comes up at that time, as the same instance.
        case rebooting(until: Duration)
        /// The instance is gone; its Node object is deleted at the first time and a new one registers at the second.
        case recreating(nodeGone: Duration, until: Duration)
        /// Off, and nobody starts it.
        case off
    }

    package let name: String
    /// Its place in the order of creation, from which addresses and zone follow.
    package let ordinal: Int
    package let image: NodeImage
    package let zone: String
    package let pool: String
    package let project: String
    package let extraLabels: [String: String]
    /// Without the labels that a policy selects by.
    package let isUnlabelled: Bool

    package var instanceID: UInt64
    package var fault: NodeFault
    package var behaviour: NodeBehaviour
    package var power: Power = .on
    package var kernel: SimulatedKernel
    /// When the present kernel came up, on the world's uptime.
    package var bootedAt: Duration
    /// How often it has booted.
    package var boots = 1

    /// Whether a kubelet runs here that can talk to the API server.
    package var isServing: Bool { power == .on && behaviour.isReachable }

    package var providerID: String { "gce://\(project)/\(zone)/\(name)" }
}
