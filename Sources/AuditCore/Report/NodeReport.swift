/// What the set-up or a task saw of one kernel, as its container's termination message carries it (api.md).
///
/// The message comes from a node that may be hostile: `NodeReport.parse` is the only way in, and what it does not
/// understand in full it refuses. A refused message is no evidence of anything.
package struct NodeReport: Sendable, Hashable {
    package enum Task: String, Sendable, Hashable, CaseIterable {
        case setup, probe, sweep, reboot
    }

    /// The task of that name; nil for none.
    package static func task(_ name: String) -> Task? { .init(rawValue: name) }

    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// The kernel audits as wanted.
        case active = "Active"
        /// It does not audit, and holds nothing of ours.
        case inactive = "Inactive"
        /// Locked with rules that are not the wanted ones, until the next boot.
        case lockedOther = "LockedOther"
        /// No auditctl, no unit, or not the expected operating system; `detail` says which.
        case unsupported = "Unsupported"
        /// `detail` says what failed.
        case failed = "Failed"
    }

    /// The node's unit `cloud-audit-setup`.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        case active, inactive, absent
    }

    /// The most bytes a report may have (api.md; the kubelet itself would take 4,096).
    package static let maximumLength = 1_024

    package var task: Task
    package var outcome: Outcome
    /// The kernel's boot id, as in the Node's `status.nodeInfo.bootID`.
    package var boot: String
    /// 0 off, 1 on, 2 locked until the next boot. 0 also where the kernel could not be read, which only reports that are
    /// Unsupported or Failed say.
    package var enabled: Int
    package var unit: Unit
    /// How many rules `auditctl -l` lists.
    package var rules: Int
    /// SHA-256 in hex of what `auditctl -l` prints; empty when it could not be read.
    package var hash: String
    /// The same before we changed anything on this boot; empty when it is not known, as where the unit had run before we came.
    package var baseline: String
    /// Records lost since boot.
    package var lost: Int
    package var backlogLimit: Int
    /// The kernel's failure mode: 0 silent, 1 log, 2 panic.
    package var failure: Int
    /// What a sweep could not undo, by name.
    package var left: [String]
    package var detail: String
}
