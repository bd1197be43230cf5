extension AuditPreset {
    /// The rules of the preset itself, without those of its components.
    ///
    /// Paths are the traditional ones (`/sbin`, `/bin`): they lead to the file whether a distribution has merged them into `/usr` or
    /// not. A watch on a file that is missing is no error as long as its directory is there, and matches once it comes.
    /// Keys and rules follow auditd's own examples (Debian: /usr/share/doc/auditd/examples/rules) and what scanners for the
    /// benchmarks look for.
    var ownRules: [AuditRule] {
        switch self {
        case .processExecution: [.calls("execve execveat", key: "execution")]
        case .sockets: Self.socketRules
        case .socketOptions: Self.socketOptionRules
        case .memoryMapping: Self.memoryMappingRules
        case .networkConnections: Self.networkConnectionRules
        case .userLogins: Self.userLoginRules
        case .sessions: Self.sessionRules
        case .auditConfiguration: Self.auditConfigurationRules
        case .appArmor: Self.appArmorRules
        case .containerNoise: Self.containerNoiseRules
        default: complianceRules
        }
    }

    // On i386 sockets are mostly reached through socketcall, whose first argument names the call (<linux/net.h>).

    private static let socketRules: [AuditRule] = [
        .calls("socket", key: "socket"),
        .calls("socketcall", where: [.init("a0", .equal, "1")], on: [.b32], key: "socket"),
    ]

    private static let socketOptionRules: [AuditRule] = [
        .calls("setsockopt", key: "socket-option"),
        .calls("socketcall", where: [.init("a0", .equal, "14")], on: [.b32], key: "socket-option"),
    ]

    /// PROT_WRITE is 2, PROT_EXEC 4. i386's old mmap has its arguments in memory, where no rule can look, and few programs call it.
    private static let memoryMappingRules: [AuditRule] = [
        .calls("mmap", where: [.init("a2", .anyBit, "4")], on: [.b64], key: "memory-mapping"),
        .calls("mmap2", where: [.init("a2", .anyBit, "4")], on: [.b32], key: "memory-mapping"),
        .calls("mmap", on: [.b32], key: "memory-mapping"),
        .calls("mprotect pkey_mprotect", where: [.init("a2", .allBits, "6")], key: "memory-mapping"),
    ]

    /// AF_INET is 2, AF_INET6 10. Of socketcall: 3 connect, 5 accept, 18 accept4.
    private static let networkConnectionRules: [AuditRule] = ["2", "10"].flatMap { family in
        let address = AuditRule.Field("saddr_fam", .equal, family)
        return [AuditRule.calls("connect accept accept4", where: [address], key: "network-connection")]
            + ["3", "5", "18"].map { call in
                .calls("socketcall", where: [.init("a0", .equal, call), address], on: [.b32], key: "network-connection")
            }
    }

    private static let userLoginRules: [AuditRule] = [
        .watch("/var/log/lastlog", key: "logins"),
        .watch("/var/log/faillog", key: "logins"),
        .watch("/var/log/tallylog", key: "logins"),
        .watch("/run/faillock", key: "logins"),
        .watch("/etc/login.defs", key: "login-configuration"),
        .watch("/etc/securetty", key: "login-configuration"),
        .watch("/etc/security", key: "login-configuration"),
        .watch("/etc/ssh", key: "login-configuration"),
    ]

    /// 0x540e is TIOCSCTTY, by which a session gets its terminal, on every architecture here.
    private static let sessionRules: [AuditRule] = [
        .watch("/run/utmp", key: "session"),
        .watch("/var/log/wtmp", key: "session"),
        .watch("/var/log/btmp", key: "session"),
        .calls("ioctl", where: [.init("a1", .equal, "0x540e")], key: "session-tty"),
        .calls("execve execveat", where: AuditRule.Field.byPerson, key: "session-command"),
    ]

    /// Family 16 is netlink, protocol 9 NETLINK_AUDIT.
    private static let auditConfigurationRules: [AuditRule] = [
        .watch("/etc/audit", key: "audit-configuration"),
        .watch("/etc/audisp", key: "audit-configuration"),
        .watch("/etc/libaudit.conf", key: "audit-configuration"),
        .watch("/etc/systemd/journald.conf", key: "audit-configuration"),
        .watch("/sbin/auditctl", "xwa", key: "audit-tools"),
        .watch("/sbin/augenrules", "xwa", key: "audit-tools"),
        .watch("/sbin/auditd", "xwa", key: "audit-tools"),
        .watch("/sbin/ausearch", "x", key: "audit-tools"),
        .watch("/sbin/aureport", "x", key: "audit-tools"),
        .watch("/var/log/audit", key: "audit-trail"),
        .calls("socket", where: [.init("a0", .equal, "16"), .init("a2", .equal, "9")], key: "audit-netlink"),
    ]

    private static let appArmorRules: [AuditRule] = [
        .watch("/etc/apparmor", key: "MAC-policy"),
        .watch("/etc/apparmor.d", key: "MAC-policy"),
        .watch("/sbin/apparmor_parser", "xwa", key: "MAC-policy"),
    ]

    /// runc re-executes itself from memory in some releases; those of its calls are then recorded after all.
    private static let containerNoiseRules: [AuditRule] = [
        .dropping("NETFILTER_CFG"), .dropping("ANOM_PROMISCUOUS"), .dropping("BPF"),
        .ignoring(program: "/usr/bin/runc"), .ignoring(program: "/usr/sbin/runc"), .ignoring(program: "/usr/bin/containerd"),
        .ignoring(program: "/usr/bin/containerd-shim-runc-v2"),
    ]
}
