/// Checks one rule for itself: everything that auditctl or the kernel would refuse, and what they would silently read otherwise.
struct RuleCheck {
    /// Where the rule is: `spec.audit.auditRules.rules[2]`.
    let path: String
    private(set) var findings: [RuleFinding] = []

    init(path: String) {
        self.path = path
    }

    /// auditctl refuses to add a field when 63 are there, one less than the kernel's `AUDIT_MAX_FIELDS`. arch and key count.
    static let maximumFieldCount = 63

    private mutating func error(_ part: String, _ message: String) {
        findings.append(.error(part.isEmpty ? path : "\(path).\(part)", message))
    }

    private mutating func warn(_ part: String, _ message: String) {
        findings.append(.warning(part.isEmpty ? path : "\(path).\(part)", message))
    }

    /// The rule, when nothing is wrong with it.
    mutating func checked(_ rule: AuditRule, from origin: RuleOrigin) -> CheckedRule? {
        findings = []
        if case .rule = origin, !StrictText.isName(rule.name) {
            error("name", "\(StrictText.quoted(rule.name)) is not a name of at most 63 lower-case letters, digits and dashes")
        }
        checkKey(of: rule)
        let checked: CheckedRule?
        if let path = rule.watch {
            checked = watch(path, of: rule, from: origin)
        } else {
            checked = plain(rule, from: origin)
        }
        return findings.contains { $0.severity == .error } ? nil : checked
    }

    private mutating func checkKey(of rule: AuditRule) {
        guard let key = rule.key else {
            if rule.action == .always, rule.list == .exit { warn("key", "without a key its records are hard to find") }
            return
        }
        if key.utf8.count > StrictText.maximumKeyLength {
            error("key", "the key has \(key.utf8.count) bytes; the kernel takes \(StrictText.maximumKeyLength)")
        } else if !StrictText.isKey(key) {
            error("key", "\(StrictText.quoted(key)) has characters other than letters, digits and . _ : / @ + -, or a dash in front")
        } else if rule.list == .task || rule.list == .user || rule.list == .exclude {
            error("key", "rules of the list \(rule.list.rawValue) have no key")
        }
    }

    private mutating func watch(_ watch: AuditRule.Watch, of rule: AuditRule, from origin: RuleOrigin) -> CheckedRule? {
        if !rule.syscalls.isEmpty { error("syscalls", "a watch has no system calls") }
        if !rule.fields.isEmpty { error("fields", "a watch has no fields: use the fields path or dir with perm instead") }
        if !rule.architectures.isEmpty { error("architectures", "a watch has no architectures") }
        if rule.list != .exit { error("list", "a watch is on no other list than exit") }
        if rule.action != .always { error("action", "a watch always records; a rule with the field path can exclude") }
        if let problem = PathCheck.problem(with: watch.path) { error("watch.path", problem) }
        guard let permissions = FieldValue.permissions(watch.permissions) else {
            error("watch.permissions", "\(StrictText.quoted(watch.permissions)) is not some of r, w, x and a, each once")
            return nil
        }
        return CheckedRule(
            origin: origin, list: .exit, action: .always, architectures: [], syscalls: nil,
            conditions: [RuleCondition(.perm, .equal, permissions)], watch: PathCheck.trimmed(watch.path), key: rule.key)
    }

    private mutating func plain(_ rule: AuditRule, from origin: RuleOrigin) -> CheckedRule {
        checkSyscalls(of: rule)
        if Set(rule.architectures).count != rule.architectures.count { error("architectures", "an architecture is named twice") }
        if rule.list != .exit, !rule.architectures.isEmpty {
            error("architectures", "rules of the list \(rule.list.rawValue) have no architecture")
        }
        var conditions: [RuleCondition] = []
        for (index, field) in rule.fields.enumerated() {
            switch RuleCondition.parse(field, on: rule.list) {
            case .success(let condition): conditions.append(condition)
            case .failure(let problem): error("fields[\(index)].\(problem.part)", problem.message)
            }
        }
        if conditions.count == rule.fields.count { checkTogether(conditions, in: rule) }
        checkMeaning(of: rule)
        let all = rule.syscalls.isEmpty || rule.syscalls == ["all"]
        return CheckedRule(
            origin: origin, list: rule.list, action: rule.action, architectures: rule.architectures, syscalls: all ? nil : rule.syscalls,
            conditions: Self.ordered(conditions), watch: nil, key: rule.key)
    }

    /// Location and permissions first: auditctl prints a rule of just these as a watch, in the order of its fields.
    private static func ordered(_ conditions: [RuleCondition]) -> [RuleCondition] {
        conditions.filter { $0.field == .path || $0.field == .dir } + conditions.filter { $0.field == .perm }
            + conditions.filter { $0.field != .path && $0.field != .dir && $0.field != .perm }
    }

    private mutating func checkSyscalls(of rule: AuditRule) {
        guard !rule.syscalls.isEmpty else { return }
        if rule.list != .exit { error("syscalls", "rules of the list \(rule.list.rawValue) have no system calls") }
        var seen: Set<String> = []
        for (index, name) in rule.syscalls.enumerated() {
            let part = "syscalls[\(index)]"
            if !seen.insert(name).inserted {
                error(part, "\(StrictText.quoted(name)) is named twice")
            } else if name == "all" {
                if rule.syscalls.count > 1 { error(part, "all stands alone") }
            } else if !StrictText.isWord(name) || !NodeArchitecture.hasSyscall(name) {
                let isNumber = Number.parse(name) != nil
                error(
                    part, isNumber ? "write the name: a number means another call on each ABI" : "no system call \(StrictText.quoted(name))"
                )
            }
        }
    }

    private mutating func checkTogether(_ conditions: [RuleCondition], in rule: AuditRule) {
        let count = conditions.count + (rule.key == nil ? 0 : 1) + (rule.list == .exit ? 1 : 0)
        if count > Self.maximumFieldCount {
            error("fields", "\(count) fields with architecture and key; auditctl takes \(Self.maximumFieldCount)")
        }
        for (index, condition) in conditions.enumerated() {
            let earlier = conditions[..<index]
            if condition.field == .exe, earlier.contains(where: { $0.field == .exe }) {
                error("fields[\(index)].field", "exe is there already; the kernel takes it once a rule")
            } else if condition.isLocation, earlier.contains(where: \.isLocation) {
                error("fields[\(index)].field", "a rule has one of path, dir and inode, and that once")
            } else if earlier.contains(condition) {
                error("fields[\(index)]", "the same condition is there already")
            } else if condition.option == .field, condition.operator == .equal,
                earlier.contains(where: { $0.option == .field && $0.field == condition.field && $0.operator == .equal })
            {
                error("fields[\(index)].value", "\(condition.field.rawValue) cannot have two values: the rule would never match")
            }
        }
    }

    private mutating func checkMeaning(of rule: AuditRule) {
        switch (rule.list, rule.action) {
        case (.filesystem, .always): error("action", "the list filesystem can only exclude: use never")
        case (.filesystem, .never):
            if rule.fields.isEmpty { error("fields", "say which file system: the field fstype") }
        case (.task, .never):
            if rule.fields.isEmpty { error("fields", "without a field this turns auditing off for every new process") }
        case (.task, .always):
            if rule.fields.isEmpty { error("fields", "without a field this records every system call of every new process") }
        case (.user, .always): warn("list", "always changes nothing here: without a rule the kernel keeps a program's messages, too")
        case (.user, .never), (.exclude, _):
            if rule.fields.isEmpty { error("fields", "without a field this drops every record") }
            if rule.list == .exclude, rule.action == .never { warn("action", "on the list exclude never drops records as always does") }
        case (.exit, .never):
            if rule.fields.isEmpty, rule.syscalls.isEmpty { error("fields", "without a field or a system call this excludes everything") }
        case (.exit, .always): break
        }
    }
}
