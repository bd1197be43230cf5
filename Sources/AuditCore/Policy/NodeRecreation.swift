package import KubeCore

/// The replacement of one machine, as it is stored in its node's record: enough for any process to go on with it.
///
/// A stored phase acts at every look; a transition only writes. So whoever dies between two writes is followed by somebody who
/// does the same again, which is harmless, or the next thing.
package struct NodeRecreation: Sendable, Hashable, Codable {
    package enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Until its turn comes; nothing has been done to the node.
        case waiting = "Waiting"
        case cordoning = "Cordoning"
        case draining = "Draining"
        /// The provider is asked; once it has accepted there is no way back.
        case replacing = "Replacing"
        /// Until the node is back on another boot and its kernel says so.
        case verifying = "Verifying"
        /// The node is given back as it was.
        case releasing = "Releasing"

        /// The node is in our hands: it counts against the budget.
        package var holdsNode: Bool { self != .waiting }
        /// The replacement can still be called off.
        package var isBeforeReplacement: Bool { self == .waiting || self == .cordoning || self == .draining }
    }

    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        case recreate = "Recreate"
        case reboot = "Reboot"
    }

    package enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
        case disabled = "Disabled"
        case deleted = "Deleted"
        case deselected = "Deselected"
        case rulesChanged = "RulesChanged"
    }

    /// By whom: a provider, or a pod that asks the host.
    package enum Actor: String, Sendable, Hashable, Codable, CaseIterable {
        case gceManagedInstanceGroup = "GCEManagedInstanceGroup"
        case clusterAPI = "ClusterAPI"
        case karpenter = "Karpenter"
        case manual = "Manual"
        case rebootTask = "RebootTask"
    }

    /// The machine as it was before anything was asked, in its provider's words.
    package struct Target: Sendable, Hashable, Codable {
        package var machine: String
        package var group: String?
        /// Changes when the machine is another one.
        package var machineID: String
        package var startedAt: String?

        package init(machine: String, group: String? = nil, machineID: String, startedAt: String? = nil) {
            self.machine = machine
            self.group = group
            self.machineID = machineID
            self.startedAt = startedAt
        }
    }

    /// Why the last attempt came to nothing.
    package struct Failure: Sendable, Hashable, Codable {
        /// CamelCase.
        package var reason: String
        package var message: String
        package var time: Timestamp
        /// The policy's retry annotation at that time: another value lets the node be tried again at once.
        package var retry: String?

        package init(reason: String, message: String, time: Timestamp, retry: String?) {
            self.reason = reason
            self.message = message
            self.time = time
            self.retry = retry
        }
    }

    package var phase: Phase
    package var method: Method
    package var reason: Cause
    /// Since when it waits for its turn: the oldest comes first.
    package var startTime: Timestamp
    package var phaseTime: Timestamp
    package var originalNodeUID: String
    package var originalBootID: String
    package var actor: Actor?
    package var target: Target?
    /// Names this one attempt to the provider.
    package var requestID: String?
    /// The provider's name for what it is doing.
    package var operation: String?
    /// How often the provider refused or gave up.
    package var attempts: Int?
    /// What keeps the drain from going on: pods with the reason, sorted, at most ten.
    package var blockedBy: [String]?
    package var message: String?
    package var failure: Failure?

    package init(
        phase: Phase, method: Method, reason: Cause, startTime: Timestamp, originalNodeUID: String, originalBootID: String
    ) {
        self.phase = phase
        self.method = method
        self.reason = reason
        self.startTime = startTime
        phaseTime = startTime
        self.originalNodeUID = originalNodeUID
        self.originalBootID = originalBootID
    }
}

extension NodeRecreation {
    /// The same in another phase. What the earlier phase said goes with it.
    package func moved(to phase: Phase, now: Timestamp) -> NodeRecreation {
        var next = self
        next.phase = phase
        next.phaseTime = now.truncatedToSeconds
        next.message = nil
        next.blockedBy = nil
        return next
    }

    /// Whether the node runs another kernel than the one that was to go, by our hand or by somebody else's.
    package func isReplaced(_ node: NodeView) -> Bool { node.uid != originalNodeUID || node.bootID != originalBootID }
}
