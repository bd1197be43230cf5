/// What is known of the file system of Container-Optimized OS.
///
/// Inferred from what Google documents about the system: it has no package manager, no cron or at, no auditd (journald reads the
/// kernel's records), no SELinux (AppArmor instead), and systemd-networkd instead of other network configuration. Not read from an
/// image: a path that is not named here may be missing, too.
enum ContainerOptimizedOS {
    static func lacks(_ path: String) -> Bool { absent.contains { PathCheck.isWithin(path, $0) } }

    private static let absent = [
        "/etc/anacrontab", "/etc/apt", "/etc/at.allow", "/etc/at.deny", "/etc/audit/auditd.conf", "/etc/cron.allow", "/etc/cron.d",
        "/etc/cron.daily", "/etc/cron.deny", "/etc/cron.hourly", "/etc/cron.monthly", "/etc/cron.weekly", "/etc/crontab",
        "/etc/default/grub",
        "/etc/dnf", "/etc/dpkg", "/etc/netplan", "/etc/network", "/etc/NetworkManager", "/etc/selinux", "/etc/sysconfig", "/etc/yum",
        "/etc/yum.conf", "/etc/yum.repos.d", "/sbin/auditd", "/usr/bin/apt", "/usr/bin/apt-get", "/usr/bin/aptitude", "/usr/bin/at",
        "/usr/bin/chcon", "/usr/bin/crontab", "/usr/bin/dnf", "/usr/bin/dpkg", "/usr/bin/rpm", "/usr/bin/yum", "/usr/sbin/auditd",
        "/usr/sbin/semanage", "/usr/sbin/setsebool", "/usr/share/selinux", "/var/lib/dpkg", "/var/lib/rpm", "/var/log/audit",
        "/var/spool/at", "/var/spool/cron",
    ]
}
