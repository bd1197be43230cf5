extension AuditPreset {
    /// What the preset records, in a sentence or two.
    package var summary: String {
        switch self {
        case .processExecution: "Every program that is started, with its arguments: execve and execveat."
        case .sockets: "Every socket that is created, of any family."
        case .socketOptions: "Every option that is set on a socket: setsockopt."
        case .memoryMapping:
            "Code that is mapped into memory: mmap of executable memory, and mprotect to memory that is writable and executable at once. "
                + "Mappings of data, by far the most, are left out."
        case .networkConnections:
            "Connections over IPv4 and IPv6, outgoing (connect) and incoming (accept), with the address of the other side."
        case .userLogins:
            "Records of logins and of failed ones, and changes to what decides about them (SSH, PAM limits). The messages of sshd and PAM "
                + "(USER_LOGIN, USER_AUTH, …) come without a rule wherever auditing is on."
        case .sessions:
            "Sessions: the files in which they are noted, every process that takes a terminal (SSH logins, and kubectl exec -t), and every "
                + "program started in a login session. Keystrokes (TTY records) come from pam_tty_audit, not from a rule."
        case .auditConfiguration:
            "Changes to auditing itself: its configuration, use of its tools, its log, and programs that talk to the kernel's audit "
                + "subsystem. The kernel's own CONFIG_CHANGE records come without a rule."
        case .appArmor:
            "Changes to AppArmor's profiles and the use of its parser. Permission checks that AppArmor denies or is told to audit are AVC "
                + "records, which come without a rule wherever auditing is on."
        case .kernelModules: "Kernel modules that are loaded and removed, what configures that, and kexec."
        case .timeChange: "Changes to the clock and the time zone."
        case .identityFiles: "Changes to users, groups, passwords and to where they are looked up."
        case .privileged:
            "Use of privilege: programs that run with another user's or group's rights, by path for people's sessions and by effect for all; "
                + "changes to sudo's configuration and log."
        case .accessDenied: "People's attempts to open or change files without the permission to."
        case .permissionChanges: "Changes to owners, modes and extended attributes of files by people, and the tools for it."
        case .fileDeletion: "Files that people delete or rename."
        case .mounts: "File systems that people mount or unmount."
        case .networkEnvironment: "Changes to the node's name, its hosts file, its banners and its network configuration."
        case .userEmulation: "Programs that people run as another user than they logged in as."
        case .administratorCommands: "Every program that a person runs as root."
        case .containerNoise:
            "An exclusion: what container runtimes cause by themselves. Drops records of packet filter changes, promiscuous network devices "
                + "and BPF programs, and system calls of runc and containerd. What runs in containers stays audited."
        case .gkeDefault: "What Google's page on auditing of GKE nodes lists, as rules of its own instead of the node's cloud-audit-setup."
        case .cis: "What the CIS benchmarks for Linux ask to be audited. They also ask for the lock."
        case .stig: "What the DISA STIGs for Linux ask to be audited. They also ask for the lock."
        case .pciDSS:
            "What PCI DSS 4 asks for in 10.2.1 (administrators' actions, access to the audit trail, denied access, changes to accounts, "
                + "stopped auditing, system-level objects) and 10.6.3 (time)."
        }
    }

    /// What it costs a node and the log, in a sentence.
    package var costNote: String {
        switch self {
        case .processExecution: "Moderate: an event of five records for each program, and probes that execute something count."
        case .sockets: "Moderate to high: every name look-up and every log message of many programs makes a socket."
        case .socketOptions: "High on nodes that serve many connections: several calls for each."
        case .memoryMapping:
            "High: about five calls for each program that starts, one for each library, and each time a JIT compiler maps code."
        case .networkConnections: "Moderate to high, in proportion to connections; Unix sockets are kept out."
        case .userLogins, .auditConfiguration, .appArmor, .kernelModules, .identityFiles, .networkEnvironment: "Low."
        case .sessions: "Low without people on nodes; moderate in their sessions."
        case .timeChange: "Low to moderate: a time service may adjust the clock every few seconds."
        case .privileged: "Low: people's sessions, and programs whose effective user differs."
        case .accessDenied, .permissionChanges, .fileDeletion, .mounts, .userEmulation, .administratorCommands:
            "Low: processes that no person started are not counted. The kernel tests the rules at each of the system calls."
        case .containerNoise: "It saves: these records are most of what an idle node with containers writes."
        case .gkeDefault: "High, as Google's page warns: mind the log's price, and add ContainerNoise and filters."
        case .cis, .stig: "Low to moderate in records; many rules, each tested at every system call."
        case .pciDSS: "Low to moderate in records."
        }
    }
}
