/// Checks the rules of a policy one by one and together.
struct RuleLint {
    let rules: AuditRules
    let path: String
    private(set) var findings: [RuleFinding] = []
    private(set) var ordered: [NodeArchitecture: [KernelRule]] = [:]
    private(set) var totals: [NodeArchitecture: RuleTotals] = [:]
    private(set) var costs: [CostClass?] = []

    init(of rules: AuditRules, at path: String) {
        self.rules = rules
        self.path = path
    }

    private mutating func error(_ part: String, _ message: String) { note(.error(part.isEmpty ? path : "\(path).\(part)", message)) }

    mutating func warn(_ part: String, _ message: String) { note(.warning(part.isEmpty ? path : "\(path).\(part)", message)) }

    private mutating func note(_ finding: RuleFinding) {
        if !findings.contains(finding) { findings.append(finding) }
    }

    mutating func run(includesContainerOptimizedOS: Bool) {
        checkSettings()
        let own = checkEach()
        let presets = presetRules()
        var duplicates: [(rule: KernelRule, original: KernelRule)] = []
        for node in NodeArchitecture.allCases {
            let order = RuleOrder((own.compactMap { $0 } + presets).flatMap { $0.kernelRules(on: node) })
            ordered[node] = order.rules
            totals[node] = RuleTotals(of: order.rules)
            duplicates += order.duplicates
            checkShadows(in: order.rules)
        }
        for (rule, original) in duplicates { nameDuplicate(rule, of: original) }
        let onAMD64 = (own.compactMap { $0 } + presets).flatMap { $0.kernelRules(on: .amd64) }
        for case let rule? in own {
            checkArchitectures(of: rule, among: onAMD64)
            checkCost(of: rule)
            if includesContainerOptimizedOS { checkPaths(of: rule) }
        }
        costs = own.map { $0.flatMap(Self.cost) }
        let recording = totals.values.contains { !$0.recording.isEmpty }
        if !recording, own.allSatisfy({ $0 != nil }) {
            error("", "nothing would be recorded: name a preset, or a rule that does not exclude")
        }
        findings = inPlace(findings)
    }

    private mutating func checkSettings() {
        let kernel = rules.kernel
        let ranges = [
            ("backlogLimit", kernel.backlogLimit, AuditRules.KernelSettings.backlogLimits),
            ("backlogWaitTime", kernel.backlogWaitTime, AuditRules.KernelSettings.backlogWaitTimes),
            ("rateLimit", kernel.rateLimit, AuditRules.KernelSettings.rateLimits),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            error("kernel.\(name)", "\(value) is not from \(range.lowerBound) to \(range.upperBound)")
        }
        if kernel.rateLimit > 0 { warn("kernel.rateLimit", "the kernel loses every record above \(kernel.rateLimit) a second") }
        if kernel.backlogLimit < 8192 { warn("kernel.backlogLimit", "less than 8192 loses records when a node is busy") }
        if kernel.backlogWaitTime > 0 { warn("kernel.backlogWaitTime", "processes stop while the backlog is full: a node can stall") }
        for (index, preset) in rules.presets.enumerated() where rules.presets[..<index].contains(preset) {
            error("presets[\(index)]", "\(preset.rawValue) is named twice")
        }
    }

    private mutating func checkEach() -> [CheckedRule?] {
        var names: Set<String> = []
        return rules.rules.enumerated().map { index, rule in
            var check = RuleCheck(path: "\(path).rules[\(index)]")
            let checked = check.checked(rule, from: .rule(index: index, name: rule.name))
            check.findings.forEach { note($0) }
            let isNew = names.insert(rule.name).inserted
            if !isNew { error("rules[\(index)].name", "another rule is named \(StrictText.quoted(rule.name))") }
            guard let checked else { return nil }
            let tooLong = NodeArchitecture.allCases.flatMap(checked.kernelRules).contains {
                $0.line.utf8.count > RuleFile.maximumLineLength
            }
            if tooLong {
                error("rules[\(index)]", "the rule's line has more than \(RuleFile.maximumLineLength) bytes; auditctl would split it")
            }
            return isNew && !tooLong ? checked : nil
        }
    }

    /// Presets are checked like any rule, so that a mistake in one is an error with its name and never a line.
    private mutating func presetRules() -> [CheckedRule] {
        var result: [CheckedRule] = []
        for (index, preset) in rules.presets.enumerated() where !rules.presets[..<index].contains(preset) {
            for part in preset.parts {
                for rule in part.ownRules {
                    var check = RuleCheck(path: "\(path).presets[\(index)]")
                    if let checked = check.checked(rule, from: .preset(part)) { result.append(checked) }
                    check.findings.filter { $0.severity == .error }.forEach { note($0) }
                }
            }
        }
        return result
    }

    private static func cost(of rule: CheckedRule) -> CostClass? {
        NodeArchitecture.allCases.flatMap(rule.kernelRules).map(\.cost).max()
    }

    private mutating func checkCost(of rule: CheckedRule) {
        guard case .rule(let index, _) = rule.origin, Self.cost(of: rule) == .high else { return }
        let calls = rule.syscalls == nil ? "every system call" : "frequent system calls"
        warn("rules[\(index)]", "high cost: records \(calls) without a condition that keeps most of them out")
    }

    private mutating func nameDuplicate(_ rule: KernelRule, of original: KernelRule) {
        guard case .rule(let index, _) = rule.origin else { return }
        let consequence = rule.key == original.key ? "" : "; only the key \(original.key ?? "(none)") is recorded"
        warn("rules[\(index)]", "matches exactly what \(original.origin.place) does and is left out\(consequence)")
    }

    /// A rule behind one that takes all of its events, and one that an exclusion makes pointless.
    private mutating func checkShadows(in order: [KernelRule]) {
        for (place, rule) in order.enumerated() {
            guard case .rule(let index, _) = rule.origin else { continue }
            if let shadow = order[..<place].first(where: { $0.covers(rule) }) {
                let deed = shadow.action == .never || shadow.list == .exclude ? "excludes" : "records"
                warn("rules[\(index)]", "never decides anything: \(shadow.origin.place) \(deed) all that it matches")
            } else if rule.action == .always, rule.list == .exit,
                let general = order[place...].dropFirst().first(where: {
                    $0.action == .always && $0.covers(rule) && (rule.key == nil || rule.key == $0.key)
                })
            {
                warn("rules[\(index)]", "changes nothing: \(general.origin.place) records all that it matches, with the same key")
            }
        }
    }

    /// Presets and settings first, then the rules by their number, as they stand in the policy.
    private func inPlace(_ findings: [RuleFinding]) -> [RuleFinding] {
        func place(_ finding: RuleFinding) -> Int {
            let prefix = "\(path).rules["
            guard finding.problem.path.hasPrefix(prefix) else { return -1 }
            return Int(finding.problem.path.dropFirst(prefix.count).prefix { $0 != "]" }) ?? -1
        }
        return findings.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }.map(\.element)
    }
}
