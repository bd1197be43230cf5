/// The order in which rules are loaded. The kernel takes the first rule that matches, so the order decides.
///
/// First what excludes, then what records: the specific before the general. Among equals the policy's own rules stand before those
/// of presets, and each source keeps its order. A rule that matches exactly what an earlier one matches is left out: the kernel
/// refuses a true copy, and would never get to one with another key.
struct RuleOrder {
    private(set) var rules: [KernelRule] = []
    /// Rules that were left out, each with the one that stands for it.
    private(set) var duplicates: [(rule: KernelRule, original: KernelRule)] = []

    init(_ unordered: [KernelRule]) {
        for (rank, group) in Dictionary(grouping: unordered, by: Self.rank).sorted(by: { $0.key < $1.key }) {
            rules += rank < Self.firstRecordingRank ? unique(group) : specificFirst(unique(group))
        }
    }

    private mutating func unique(_ group: [KernelRule]) -> [KernelRule] {
        var kept: [KernelRule] = []
        for rule in group {
            if let original = kept.first(where: { $0.matchesSame(as: rule) && $0.action == rule.action }) {
                duplicates.append((rule, original))
            } else {
                kept.append(rule)
            }
        }
        return kept
    }

    /// More conditions first; among as many, a rule stands before those that cover it.
    private func specificFirst(_ group: [KernelRule]) -> [KernelRule] {
        let bySpecificity = group.enumerated().sorted {
            let (one, other) = ($0.element.specificity, $1.element.specificity)
            return one == other ? $0.offset < $1.offset : one > other
        }
        var ordered: [KernelRule] = []
        for (_, rule) in bySpecificity {
            let place = ordered.firstIndex { $0.covers(rule) } ?? ordered.endIndex
            ordered.insert(rule, at: place)
        }
        return ordered
    }

    private static func rank(_ rule: KernelRule) -> Int {
        switch (rule.list, rule.action) {
        case (.exclude, _): 0
        case (.filesystem, _): 1
        case (.user, .never): 2
        case (.task, .never): 3
        case (.exit, .never): 4
        case (.user, .always): 5
        case (.task, .always): 6
        case (.exit, .always): 7
        }
    }

    private static let firstRecordingRank = 5
}
