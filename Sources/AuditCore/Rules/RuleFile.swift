package import Digests

/// A file for `auditctl -R`: everything that a kernel is to hold, for nodes of one architecture.
///
/// Guarantees: the same rules give the same bytes. Each line that is no comment is one call of auditctl, made of the words that the
/// checks let through; `-D` is the first of them and the lock the last. auditctl stops at the first line that it or the kernel
/// refuses, so an unlocked kernel is what a broken load leaves behind.
package struct RuleFile: Sendable, Hashable {
    package let architecture: NodeArchitecture
    package let kernel: AuditRules.KernelSettings
    package let lock: AuditRules.Lock
    /// In the order of the file.
    package let rules: [KernelRule]

    /// auditctl reads lines into 6,144 bytes, line feed and NUL included, and takes the rest of a longer one for the next line.
    static let maximumLineLength = 6142

    /// The lines that auditctl acts on.
    package var commands: [String] { settings + rules.map(\.line) + [lockCommand] }

    /// `-e 2` or `-e 1`.
    package var lockCommand: String { "-e \(lock.enabled)" }

    private var settings: [String] {
        [
            "-D", "-b \(kernel.backlogLimit)", "--backlog_wait_time \(kernel.backlogWaitTime)", "-r \(kernel.rateLimit)",
            "-f \(kernel.failureMode.flag)",
        ]
    }

    /// The file. A rule that needs a directory which not every node has stands below a line `# requires DIRECTORY` for each, so that
    /// whoever loads the file can leave it out where the directory is missing: the kernel would refuse it and auditctl stop.
    package var text: String {
        var lines = ["# Audit rules for \(architecture.rawValue), rendered by nodeaudit from an AuditPolicy. Load with: auditctl -R"]
        lines += settings
        var origin: RuleOrigin?
        var named: Set<Int> = []
        for rule in rules {
            if rule.origin != origin { lines += ["", "# \(rule.origin)"] }
            origin = rule.origin
            for (number, name) in rule.youngSyscalls where named.insert(number).inserted { lines.append("# \(number) is \(name)") }
            lines += rule.requiredDirectories.map { Self.requirement + $0 } + [rule.line]
        }
        lines += ["", "# lock: \(lock.rawValue)", lockCommand]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What a line starts with that names a directory without which the rule below it cannot be loaded.
    package static let requirement = "# requires "

    /// The digest of what auditctl acts on. Comments are not in it: a better comment is no reason to recreate a node.
    package var digest: SHA256Digest { SHA256Digest(of: commands.joined(separator: "\n") + "\n") }

    /// What `auditctl -l` will print once the file is loaded.
    ///
    /// - Parameter missing: required directories that a node does not have; the rules that need them are not in its kernel.
    package func listing(without missing: Set<String> = []) -> RuleListing {
        RuleListing(of: rules.filter { missing.isDisjoint(with: $0.requiredDirectories) })
    }
}
