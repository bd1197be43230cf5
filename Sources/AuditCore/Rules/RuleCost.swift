/// What a rule costs a node, roughly: how often its system calls happen, less one class for each kind of condition that keeps most
/// of them out. It is about records, which cost most; the kernel also tests every rule of the list exit at every system call.
package enum CostClass: Int, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
    /// Minutes between records on a quiet node.
    case low
    /// Records with each program that starts or each connection that is made.
    case moderate
    /// Many records a second on a busy node, up to thousands: enough to overflow the backlog.
    case high

    package static func < (one: CostClass, other: CostClass) -> Bool { one.rawValue < other.rawValue }

    package var description: String {
        switch self {
        case .low: "low"
        case .moderate: "moderate"
        case .high: "high"
        }
    }
}

/// The costs of all rules for nodes of one architecture.
package struct RuleTotals: Sendable, Hashable {
    package var rules = 0
    /// Rules on system calls: each one is tested at every system call of every process.
    package var syscallRules = 0
    /// Rules on a path: tested at accesses to files alone.
    package var pathRules = 0
    /// Rules that drop records or exclude processes.
    package var exclusions = 0
    /// Rules that record, by class.
    package var recording: [CostClass: Int] = [:]

    package init(of rules: [KernelRule] = []) {
        for rule in rules {
            self.rules += 1
            if rule.list != .exit || rule.action == .never {
                exclusions += 1
            } else {
                recording[rule.cost, default: 0] += 1
            }
            if rule.isOnPath {
                pathRules += 1
            } else if rule.list == .exit {
                syscallRules += 1
            }
        }
    }
}

extension KernelRule {
    /// The class of a rule that records; rules that exclude have the lowest.
    package var cost: CostClass {
        guard action == .always, list == .exit || list == .task else { return .low }
        let level = list == .task ? CostClass.high.rawValue : isOnPath ? pathLevel : callLevel
        let kinds = Set(conditions.compactMap(Selectivity.init))
        return CostClass(rawValue: max(level - kinds.count, 0)) ?? .high
    }

    var isOnPath: Bool { watch != nil || conditions.contains { $0.isLocation && $0.operator == .equal } }

    /// Writes, changes and executions of one file are rare, reads are not, and neither is anything in a busy directory.
    private var pathLevel: Int {
        let permissions = conditions.first { $0.field == .perm }?.value ?? "rwxa"
        let path = watch ?? conditions.first { $0.field == .path || $0.field == .dir }?.value ?? ""
        return (permissions.utf8.contains(UInt8(ascii: "r")) ? 1 : 0) + (Self.busyDirectories.contains(path) ? 1 : 0)
    }

    private var callLevel: Int {
        guard let syscalls else { return CostClass.high.rawValue }
        if syscalls.contains(where: Self.frequent.contains) { return CostClass.high.rawValue }
        return syscalls.contains(where: Self.common.contains) ? CostClass.moderate.rawValue : CostClass.low.rawValue
    }

    /// Kinds of conditions that keep most events out.
    private enum Selectivity: Hashable {
        case failure, program, argument, session, comparison

        init?(_ condition: RuleCondition) {
            switch (condition.option, condition.field, condition.operator) {
            case (.comparison, _, _): self = .comparison
            case (_, .exit, .equal), (_, .exit, .less): self = .failure
            case (_, .success, _) where condition.listed == "success=0" || condition.listed == "success!=1": self = .failure
            case (_, .exe, .equal): self = .program
            case (_, .a0, _), (_, .a1, _), (_, .a2, _), (_, .a3, _), (_, .addressFamily, _): self = .argument
            case (_, .auid, _), (_, .sessionid, _): self = .session
            default: return nil
            }
        }
    }

    private static let busyDirectories: Set<String> = [
        "/", "/bin", "/dev", "/home", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin", "/var",
        "/var/lib", "/var/log", "/var/log/journal", "/var/run",
    ]

    /// What programs do all the time. The order of magnitude, from `strace -c` of shells, kubelets and web servers.
    private static let frequent: Set<String> = [
        "access", "brk", "clock_gettime", "clock_gettime64", "clock_nanosleep", "close", "epoll_ctl", "epoll_pwait", "epoll_wait",
        "faccessat", "faccessat2", "fcntl", "fcntl64", "fstat", "fstat64", "futex", "futex_time64", "getcwd", "getdents", "getdents64",
        "getpid", "getppid", "getrandom", "gettid", "gettimeofday", "getuid", "io_uring_enter", "lseek", "_llseek", "lstat", "lstat64",
        "madvise", "mmap", "mmap2", "mprotect", "munmap", "nanosleep", "newfstat", "newfstatat", "fstatat64", "open", "openat", "openat2",
        "poll", "ppoll", "pread", "pread64", "pselect6", "pwrite", "pwrite64", "read", "readlink", "readlinkat", "readv", "recvfrom",
        "recvmmsg", "recvmsg", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_yield", "select", "_newselect", "sendfile",
        "sendfile64", "sendmmsg", "sendmsg", "sendto", "socketcall", "splice", "stat", "stat64", "statx", "write", "writev",
    ]

    /// What happens with each program that starts, each connection, or each file that is put in place.
    private static let common: Set<String> = [
        "accept", "accept4", "bind", "chmod", "chown", "chown32", "clone", "clone3", "connect", "creat", "dup", "dup2", "dup3", "execve",
        "execveat", "exit", "exit_group", "fallocate", "fchmod", "fchmodat", "fchown", "fchown32", "fchownat", "fork", "fsync",
        "fdatasync", "ftruncate", "ftruncate64", "getsockname", "getsockopt", "ioctl", "kill", "lchown", "lchown32", "link", "linkat",
        "listen", "mkdir", "mkdirat", "pipe", "pipe2", "prctl", "rename", "renameat", "renameat2", "rmdir", "setns", "setsockopt",
        "shutdown", "socket", "socketpair", "statfs", "statfs64", "symlink", "symlinkat", "tgkill", "truncate", "truncate64", "unlink",
        "unlinkat", "utimensat", "vfork", "wait4", "waitid",
    ]
}
