package import KubeCore

/// The computer behind a Node: it outlives the Node object, and the Node object may outlive it.
package struct Machine: Sendable {
    package enum Power: Sendable, Hashable {
        /// Its kernel runs; `since` the uptime of the world.
        case on
        /// It comes up at that time, as the same instance.
        case rebooting(until: Duration)
        /// The instance is gone; its Node object is deleted at the first time, the new instance runs from the second on, and its kubelet
        /// registers at the third.
        case recreating(nodeGone: Duration, running: Duration, until: Duration)
        /// Off, and nobody starts it.
        case off
    }

    package struct Order: Sendable, Hashable {
        package enum Action: Sendable, Hashable { case recreate, restart }

        package var action: Action
        package var at: Duration
    }

    /// What keeps the cloud from doing what it accepted.
    package enum Trouble: String, Sendable, Hashable, CaseIterable {
        case none
        /// The old instance goes and there is no room for the new one, until this is over.
        case stockOut = "stock-out"
        /// The same for want of quota.
        case quota
        /// The group says that it is at it and nothing ever happens.
        case neverDone = "never-done"
        /// The new instance runs and no kubelet ever registers.
        case neverRegisters = "never-registers"
        /// It boots once more, right after it came up.
        case bootsTwice = "boots-twice"

        package var holdsCreation: Bool { self == .stockOut || self == .quota }
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

    /// Of the instance that the cloud has, or had last; a recreated one has it before it boots.
    package var instanceID: UInt64
    /// When the cloud last started the instance; a reboot from inside does not count.
    package var startedAt: Timestamp
    /// The instance that boots next is another one than booted last.
    package var isRenewed = false
    /// It reboots because the cloud restarts it.
    package var isRestarting = false
    package var fault: NodeFault
    package var behaviour: NodeBehaviour
    package var power: Power = .on
    package var kernel: SimulatedKernel
    /// When the present kernel came up, on the world's uptime.
    package var bootedAt: Duration
    /// How often somebody restarted its kubelet.
    package var kubeletRestarts = 0
    /// What the instance group was asked to do with it, from that uptime on.
    package var order: Order?
    package var trouble = Trouble.none
    /// The group is at it and nothing happens.
    package var isStuck = false
    /// How often it has booted.
    package var boots = 1

    /// Another one whenever the kubelet starts.
    var registrationMark: String { "\(kernel.bootID)/\(kubeletRestarts)" }

    /// Whether a kubelet runs here that can talk to the API server.
    package var isServing: Bool { power == .on && behaviour.isReachable }

    /// The managed instance group that it belongs to, as in a zonal node pool of GKE.
    package var group: String { "gke-\(pool)-\(Fingerprint.hex("\(project)/\(pool)/\(zone)").prefix(8))-grp" }

    package var providerID: String { "gce://\(project)/\(zone)/\(name)" }
}
