/// The audit state of one boot of one node, and the parts of its operating system that a set-up meets.
///
/// It dies with the boot: a reboot makes a new one from the image.
package struct SimulatedKernel: Sendable, Hashable {
    package struct Notes: Sendable, Hashable {
        /// Hash of the rules before us; nil when the unit had run before anybody looked.
        package var baseline: String?
        /// What the last set-up was asked for; nil once a sweep has come.
        package var wanted: Wanted?
        /// Rules of a policy that were loaded.
        package var loaded: Loaded?
        /// How the kernel was before us.
        fileprivate var before: Before
    }

    package enum Backend: String, Sendable, Hashable {
        case cloudAuditSetup = "CloudAuditSetup"
        case auditRules = "AuditRules"
    }

    package enum Wanted: Sendable, Hashable {
        case unit
        /// The lines of the file, and the least `enabled`.
        case rules([String], enabled: Int)
    }

    package struct Loaded: Sendable, Hashable {
        /// The lines of the file that was asked for.
        package var wanted: [String]
        /// Of the kernel's listing once it was loaded.
        package var hash: String
    }

    fileprivate struct Before: Sendable, Hashable {
        var enabled: Int
        var rules: [String]
        var backlogLimit: Int
        var failureMode: Int
    }

    package enum Unit: String, Sendable, Hashable { case active, inactive, absent }

    /// The identity of the boot, as `/proc/sys/kernel/random/boot_id` and the Node's `status.nodeInfo.bootID` show it.
    package let bootID: String
    /// 0 off, 1 on, 2 on and locked until the next boot.
    package var enabled: Int
    /// As `auditctl -l` lists them.
    package var rules: [String]
    package var unit: Unit
    package var hasAuditctl: Bool
    package var isContainerOptimized: Bool
    /// Directories that rules may need and this node does not have.
    package var missingDirectories: Set<String> = []
    package var lost = 0
    package var backlogLimit = 8192
    /// 0 silent, 1 printk, 2 panic.
    package var failureMode = 0
    /// What our set-up noted in `/run/nodeaudit/` when it first came to this boot; nil before.
    package var notes: Notes?
    /// What starting the unit changed beside the audit configuration.
    package var leftovers: [String] = []

    package init(bootID: String, image: NodeImage) {
        self.bootID = bootID
        enabled = image == .containerOptimized ? 1 : 0
        rules = []
        unit = image == .containerOptimized ? .inactive : .absent
        hasAuditctl = image == .containerOptimized
        isContainerOptimized = image == .containerOptimized
    }

    package var isLocked: Bool { enabled == 2 }

    /// What `auditctl -l` prints.
    package var listing: String { rules.isEmpty ? "No rules\n" : rules.joined(separator: "\n") + "\n" }

    /// SHA-256 of the listing.
    package var rulesHash: String {
        // The two that nearly every kernel has.
        if rules.isEmpty { return Self.emptyHash }
        return rules == Self.unitRules ? Self.unitHash : SHA256Digest.hex(listing)
    }

    private static let emptyHash = SHA256Digest.hex("No rules\n")
    private static let unitHash = SHA256Digest.hex(unitRules.joined(separator: "\n") + "\n")

    /// Notes what is wanted, and the kernel as it was before the first note of the boot. Rules that the unit has already loaded are
    /// nobody's baseline.
    mutating func note(wanted: Wanted) {
        if notes == nil {
            let before = Before(enabled: enabled, rules: rules, backlogLimit: backlogLimit, failureMode: failureMode)
            notes = Notes(baseline: unit == .active ? nil : rulesHash, before: before)
        }
        notes?.wanted = wanted
    }

    /// What `systemctl start` (or `restart`) `cloud-audit-setup` does: clear, load, lock. Nothing when the kernel is locked already.
    package mutating func startUnit() {
        guard unit != .absent else { return }
        unit = .active
        leftovers = ["iptables", "ima"]
        guard !isLocked else { return }
        rules = Self.unitRules
        enabled = 2
    }

    /// What `systemctl disable --now cloud-audit-setup` does: the unit has no ExecStop, the kernel keeps everything.
    package mutating func stopUnit() {
        if unit == .active { unit = .inactive }
    }

    /// What `auditctl -R` does, and the note of it. Nothing when the kernel is locked.
    mutating func load(_ file: SimulatedRuleFile) {
        guard !isLocked else { return }
        rules = file.rules
        backlogLimit = file.backlogLimit ?? backlogLimit
        failureMode = file.failureMode ?? failureMode
        enabled = file.enabled
        let hash = rulesHash
        notes?.loaded = Loaded(wanted: file.wanted, hash: hash)
    }

    /// What a sweep does: our rules go, the node's own come back with its settings. Nothing when the kernel is locked.
    mutating func restore(_ notes: Notes) {
        guard !isLocked else { return }
        if rulesHash != notes.baseline { rules = notes.baseline == nil ? [] : notes.before.rules }
        enabled = notes.before.enabled == 2 ? enabled : notes.before.enabled
        backlogLimit = notes.before.backlogLimit
        failureMode = notes.before.failureMode
    }

    /// Somebody else locked the kernel with rules of their own, before us.
    package mutating func lockByOthers() {
        rules = ["-w /etc/passwd -p wa -k corp-identity", "-a always,exit -F arch=b64 -S execve -F key=corp-exec"]
        enabled = 2
    }

    /// In the manner of COS: 14 rules, execve without a key, unusual socket families, and the types that are kept.
    package static let unitRules: [String] = [
        "-a always,exit -F arch=b64 -S execve", "-a always,exit -F arch=b32 -S execve",
        "-a always,exit -F arch=b64 -S socket -F a0!=0x0 -F a0!=0x1 -F a0!=0x2 -F a0!=0xa -F a0!=0x10 -F a0!=0x11 -F key=funky_socket",
        "-a always,exit -F arch=b32 -S socketcall -F key=funky_socket",
        "-a always,exit -F arch=b64 -S setsockopt -F a2=0x40 -F key=sockopt",
        "-a always,exit -F arch=b32 -S setsockopt -F a2=0x40 -F key=sockopt",
        "-a always,exit -F arch=b64 -S mmap -F a2&0x4 -F a3&0x20 -F key=anon_exec",
        "-a always,exit -F arch=b32 -S mmap2 -F a2&0x4 -F a3&0x20 -F key=anon_exec",
        "-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -F key=modules",
        "-a always,exit -F arch=b64 -S ptrace -F key=ptrace", "-a always,exit -F arch=b64 -S mount,umount2 -F key=mounts",
        "-w /etc/audit -p wa -k audit_config", "-w /var/log/audit -p wa -k audit_log",
        "-a always,exclude -F msgtype!=SYSCALL -F msgtype!=EXECVE -F msgtype!=AVC -F msgtype!=TTY -F msgtype!=USER_START",
    ]
}

package enum NodeImage: String, Sendable, Hashable {
    case containerOptimized, ubuntu
}
