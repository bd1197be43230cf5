/// How grave a record is, judged by its type alone: destinations that know severities get it.
enum RecordSeverity: Int, Sendable, CaseIterable {
    // The numbers are those of syslog.
    case critical = 2
    case error, warning, notice, informational

    /// The types of each severity but the last, which all other types have.
    static let types: [(severity: RecordSeverity, names: [String])] = [
        (
            .critical,
            ["DAEMON_ABORT", "INTEGRITY_DATA", "INTEGRITY_METADATA", "INTEGRITY_HASH", "ANOM_AMTU_FAIL", "ANOM_RBAC_INTEGRITY_FAIL"]
        ),
        (
            .error,
            [
                "DAEMON_ERR", "USER_ERR", "SELINUX_ERR", "USER_SELINUX_ERR", "APPARMOR_ERROR", "ANOM_RBAC_FAIL", "ANOM_CRYPTO_FAIL",
                "CRYPTO_FAILURE_USER", "CRYPTO_REPLAY_USER",
            ]
        ),
        (
            .warning,
            [
                "AVC", "USER_AVC", "APPARMOR_DENIED", "APPARMOR_KILL", "SECCOMP", "ANOM_PROMISCUOUS", "ANOM_ABEND", "ANOM_LINK",
                "ANOM_CREAT", "ANOM_LOGIN_FAILURES", "ANOM_LOGIN_TIME", "ANOM_LOGIN_SESSIONS", "ANOM_LOGIN_ACCT", "ANOM_LOGIN_LOCATION",
                "ANOM_MAX_DAC", "ANOM_MAX_MAC", "ANOM_ACCESS_FS", "ANOM_EXEC", "ANOM_MK_EXEC", "ANOM_ADD_ACCT", "ANOM_DEL_ACCT",
                "ANOM_MOD_ACCT", "ANOM_ROOT_TRANS", "ANOM_LOGIN_SERVICE", "ANOM_LOGIN_ROOT", "ANOM_ORIGIN_FAILURES", "ANOM_SESSION",
                "RESP_ANOMALY", "RESP_ALERT", "RESP_KILL_PROC",
            ]
        ),
        (
            .notice,
            [
                "CONFIG_CHANGE", "FEATURE_CHANGE", "KERN_MODULE", "MAC_POLICY_LOAD", "MAC_STATUS", "MAC_CONFIG_CHANGE", "APPARMOR_STATUS",
                "INTEGRITY_POLICY_RULE", "USER_LOGIN", "USER_LOGOUT", "USER_AUTH", "USER_CMD", "USER_CHAUTHTOK", "USER_MGMT", "GRP_MGMT",
                "GRP_CHAUTHTOK", "ADD_USER", "DEL_USER", "ADD_GROUP", "DEL_GROUP", "ACCT_LOCK", "ACCT_UNLOCK", "USYS_CONFIG",
                "DAEMON_START", "DAEMON_END", "DAEMON_CONFIG", "SYSTEM_BOOT", "SYSTEM_SHUTDOWN", "SOFTWARE_UPDATE", "ROLE_ASSIGN",
                "ROLE_REMOVE", "ROLE_MODIFY",
            ]
        ),
    ]

    var cloudLoggingName: String {
        switch self {
        case .critical: "CRITICAL"
        case .error: "ERROR"
        case .warning: "WARNING"
        case .notice: "NOTICE"
        case .informational: "INFO"
        }
    }

    var syslogDigit: String { String(rawValue) }

    /// OpenTelemetry's number for syslog's severity.
    var openTelemetryNumber: Int {
        switch self {
        case .critical: 18
        case .error: 17
        case .warning: 13
        case .notice: 10
        case .informational: 9
        }
    }

    /// Statements in Lua: the table `severities`, from a record's type to what is told of its severity, and `unlisted`.
    static func luaTable(_ value: (RecordSeverity) -> String) -> String {
        let entries = types.map { severity, names in
            "{'\(value(severity))','\(names.flatMap { NameTable.journalNames(of: $0) }.joined(separator: " "))'}"
        }
        return "severities = {} unlisted = '\(value(.informational))' for _, entry in ipairs({\(entries.joined(separator: ","))}) do "
            + "for name in entry[2]:gmatch('%S+') do severities[name] = entry[1] end end"
    }

    /// An expression in Lua: what the table says of `record`.
    static let luaLookup = "(severities[record['\(CollectorFilter.typeField)']] or unlisted)"
}

extension NameTable {
    /// How the journal may call a type of records: by its name or, where systemd was built without knowing that, as `AUDIT1112`.
    static func journalNames(of type: String) -> [String] {
        [type] + (messageTypes.numbers[type].map { ["AUDIT\($0)"] } ?? [])
    }
}
