@testable import AuditCore

/// Values that a field takes, of each way to write them.
enum Samples {
    static func values(of field: AuditField) -> [String] {
        switch field.syntax {
        case .user(let unset): ["0", "1000", "4294967294", "root", "daemon"] + (unset ? ["unset", "-1", "4294967295"] : [])
        case .group: ["0", "0x10", "4294967294", "root"]
        case .session: ["0", "7", "unset", "4294967295"]
        case .process, .device, .persona: ["0", "1", "0x10", "2147483647"]
        case .inode: ["1", "4294967295"]
        case .exit: ["0", "-13", "-EPERM", "-E2BIG", "17", "-4095", "2147483647"]
        case .success: ["0", "1"]
        case .messageType: ["EXECVE", "USER_LOGIN", "1309", "2999"]
        case .label: ["unconfined_t", "system_u:object_r:x_t", "docker-default", "s0-s15:c0.c1023"]
        case .path: field == .dir ? ["/etc", "/etc/", "/usr/bin"] : ["/etc/passwd", "/usr/bin/no-such-program", "/tmp/a+b,c%d~e@f:g"]
        case .permissions: ["r", "wa", "aw", "rwxa", "xr"]
        case .fileType: ["file", "dir", "socket", "link", "character", "block", "fifo"]
        case .fileSystem: ["tracefs", "debugfs"]
        case .argument: ["0", "2", "0x540e", "0100", "-1", "4294967295", "0xffffffff"]
        case .addressFamily: ["1", "2", "10", "44"]
        }
    }
}

/// A sequence that is the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Rules as people might write them; most are valid.
enum RandomRules {
    private static let paths = ["/etc/passwd", "/etc", "/usr/bin/sudo", "/var/log", "/tmp/x", "/run/utmp", "/etc/ssh/"]
    private static let keys: [String?] = [nil, "k", "identity", "10.2.5.b-accounts", "perm_mod"]

    static func rule(named name: String, using random: inout SeededGenerator) -> AuditRule {
        let key = keys.randomElement(using: &random) ?? nil
        if Int.random(in: 0..<4, using: &random) == 0 {
            let permissions = ["r", "wa", "x", "rwxa", "xw"].randomElement(using: &random) ?? "wa"
            return AuditRule(
                name: name, key: key, watch: .init(path: paths.randomElement(using: &random) ?? "/etc", permissions: permissions))
        }
        let list: AuditRule.List = [.exit, .exit, .exit, .exit, .exclude, .user, .task, .filesystem].randomElement(using: &random) ?? .exit
        let action: AuditRule.Action = list == .exclude ? .always : list != .exit ? .never : Bool.random(using: &random) ? .always : .never
        var fields: [AuditRule.Field] = []
        let possible = AuditField.allCases.filter { $0.lists.contains(list) }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let field = possible.randomElement(using: &random) else { continue }
            let sign = AuditRule.Operator.allCases.filter(field.operators.contains).randomElement(using: &random) ?? .equal
            fields.append(.init(field.rawValue, sign, Samples.values(of: field).randomElement(using: &random) ?? "0"))
        }
        guard list == .exit else { return AuditRule(name: name, key: nil, list: list, action: action, fields: fields) }
        let names = NameTable.syscallsX8664.sorted(NameTable.syscallsX8664.numbers.keys)
        let calls = (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in names.randomElement(using: &random) }
        let abis: [AuditRule.Architecture] = [[], [], [.b64], [.b32], [.b32, .b64]].randomElement(using: &random) ?? []
        return AuditRule(
            name: name, key: key, action: action, syscalls: Array(Set(calls)).sorted(), architectures: abis, fields: fields)
    }
}
