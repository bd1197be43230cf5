import KubeCore

extension NodeAssessment {
    init(_ state: NodeState, _ reason: String, _ message: String = "") {
        self.state = state
        self.reason = reason
        self.message = message.prefixOfUTF8(512)
        isDelivering = false
        isInTransit = false
        isSettled = false
    }

    /// Nothing more is done to this node.
    static func settled(_ state: NodeState, _ reason: String, _ message: String, known: NodeAudit.Report? = nil) -> NodeAssessment {
        var assessment = NodeAssessment(state, reason, message)
        assessment.isSettled = true
        assessment.kernel = known?.kernel
        assessment.revision = known?.revision
        assessment.auditRevision = known?.auditRevision
        return assessment
    }

    /// Nobody knows yet, and it is under way to be known: counted, not written.
    static func unproven(_ message: String, reason: String = "Cleaning", known: NodeAudit.Report? = nil) -> NodeAssessment {
        var assessment = NodeAssessment(.pending, reason, message)
        assessment.isInTransit = true
        assessment.kernel = known?.kernel
        assessment.revision = known?.revision
        assessment.auditRevision = known?.auditRevision
        return assessment
    }

    static func clean(_ verdict: CleanVerdict, _ report: NodeReport, at time: Timestamp?) -> NodeAssessment {
        var assessment = settled(.clean, verdict.reason, verdict.message)
        assessment.kernel = NodeAudit.Kernel(report, at: time)
        return assessment
    }
}
