/// A rule as one kernel holds it: for one ABI, with the system calls that this ABI has.
package struct KernelRule: Sendable, Hashable {
    package let origin: RuleOrigin
    package let list: AuditRule.List
    package let action: AuditRule.Action
    /// Nil: whatever the ABI.
    package let architecture: AuditRule.Architecture?
    /// By number. Nil: every one, on the list exit.
    package let syscalls: [String]?
    package let key: String?
    /// The path of a watch.
    package let watch: String?
    let conditions: [RuleCondition]

    /// The words of the rule's line in a file for `auditctl -R`. None has a space in it.
    package var words: [String] {
        var words: [String]
        if let watch {
            words = ["-w", watch, "-p", conditions.map(\.value).joined()]
        } else {
            words = ["-a", "\(action.rawValue),\(list.rawValue)"]
            if let architecture { words += ["-F", "arch=\(architecture.rawValue)"] }
            if let syscalls {
                words += ["-S", syscalls.map { name in NameTable.youngNumber(of: name).map { String($0) } ?? name }.joined(separator: ",")]
            } else if list == .exit, architecture != nil || !conditions.contains(where: { $0.field == .path || $0.field == .dir }) {
                // Else auditctl would take no key.
                words += ["-S", "all"]
            }
            words += conditions.flatMap(\.words)
        }
        if let key { words += ["-k", key] }
        return words
    }

    package var line: String { words.joined(separator: " ") }

    /// The rule as the newest `auditctl -l` prints it, without `-i`.
    package var listing: String { listing(withNamesUpTo: .max) }

    /// The rule as an auditctl prints it that knows system calls up to a number by name.
    ///
    /// A rule on every system call that has only a place, permissions and a key is printed as a watch, whatever its action.
    func listing(withNamesUpTo known: Int) -> String {
        let fields = conditions.map(\.listed)
        if let watch { return "-w \(watch) -p \(conditions.map(\.value).joined())" + (key.map { " -k \($0)" } ?? "") }
        if isPrintedAsWatch {
            let parts = conditions.map { $0.field == .perm ? "-p \($0.value)" : "-w \($0.value)" } + (key.map { ["-k \($0)"] } ?? [])
            return (conditions.first?.field == .perm ? " " : "") + parts.joined(separator: " ")
        }
        var parts = ["-a \(action.rawValue),\(list.rawValue)"]
        if let architecture { parts.append("-F arch=\(architecture.rawValue)") }
        if list == .exit {
            let calls = syscalls?.map { name in
                NameTable.youngNumber(of: name).flatMap { $0 > known ? String($0) : nil } ?? name
            }
            parts.append("-S " + (calls?.joined(separator: ",") ?? "all"))
        }
        parts += zip(conditions, fields).map { "\($0.option.rawValue) \($1)" }
        if let key { parts.append("-F key=\(key)") }
        return parts.joined(separator: " ")
    }

    private var isPrintedAsWatch: Bool {
        list == .exit && architecture == nil && syscalls == nil && conditions.contains { $0.field == .perm }
            && conditions.allSatisfy { $0.field == .perm || $0.field == .path || $0.field == .dir }
    }

    /// The system calls that are in the file by number.
    var youngSyscalls: [(number: Int, name: String)] {
        (syscalls ?? []).compactMap { name in NameTable.youngNumber(of: name).map { ($0, name) } }
    }

    /// Why `listing` may not be what a node prints.
    var uncertainties: [String] {
        var reasons = conditions.compactMap(\.uncertainty)
        if architecture != nil, conditions.contains(where: { $0.field == .perm }) {
            reasons.append("auditctl from 4.0 on narrows perm with an architecture to the system calls it thinks of")
        }
        return reasons
    }

    /// Directories without which the kernel refuses the rule: watches and programs may be missing, what they are in may not.
    package var requiredDirectories: [String] {
        var directories = watch.map { [PathCheck.parent(of: $0)] } ?? []
        for condition in conditions where condition.option == .field {
            switch condition.field {
            case .path: directories.append(PathCheck.parent(of: condition.value))
            case .exe: directories.append(PathCheck.parent(of: condition.value))
            case .dir: directories.append(condition.value)
            default: break
            }
        }
        return directories.filter { !Self.directoriesEverywhere.contains($0) }
    }

    /// Directories that every Linux node has, Container-Optimized OS included.
    private static let directoriesEverywhere: Set<String> = [
        "/", "/bin", "/dev", "/etc", "/home", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin", "/var",
        "/var/lib", "/var/log", "/var/run",
    ]
}

extension KernelRule {
    /// Whether every event that the other rule decides about is one of this rule's, too.
    func covers(_ other: KernelRule) -> Bool {
        guard list == other.list, architecture == nil || architecture == other.architecture else { return false }
        guard otherConditions.allSatisfy(other.otherConditions.contains) else { return false }
        if let location {
            guard let place = other.location else { return false }
            guard place.path == location.path || location.isTree && PathCheck.isWithin(place.path, location.path) else { return false }
        }
        if let permissions {
            guard let others = other.permissions, others.utf8.allSatisfy(permissions.utf8.contains) else { return false }
        }
        guard let syscalls else { return true }
        guard let others = other.syscalls, others.count <= syscalls.count else { return false }
        return Set(others).isSubset(of: syscalls)
    }

    /// The same events, whatever is done about them.
    func matchesSame(as other: KernelRule) -> Bool { covers(other) && other.covers(self) }

    /// How many conditions an event must meet. Comparisons of two fields count twice: they are met by few events, and a rule that has
    /// one is meant to be found by its key even where a rule about people or programs takes the same event.
    var specificity: Int { conditions.count + (watch == nil ? 0 : 1) + conditions.filter { $0.option == .comparison }.count }

    /// What the rule is about in the file system. A watch on a directory is about all below it, and so it is taken for one here.
    private var location: (path: String, isTree: Bool)? {
        if let watch { return (watch, true) }
        return conditions.first { $0.field == .path || $0.field == .dir }.map { ($0.value, $0.field == .dir) }
    }

    private var permissions: String? { conditions.first { $0.field == .perm }?.value }

    private var otherConditions: [RuleCondition] { conditions.filter { ![.path, .dir, .perm].contains($0.field) } }
}

extension CheckedRule {
    /// The rule for each ABI of a node. Empty where the node has none of its system calls or ABIs.
    func kernelRules(on node: NodeArchitecture) -> [KernelRule] {
        guard list == .exit, watch == nil, syscalls != nil || !architectures.isEmpty else { return [kernelRule(nil, nil)] }
        return node.abis.filter { architectures.isEmpty || architectures.contains($0) }.compactMap { abi in
            guard let syscalls else { return kernelRule(abi, nil) }
            let present = node.syscalls(of: abi)?.sorted(syscalls) ?? []
            return present.isEmpty ? nil : kernelRule(abi, present)
        }
    }

    private func kernelRule(_ abi: AuditRule.Architecture?, _ syscalls: [String]?) -> KernelRule {
        KernelRule(
            origin: origin, list: list, action: action, architecture: abi, syscalls: syscalls, key: key, watch: watch,
            conditions: conditions)
    }
}
