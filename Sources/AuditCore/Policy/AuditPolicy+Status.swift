package import KubeCore

extension AuditPolicy {
    package struct Status: Sendable, Hashable, Codable {
        package var observedGeneration: Int64?
        /// What agents shall run: hash version and hash of the rendered intent.
        package var revision: String?
        /// The kernel part of it.
        package var auditRevision: String?
        /// Of the change that rolls now.
        package var changeImpact: ChangeImpact?
        package var conditions: [Condition]?
        package var nodes: NodeCounts?
        /// At most 10, sorted by name.
        package var failedNodes: [FailedNode]?

        package init() {}
    }

    /// What a change does to the nodes, from nothing to another machine.
    package enum ChangeImpact: String, Sendable, Hashable, Codable, CaseIterable {
        case none = "None"
        /// The agents' pods are replaced; kernels stay as they are.
        case collectorRestart = "CollectorRestart"
        /// Rules are loaded in place, since no kernel is locked.
        case auditReload = "AuditReload"
        case nodeReboot = "NodeReboot"
        case nodeRecreation = "NodeRecreation"
    }

    /// Nodes by state. The states are disjoint and sum to `owned`; `locked`, `delivering` and `deselected` are facts beside them.
    package struct NodeCounts: Sendable, Hashable, Codable {
        package var owned = 0
        package var pending = 0
        package var applied = 0
        package var outdated = 0
        package var failed = 0
        package var unsupported = 0
        package var unreachable = 0
        package var awaitingRecreation = 0
        package var recreating = 0
        package var clean = 0
        package var locked = 0
        package var delivering = 0
        /// Nodes that no longer match and were left as they are.
        package var deselected = 0

        package init() {}

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            func count(_ key: CodingKeys) throws -> Int { try fields.decode(key, default: 0) }
            owned = try count(.owned)
            pending = try count(.pending)
            applied = try count(.applied)
            outdated = try count(.outdated)
            failed = try count(.failed)
            unsupported = try count(.unsupported)
            unreachable = try count(.unreachable)
            awaitingRecreation = try count(.awaitingRecreation)
            recreating = try count(.recreating)
            clean = try count(.clean)
            locked = try count(.locked)
            delivering = try count(.delivering)
            deselected = try count(.deselected)
        }
    }

    package struct FailedNode: Sendable, Hashable, Codable {
        package var name: String
        package var reason: String
        package var message: String

        package init(name: String, reason: String, message: String) {
            self.name = name
            self.reason = reason
            self.message = message
        }
    }
}
