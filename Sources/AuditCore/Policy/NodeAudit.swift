package import KubeCore

/// What was observed of auditing on one node. Named like the node, written by the operator alone, without a status
/// subresource so that labels and report are one write, and without owner references so that the record of work in
/// progress is never collected.
package struct NodeAudit: KubeResource, Hashable {
    package static let type = ResourceType(
        group: "nodeaudit.dev", version: "v1alpha1", kind: "NodeAudit", plural: "nodeaudits", isNamespaced: false)

    package var apiVersion: String? = "nodeaudit.dev/v1alpha1"
    package var kind: String? = "NodeAudit"
    package var metadata: ObjectMeta
    package var report: Report

    package init(metadata: ObjectMeta, report: Report) {
        self.metadata = metadata
        self.report = report
    }

    package struct Report: Sendable, Hashable, Codable {
        package var policyName: String
        package var state: NodeState
        /// CamelCase.
        package var reason: String?
        package var message: String?
        /// What this node runs, not what it should run.
        package var revision: String?
        package var auditRevision: String?
        package var nodeUID: String?
        package var bootID: String?
        package var providerID: String?
        package var kernel: Kernel?
        /// Only while one is open.
        package var recreation: NodeRecreation?
        /// When `state` last changed.
        package var transitionTime: Timestamp?

        package init(policyName: String, state: NodeState) {
            self.policyName = policyName
            self.state = state
        }
    }

    /// The kernel's own words, as of `observedTime`.
    package struct Kernel: Sendable, Hashable, Codable {
        package enum Enabled: String, Sendable, Hashable, Codable, CaseIterable {
            case off = "Off"
            case on = "On"
            /// Immutable until the next boot.
            case locked = "Locked"
        }

        package enum FailureMode: String, Sendable, Hashable, Codable, CaseIterable {
            case silent = "Silent"
            case log = "Log"
            case panic = "Panic"
        }

        /// What the one who asked made of it.
        package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
            case active = "Active"
            case inactive = "Inactive"
            case lockedOther = "LockedOther"
        }

        package var enabled: Enabled
        package var ruleCount: Int
        package var outcome: Outcome?
        /// SHA-256 of what `auditctl -l` printed.
        package var rulesHash: String?
        package var baselineHash: String?
        /// Records the kernel lost since boot.
        package var lost: Int?
        package var backlogLimit: Int?
        package var failureMode: FailureMode?
        package var observedTime: Timestamp?

        package init(enabled: Enabled, ruleCount: Int) {
            self.enabled = enabled
            self.ruleCount = ruleCount
        }
    }
}

/// Where a node stands. Every node that a policy owns is in exactly one of these.
package enum NodeState: String, Sendable, Hashable, Codable, CaseIterable {
    /// No evidence yet, or its turn has not come.
    case pending = "Pending"
    /// The kernel audits as wanted and the collector of the wanted revision has started.
    case applied = "Applied"
    /// It audits, but not as now wanted: an older revision, or a kernel locked with other rules.
    case outdated = "Outdated"
    case failed = "Failed"
    /// No auditctl, no unit, or not the expected operating system.
    case unsupported = "Unsupported"
    case unreachable = "Unreachable"
    /// Its kernel must go and its turn has not come.
    case awaitingRecreation = "AwaitingRecreation"
    case recreating = "Recreating"
    /// Its kernel said that it does not audit by our doing, or no agent of ours ever ran on its present boot.
    case clean = "Clean"
}
