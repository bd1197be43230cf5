/// What a rule comes to on nodes of each architecture and on Container-Optimized OS.
extension RuleLint {
    /// - Parameter all: the rules of the policy and its presets, as they are on amd64.
    mutating func checkArchitectures(of rule: CheckedRule, among all: [KernelRule]) {
        guard case .rule(let index, _) = rule.origin, rule.list == .exit, rule.watch == nil else { return }
        if let syscalls = rule.syscalls { checkPresence(of: syscalls, in: rule, at: index) }
        guard rule.action == .always else { return }
        if rule.architectures == [.b64], !hasTwin(rule, among: all) {
            warn("rules[\(index)].architectures", "32-bit programs on amd64 are not audited: add b32, or leave architectures away")
        }
        checkVariants(of: rule, at: index, among: all)
    }

    /// Names nodes on which nothing is left of a rule, and the calls that arm64 lacks where the rule has no younger form of them.
    private mutating func checkPresence(of syscalls: [String], in rule: CheckedRule, at index: Int) {
        let empty = NodeArchitecture.allCases.filter { rule.kernelRules(on: $0).isEmpty }
        for node in empty { warn("rules[\(index)]", "loads nothing on \(node.rawValue): it has none of the rule's system calls or ABIs") }
        guard empty.isEmpty else { return }
        for (position, name) in syscalls.enumerated() {
            // A call of i386 alone is meant for amd64.
            guard NameTable.syscallsX8664.contains(name), !NameTable.syscallsAArch64.contains(name) else { continue }
            let successors = Self.successors[name] ?? []
            guard !successors.contains(where: syscalls.contains) else { continue }
            let advice =
                successors.isEmpty ? "the rule loads there without it" : "\(successors.joined(separator: ", ")) does the same there"
            warn("rules[\(index)].syscalls[\(position)]", "arm64 has no \(name); \(advice)")
        }
    }

    /// What arm64 has instead of calls that were replaced before it came (`__ARCH_WANT_SYSCALL_NO_AT` and its kin in the kernel).
    private static let successors = [
        "access": ["faccessat"], "chmod": ["fchmodat"], "chown": ["fchownat"], "creat": ["openat"], "dup2": ["dup3"],
        "epoll_create": ["epoll_create1"], "epoll_wait": ["epoll_pwait"], "eventfd": ["eventfd2"], "fork": ["clone"],
        "inotify_init": ["inotify_init1"], "lchown": ["fchownat"], "link": ["linkat"], "lstat": ["newfstatat"], "mkdir": ["mkdirat"],
        "mknod": ["mknodat"], "open": ["openat"], "pipe": ["pipe2"], "poll": ["ppoll"], "readlink": ["readlinkat"],
        "rename": ["renameat", "renameat2"], "rmdir": ["unlinkat"], "select": ["pselect6"], "signalfd": ["signalfd4"],
        "stat": ["newfstatat"], "symlink": ["symlinkat"], "unlink": ["unlinkat"], "utime": ["utimensat"], "utimes": ["utimensat"],
        "vfork": ["clone"],
    ]

    /// Whether other rules do for b32 what this one does for b64.
    private func hasTwin(_ rule: CheckedRule, among all: [KernelRule]) -> Bool {
        let others = all.filter { $0.list == .exit && $0.action == .always && $0.architecture != .b64 && $0.watch == nil }
        let wanted = CheckedRule(
            origin: rule.origin, list: rule.list, action: rule.action, architectures: [.b32], syscalls: rule.syscalls,
            conditions: rule.conditions, watch: nil, key: rule.key
        ).kernelRules(on: .amd64)
        // Nothing to have a twin of: no such call on i386.
        return wanted.allSatisfy { twin in
            let candidates = others.filter { $0.conditions.allSatisfy(twin.conditions.contains) }
            guard let calls = twin.syscalls else { return candidates.contains { $0.syscalls == nil } }
            return calls.allSatisfy { call in candidates.contains { $0.syscalls?.contains(call) ?? true } }
        }
    }

    /// On i386 many calls have a younger form that programs really use, and calls on sockets go through one door.
    private mutating func checkVariants(of rule: CheckedRule, at index: Int, among all: [KernelRule]) {
        guard let syscalls = rule.syscalls, rule.architectures.isEmpty || rule.architectures.contains(.b32) else { return }
        let audited = Set(all.filter { $0.list == .exit && $0.action == .always && $0.architecture == .b32 }.flatMap { $0.syscalls ?? [] })
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
