extension AuditPreset {
    /// Rules that compliance sets are made of. They concern people: `auid` is who logged in, and stays through sudo.
    var complianceRules: [AuditRule] {
        switch self {
        case .kernelModules: Self.kernelModuleRules
        case .timeChange: Self.timeChangeRules
        case .identityFiles: Self.identityFileRules
        case .privileged: Self.privilegedRules
        case .accessDenied:
            ["-EACCES", "-EPERM"].map {
                .calls(
                    "open creat truncate truncate64 ftruncate ftruncate64 openat openat2 open_by_handle_at",
                    where: [.init("exit", .equal, $0)] + AuditRule.Field.byPerson, key: "access")
            }
        case .permissionChanges: Self.permissionChangeRules
        case .fileDeletion:
            [.calls("unlink unlinkat rename renameat renameat2 rmdir", where: AuditRule.Field.byPerson, key: "delete")]
        case .mounts: [.calls("mount umount umount2 move_mount mount_setattr", where: AuditRule.Field.byPerson, key: "mounts")]
        case .networkEnvironment: Self.networkEnvironmentRules
        case .userEmulation:
            [
                .calls(
                    "execve execveat", where: [.init("euid", .notEqual, "uid"), .init("auid", .notEqual, "unset")],
                    key: "user_emulation")
            ]
        case .administratorCommands:
            [.calls("execve execveat", where: [.init("euid", .equal, "0")] + AuditRule.Field.byPerson, key: "administrator-command")]
        case .cis: Self.macPolicyRules
        case .stig: Self.macPolicyRules + Self.scheduleRules
        default: []
        }
    }

    private static let kernelModuleRules: [AuditRule] = [
        .calls("init_module finit_module create_module query_module", key: "module-load"),
        .calls("delete_module", key: "module-unload"),
        .calls("kexec_load kexec_file_load", key: "kexec"),
        .watch("/bin/kmod", "x", key: "modules"),
        .watch("/sbin/modprobe", "x", key: "modules"),
        .watch("/sbin/insmod", "x", key: "modules"),
        .watch("/sbin/rmmod", "x", key: "modules"),
        .watch("/etc/modprobe.d", key: "modules"),
        .watch("/etc/modules-load.d", key: "modules"),
        .watch("/etc/modprobe.conf", key: "modules"),
    ]

    /// Clock 0 is CLOCK_REALTIME.
    private static let timeChangeRules: [AuditRule] = [
        .calls("adjtimex settimeofday stime", key: "time-change"),
        .calls("clock_settime clock_settime64", where: [.init("a0", .equal, "0")], key: "time-change"),
        .watch("/etc/localtime", key: "time-change"),
        .watch("/etc/timezone", key: "time-change"),
    ]

    private static let identityFileRules: [AuditRule] =
        [
            "/etc/group", "/etc/passwd", "/etc/gshadow", "/etc/shadow", "/etc/security/opasswd", "/etc/subuid", "/etc/subgid",
            "/etc/nsswitch.conf", "/etc/pam.conf", "/etc/pam.d",
        ].map { .watch($0, key: "identity") }

    /// Programs with the set-user-id or set-group-id bit, or for administration, on the usual distributions.
    private static let privilegedRules: [AuditRule] =
        [
            "/bin/mount", "/bin/su", "/bin/umount", "/sbin/fdisk", "/sbin/pam_timestamp_check", "/sbin/unix_chkpwd", "/sbin/unix_update",
            "/usr/bin/at", "/usr/bin/chage", "/usr/bin/chfn", "/usr/bin/chsh", "/usr/bin/crontab", "/usr/bin/expiry",
            "/usr/bin/fusermount3",
            "/usr/bin/gpasswd", "/usr/bin/newgidmap", "/usr/bin/newgrp", "/usr/bin/newuidmap", "/usr/bin/passwd", "/usr/bin/pkexec",
            "/usr/bin/ssh-agent", "/usr/bin/sudo", "/usr/bin/sudoedit", "/usr/sbin/groupadd", "/usr/sbin/groupmod", "/usr/sbin/useradd",
            "/usr/sbin/userdel", "/usr/sbin/usermod",
        ].map { .program($0, key: "privileged") } + [
            .calls(
                "execve execveat", where: [.init("uid", .notEqual, "euid"), .init("euid", .equal, "0")], key: "execpriv"),
            .calls(
                "execve execveat", where: [.init("gid", .notEqual, "egid"), .init("egid", .equal, "0")], key: "execpriv"),
            .watch("/etc/sudoers", key: "scope"),
            .watch("/etc/sudoers.d", key: "scope"),
            .watch("/var/log/sudo.log", key: "sudo_log_file"),
        ]

    private static let permissionChangeRules: [AuditRule] =
        [
            .calls("chmod fchmod fchmodat fchmodat2", where: AuditRule.Field.byPerson, key: "perm_mod"),
            .calls(
                "chown chown32 fchown fchown32 lchown lchown32 fchownat", where: AuditRule.Field.byPerson, key: "perm_mod"),
            .calls(
                "setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat",
                where: AuditRule.Field.byPerson, key: "perm_mod"),
        ] + ["/usr/bin/chacl", "/usr/bin/chcon", "/usr/bin/setfacl", "/usr/bin/setfattr"].map { .program($0, key: "perm_chng") }

    private static let networkEnvironmentRules: [AuditRule] =
        [.calls("sethostname setdomainname", key: "system-locale")]
        + [
            "/etc/issue", "/etc/issue.net", "/etc/hosts", "/etc/hostname", "/etc/networks", "/etc/network", "/etc/netplan",
            "/etc/NetworkManager", "/etc/sysconfig", "/etc/systemd/network", "/etc/resolv.conf",
        ].map { .watch($0, key: "system-locale") }

    private static let macPolicyRules: [AuditRule] = [.watch("/etc/selinux", key: "MAC-policy")]

    private static let scheduleRules: [AuditRule] =
        ["/etc/cron.d", "/etc/crontab", "/etc/cron.allow", "/etc/cron.deny", "/etc/systemd/system"].map { .watch($0, key: "schedule") }
}
