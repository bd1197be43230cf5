/// Replaces the machine under one node, and says how far it is.
///
/// Each call is one look: a few requests, no waiting, nothing remembered that a crash would lose. Whoever drives it stores three
/// things before it asks: the target that `locate` gave, a request id, and, once accepted, the operation.
///
/// Guarantees:
/// - `request` may be repeated with the same order, by any process, at any time: it acts only while the machine of the target is
///   the one that runs, and under one request id it acts at most once. What was asked for already counts as accepted.
/// - `locate` and `progress` change nothing.
/// - A machine is touched only when both sides say that it is the node's: what stands on a Node alone is not believed.
///
/// Assumptions: the caller has checked the live Node's uid and boot id just before `request`, and decides which node and when.
/// Errors: `ReplacementError`; its `verdict` says whether to wait, to tell a person, or to give up.
package protocol NodeReplacer: Sendable {
    var provider: ReplacementProvider { get }

    /// Whether the node comes back under its name: the caller may then wait for that Node, else for its end.
    func keepsName(_ method: ReplacementMethod) -> Bool

    /// Finds the machine and who can replace it. Without it no replacement is possible, so this is also the question to ask early.
    ///
    /// `.gone` is of this moment: a group that somebody else has set to work has no machine of that name for a minute.
    func locate(_ node: NodeIdentity) async throws(ReplacementError) -> ReplacementTarget

    func request(_ order: ReplacementOrder) async throws(ReplacementError) -> ReplacementAcceptance

    func progress(of order: ReplacementOrder) async throws(ReplacementError) -> ReplacementProgress
}

/// By whom a machine is replaced; `spec.recreation.provider` spells them so.
package enum ReplacementProvider: String, Sendable, Hashable, Codable, CaseIterable {
    case gceManagedInstanceGroup = "GCEManagedInstanceGroup"
    case clusterAPI = "ClusterAPI"
    case karpenter = "Karpenter"
    case manual = "Manual"
}

package enum ReplacementMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// Another machine, or the same one from scratch: a new boot and a fresh disk.
    case recreate = "Recreate"
    /// The same machine, booted again.
    case reboot = "Reboot"
}
