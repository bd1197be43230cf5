extension RuleReview {
    /// What the rules come to on nodes of one architecture, and what each costs, a line each: for people, and as comments of a file.
    package func summary(for architecture: NodeArchitecture) -> [String] {
        guard let totals = totals[architecture] else { return [] }
        var lines = [
            "\(architecture.rawValue): \(totals.rules) rules; \(totals.syscallRules) are tested at every system call, "
                + "\(totals.pathRules) at accesses to a path",
            "\(architecture.rawValue): \(totals.exclusions) exclude; of the others, "
                + CostClass.allCases.reversed().map { "\(totals.recording[$0, default: 0]) cost \($0)" }.joined(separator: ", "),
        ]
        lines += presets.map { "preset \($0.rawValue): \($0.costNote)" }
        lines += zip(names, costs).map { name, cost in "rule \(name): \(cost.map { "cost \($0)" } ?? "has errors")" }
        return lines
    }
}
