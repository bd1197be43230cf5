/// Words for the rules of presets. They are written in the source and checked like any rule, so nothing here can fail.
extension AuditRule {
    /// On system calls, given as words with spaces between; each ABI takes those that it has.
    static func calls(
        _ names: String, where fields: [Field] = [], on architectures: [Architecture] = [], key: String
    ) -> AuditRule {
        AuditRule(
            name: "", key: key, syscalls: names.split(separator: " ").map(String.init), architectures: architectures, fields: fields)
    }

    /// On writes to a path and changes of its attributes, or on what is said instead.
    static func watch(_ path: String, _ permissions: String = "wa", key: String) -> AuditRule {
        AuditRule(name: "", key: key, watch: Watch(path: path, permissions: permissions))
    }

    /// On a program that a person starts.
    static func program(_ path: String, key: String) -> AuditRule {
        AuditRule(
            name: "", key: key, fields: [Field("path", .equal, path), Field("perm", .equal, "x")] + Field.byPerson)
    }

    /// Record types that are dropped.
    static func dropping(_ messageType: String, named name: String = "") -> AuditRule {
        AuditRule(name: name, list: .exclude, fields: [Field("msgtype", .equal, messageType)])
    }

    /// A program whose own system calls are not recorded.
    static func ignoring(program path: String) -> AuditRule {
        AuditRule(name: "", action: .never, fields: [Field("exe", .equal, path)])
    }
}

extension AuditRule.Field {
    /// By someone who logged in: a login user id of a person. Services and containers have none.
    static let byPerson = [Self("auid", .greaterOrEqual, "1000"), Self("auid", .notEqual, "unset")]
}
