extension AuditPolicy.Syslog: CollectorDestination {
    private enum Key {
        static let line = "nodeaudit_line"
        static let severity = "nodeaudit_severity"
    }

    /// Longer than any line that the kernel makes; what is longer the plugin would cut in silence, by default at 2048.
    private static let maximumLineSize = 65_536

    var plugin: String { "syslog" }
    var ports: Set<Int> { [port] }

    func properties(_ context: CollectorContext, _ secrets: inout SecretMounts) -> [CollectorDocument.Property] {
        [
            .init("host", host), .init("port", port), .init("mode", tls?.mode == .enabled ? "tls" : "tcp"),
            .init("syslog_format", "rfc5424"), .init("syslog_maxsize", Self.maximumLineSize),
            .init("syslog_hostname_preset", CollectorContext.node), .init("syslog_appname_preset", appName),
            .init("syslog_procid_key", "_PID"), .init("syslog_msgid_key", CollectorFilter.typeField),
            .init("syslog_facility_preset", facility.number), .init("syslog_severity_key", Key.severity),
            .init("syslog_message_key", Key.line),
        ] + AuditPolicy.TLS.properties(tls, &secrets)
    }

    private static let writing: String = {
        let type = "tostring(record['\(CollectorFilter.typeField)'])"
        return RecordSeverity.luaTable(\.syslogDigit)
            + " function line(tag, timestamp, record) local type = \(type) local text = tostring(record['MESSAGE']) "
            + "if text:sub(1, #type + 1) == type .. ' ' then text = text:sub(#type + 2) end "
            + "local time = tostring(record['_SOURCE_REALTIME_TIMESTAMP']) "
            + "if time:match('^%d+$') and #time > 6 then time = time:sub(1, -7) .. '.' .. time:sub(-6, -4) "
            + "else time = string.format('%.3f', timestamp) end "
            + "record['\(Key.severity)'] = \(RecordSeverity.luaLookup) "
            + "record['\(Key.line)'] = ('type=' .. type .. ' msg=audit(' .. time .. ':' .. tostring(record['_AUDIT_ID']) .. '): ' .. text)"
            + ":gsub('%c', ' ') return 2, timestamp, record end"
    }()

    /// The message as auditd writes it to its log, which is what receivers know how to read. The journal has time and number of
    /// the event beside it. Control characters would end the line, or the message before its end.
    func processors(_ context: CollectorContext) -> [[CollectorDocument.Property]] {
        return [[.init("name", "lua"), .init("call", "line"), .init("code", Self.writing)]]
    }

    func review(_ review: inout SpecificationReview, at path: String, in context: CollectorContext) {
        review.reviewHost(host, port: port, path: path, identity: context.identity)
        review.reviewTLS(tls, path: path)
        if !appName.isSyslogName { review.refuse("\(path).appName", "may have letters, digits and - _ . /, at most 48") }
        review.warnIfUnencrypted(tls?.mode, hasSecret: false, path)
    }
}

extension AuditPolicy.Syslog.Facility {
    /// RFC 5424, table 1.
    var number: Int {
        switch self {
        case .auth: 4
        case .authPriv: 10
        case .logAudit: 13
        case .local0: 16
        case .local1: 17
        case .local2: 18
        case .local3: 19
        case .local4: 20
        case .local5: 21
        case .local6: 22
        case .local7: 23
        }
    }
}
