import KubeCore

extension Fleet {
    /// What the numbers need to know of a record.
    package struct RecordFacts: Sendable, Hashable {
        package var policyName: String
        /// nil for most.
        var recreation: OpenRecreation?

        package init(_ record: NodeAudit) {
            policyName = record.report.policyName
            recreation = record.report.recreation.map { OpenRecreation($0) }
        }
    }

    /// What the numbers need to know of a recreation.
    struct OpenRecreation: Sendable, Hashable {
        var phase: NodeRecreation.Phase
        var failure: NodeRecreation.Failure?
        /// What keeps its pods from leaving, or kept them when their time was up.
        var blocker: String?

        init(_ recreation: NodeRecreation) {
            phase = recreation.phase
            failure = phase == .verifying ? recreation.failure : nil
            let last = recreation.failure
            blocker = recreation.blockedBy?.first ?? (last?.reason == "DrainTimedOut" ? last?.message : nil)
        }
    }
}
