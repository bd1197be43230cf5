import KubeCore

/// What the kernels are made to do.
extension SpecificationReview {
    mutating func reviewAudit(_ audit: AuditPolicy.Audit, on selector: LabelSelector) {
        switch (audit.backend, audit.auditRules) {
        case (.auditRules, let rules?):
            let findings = rules.review(includesContainerOptimizedOS: selector.canSelectContainerOptimizedOS).findings
            for finding in findings {
                switch finding.severity {
                case .error: refuse(finding.problem.path, finding.problem.message)
                case .warning: warn(finding.problem.path, finding.problem.message)
                }
            }
        case (.auditRules, nil): refuse(AuditRules.path, "the backend AuditRules needs auditRules")
        case (.cloudAuditSetup, nil): break
        case (.cloudAuditSetup, _?): refuse(AuditRules.path, "goes with the backend AuditRules alone")
        }
    }
}

extension LabelSelector {
    /// Whether a node with GKE's label for Container-Optimized OS can be among the selected, whatever else it carries.
    var canSelectContainerOptimizedOS: Bool {
        let labels = LabelSelector.containerOptimizedOS.matchLabels ?? [:]
        return requirements.filter { labels[$0.key] != nil }.allSatisfy { $0.matches(labels) }
    }
}
