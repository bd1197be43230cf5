/// One audit rule of a policy: either a rule on system calls and their circumstances, or a watch on a path.
///
/// The words are auditctl's. What they may hold is checked by `AuditRules.review`; nothing unchecked reaches a file.
package struct AuditRule: Sendable, Hashable, Codable {
    /// Names the rule in problems and in the file's comments. A DNS label, unique in the policy.
    package var name: String
    /// What the kernel writes into each record of the rule, to find it again.
    package var key: String?
    package var list: List = .exit
    package var action: Action = .always
    /// Names of system calls; none, or `all`, means every one. Each ABI gets those of them that it has.
    package var syscalls: [String] = []
    /// None means every ABI of the node: b64 and b32 on amd64, b64 on arm64.
    package var architectures: [Architecture] = []
    /// All of them must hold.
    package var fields: [Field] = []
    /// A watch stands alone: with it there are no system calls, fields, list, action or architectures.
    package var watch: Watch?

    package init(
        name: String, key: String? = nil, list: List = .exit, action: Action = .always, syscalls: [String] = [],
        architectures: [Architecture] = [], fields: [Field] = []
    ) {
        self.name = name
        self.key = key
        self.list = list
        self.action = action
        self.syscalls = syscalls
        self.architectures = architectures
        self.fields = fields
    }

    package init(name: String, key: String? = nil, watch: Watch) {
        self.name = name
        self.key = key
        self.watch = watch
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        key = try values.decodeIfPresent(String.self, forKey: .key)
        list = try values.decode(.list, default: list)
        action = try values.decode(.action, default: action)
        syscalls = try values.decode(.syscalls, default: syscalls)
        architectures = try values.decode(.architectures, default: architectures)
        fields = try values.decode(.fields, default: fields)
        watch = try values.decodeIfPresent(Watch.self, forKey: .watch)
    }
}

extension AuditRule {
    /// Which of the kernel's lists the rule is in.
    package enum List: String, Sendable, Hashable, Codable, CaseIterable {
        /// Decides when a system call returns.
        case exit
        /// Decides when a process is created.
        case task
        /// Decides about messages of programs such as sshd.
        case user
        /// Drops record types. Both actions drop.
        case exclude
        /// Drops what happens on a kind of file system.
        case filesystem
    }

    package enum Action: String, Sendable, Hashable, Codable, CaseIterable {
        case always
        case never
    }

    /// An ABI of a node, whatever its processor: the native one and, on amd64, that of 32-bit programs.
    package enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
        case b64
        case b32
    }

    /// A condition: `auid >= 1000`, or between two fields: `uid != euid`.
    package struct Field: Sendable, Hashable, Codable {
        package var field: String
        package var `operator`: Operator
        /// A number, a name, a path, … as the field needs it, or the name of another field to compare with.
        package var value: String

        package init(_ field: String, _ operator: Operator, _ value: String) {
            self.field = field
            self.operator = `operator`
            self.value = value
        }
    }

    package enum Operator: String, Sendable, Hashable, Codable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        /// At least one of the bits is set.
        case anyBit = "&"
        /// All of the bits are set.
        case allBits = "&="
    }

    /// Accesses to a file, or to everything below a directory.
    package struct Watch: Sendable, Hashable, Codable {
        package var path: String
        /// Some of `r` read, `w` write, `x` execute and `a` change of attributes.
        package var permissions = "wa"

        package init(path: String, permissions: String = "wa") {
            self.path = path
            self.permissions = permissions
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            path = try values.decode(String.self, forKey: .path)
            permissions = try values.decode(.permissions, default: permissions)
        }
    }
}
