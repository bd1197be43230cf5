/// The audit state of one boot of one node, and the parts of its operating system that a set-up meets.
///
/// It dies with the boot: a reboot makes a new one from the image.
package struct SimulatedKernel: Sendable, Hashable {
    package struct Notes: Sendable, Hashable {
        /// Hash of the rules before us; nil when the unit had run before anybody looked.
        package var baseline: String?
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

    /// Notes the rules of the boot, once. Rules that the unit has already loaded are nobody's baseline.
    package mutating func noteBaseline() {
        if notes == nil { notes = Notes(baseline: unit == .active ? nil : rulesHash) }
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

    /// What `auditctl -R` does. False when the kernel refuses since it is locked.
    package mutating func load(_ rules: [String], locking: Bool) -> Bool {
        guard !isLocked else { return false }
        self.rules = rules
        enabled = locking ? 2 : 1
        return true
    }

    /// What `auditctl -D` does.
    package mutating func deleteRules() {
        if !isLocked { rules = [] }
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
