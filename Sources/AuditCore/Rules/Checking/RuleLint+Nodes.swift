/// What a rule comes to on nodes of each architecture and on Container-Optimized OS.
extension RuleLint {
    mutating func checkArchitectures(of rule: CheckedRule, among all: [CheckedRule]) {
        guard case .rule(let index, _) = rule.origin, rule.list == .exit, rule.watch == nil else { return }
        if let syscalls = rule.syscalls { checkPresence(of: syscalls, in: rule, at: index) }
        guard rule.action == .always else { return }
        if rule.architectures == [.b64], !hasTwin(rule, among: all) {
            warn("rules[\(index)].architectures", "32-bit programs on amd64 are not audited: add b32, or leave architectures away")
        }
        checkVariants(of: rule, at: index, among: all)
    }

    /// Names the calls that some ABI of the rule lacks, and nodes on which nothing is left.
    private mutating func checkPresence(of syscalls: [String], in rule: CheckedRule, at index: Int) {
        for node in NodeArchitecture.allCases {
            let abis = node.abis.filter { rule.architectures.isEmpty || rule.architectures.contains($0) }
            if rule.kernelRules(on: node).isEmpty {
                warn("rules[\(index)]", "loads nothing on \(node.rawValue): it has none of the rule's system calls or ABIs")
                continue
            }
            for (position, name) in syscalls.enumerated() where !abis.contains(where: { node.syscalls(of: $0)?.contains(name) == true }) {
                warn("rules[\(index)].syscalls[\(position)]", "\(name) does not exist on \(node.rawValue); the rule loads there without it")
            }
        }
    }

    /// Whether other rules do for b32 what this one does for b64.
    private func hasTwin(_ rule: CheckedRule, among all: [CheckedRule]) -> Bool {
        let others = all.flatMap { $0.kernelRules(on: .amd64) }.filter { $0.architecture == .b32 || $0.architecture == nil }
        let wanted = CheckedRule(
            origin: rule.origin, list: rule.list, action: rule.action, architectures: [.b32], syscalls: rule.syscalls,
            conditions: rule.conditions, watch: nil, key: rule.key
        ).kernelRules(on: .amd64)
        // Nothing to have a twin of: no such call on i386.
        return wanted.allSatisfy { twin in
            let candidates = others.filter {
                $0.action == .always && Set($0.conditions).isSubset(of: twin.conditions)
            }
            guard let calls = twin.syscalls else { return candidates.contains { $0.syscalls == nil } }
            return calls.allSatisfy { call in candidates.contains { $0.syscalls?.contains(call) ?? true } }
        }
    }

    /// On i386 many calls have a younger form that programs really use, and calls on sockets go through one door.
    private mutating func checkVariants(of rule: CheckedRule, at index: Int, among all: [CheckedRule]) {
        guard let syscalls = rule.syscalls, rule.architectures.isEmpty || rule.architectures.contains(.b32) else { return }
        let audited = Set(
            all.filter { $0.list == .exit && $0.action == .always }.flatMap { $0.kernelRules(on: .amd64) }
                .filter { $0.architecture == .b32 }.flatMap { $0.syscalls ?? [] })
        for (position, name) in syscalls.enumerated() {
            let missing = Self.variants(of: name).filter { !audited.contains($0) }
            guard !missing.isEmpty else { continue }
            warn("rules[\(index)].syscalls[\(position)]", "32-bit programs on amd64 call \(missing.joined(separator: ", ")) instead")
        }
    }

    /// What i386 has beside a call, and amd64 does not.
    private static func variants(of name: String) -> [String] {
        let (i386, native) = (NameTable.syscallsI386, NameTable.syscallsX8664)
        guard i386.contains(name), native.contains(name) else { return [] }
        let special =
            name == "mmap" ? ["mmap2"] : name == "newfstatat" ? ["fstatat64"] : throughSocketcall.contains(name) ? ["socketcall"] : []
        return (special + ["32", "64", "_time64"].map { name + $0 }).filter { i386.contains($0) && !native.contains($0) }
    }

    private static let throughSocketcall: Set<String> = [
        "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom", "recvmsg", "sendmsg", "sendto",
        "setsockopt", "shutdown", "socket", "socketpair",
    ]

    mutating func checkPaths(of rule: CheckedRule) {
        guard case .rule(let index, _) = rule.origin else { return }
        if let watch = rule.watch, ContainerOptimizedOS.lacks(watch) {
            warn("rules[\(index)].watch.path", "Container-Optimized OS has no \(watch): there the rule never matches")
        }
        for condition in rule.conditions where condition.option == .field && [.path, .dir, .exe].contains(condition.field) {
            guard ContainerOptimizedOS.lacks(condition.value) else { continue }
            let consequence = condition.field == .dir ? "there the kernel refuses the rule" : "there the rule never matches"
            warn("rules[\(index)].fields", "Container-Optimized OS has no \(condition.value): \(consequence)")
        }
    }
}
