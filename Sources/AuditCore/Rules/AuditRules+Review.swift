/// What is to be said about rules before they reach a node, and what they come to where nothing is wrong.
package struct RuleReview: Sendable {
    /// Errors and warnings in the order of the policy, each once.
    package let findings: [RuleFinding]
    /// By architecture; of the rules that are without errors.
    package let totals: [NodeArchitecture: RuleTotals]
    /// The policy's own rules with the class of each, in their order; nil for a rule with an error.
    package let costs: [CostClass?]
    private let rules: AuditRules
    /// By architecture, in the order of loading.
    private let ordered: [NodeArchitecture: [KernelRule]]

    init(of rules: AuditRules, by lint: RuleLint) {
        self.rules = rules
        findings = lint.findings
        totals = lint.totals
        costs = lint.costs
        ordered = lint.ordered
    }

    var presets: [AuditPreset] { rules.presets }
    var names: [String] { rules.rules.map(\.name) }

    package var errors: [Problem] { findings.filter { $0.severity == .error }.map(\.problem) }
    package var warnings: [Problem] { findings.filter { $0.severity == .warning }.map(\.problem) }
}

/// Why rules are not rendered.
package struct InvalidAuditRules: Error, Sendable, Hashable {
    package let problems: [Problem]
}

extension AuditRules {
    /// Where the rules are in a policy.
    package static let path = "spec.audit.auditRules"

    /// Checks everything.
    ///
    /// - Parameters:
    ///   - path: where the rules are, for the problems.
    ///   - includesContainerOptimizedOS: whether the policy selects nodes with Container-Optimized OS, so that paths which that does
    ///     not have are named.
    package func review(at path: String = AuditRules.path, includesContainerOptimizedOS: Bool = true) -> RuleReview {
        var lint = RuleLint(of: self, at: path)
        lint.run(includesContainerOptimizedOS: includesContainerOptimizedOS)
        return RuleReview(of: self, by: lint)
    }

    /// The file for nodes of one architecture; or what is wrong, and then there is no file for any.
    package func file(for architecture: NodeArchitecture, at path: String = AuditRules.path) -> Result<RuleFile, InvalidAuditRules> {
        let review = review(at: path)
        return review.file(for: architecture).map(Result.success) ?? .failure(InvalidAuditRules(problems: review.errors))
    }
}

extension RuleReview {
    /// The file for nodes of one architecture; nil while there are errors.
    package func file(for architecture: NodeArchitecture) -> RuleFile? {
        guard errors.isEmpty, let ordered = ordered[architecture] else { return nil }
        return RuleFile(architecture: architecture, kernel: rules.kernel, lock: rules.lock, rules: ordered)
    }
}
