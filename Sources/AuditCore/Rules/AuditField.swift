/// A field that a rule can put a condition on, by auditctl's name.
enum AuditField: String, CaseIterable, Sendable {
    case pid, ppid, uid, euid, suid, fsuid, gid, egid, sgid, fsgid, auid, pers, sessionid, msgtype
    case subjUser = "subj_user"
    case subjRole = "subj_role"
    case subjType = "subj_type"
    case subjSensitivity = "subj_sen"
    case subjClearance = "subj_clr"
    case objUser = "obj_user"
    case objRole = "obj_role"
    case objType = "obj_type"
    case objLowLevel = "obj_lev_low"
    case objHighLevel = "obj_lev_high"
    case objUID = "obj_uid"
    case objGID = "obj_gid"
    case devmajor, devminor, inode, exit, success, path, dir, perm, filetype, fstype, a0, a1, a2, a3, exe
    case addressFamily = "saddr_fam"

    /// auditctl's own second name for auid is taken too.
    init?(named name: String) {
        self.init(rawValue: name == "loginuid" ? "auid" : name)
    }
}

extension AuditField {
    /// How a value is written.
    enum Syntax: Sendable {
        /// `unset` is a value of auid alone: the kernel refuses it for the others.
        case user(unset: Bool)
        case group, session, process, device, persona, inode, exit, success, messageType, label, path, permissions, fileType, fileSystem
        case argument, addressFamily
    }

    var syntax: Syntax {
        switch self {
        case .pid, .ppid: .process
        case .uid, .euid, .suid, .fsuid, .objUID: .user(unset: false)
        case .auid: .user(unset: true)
        case .gid, .egid, .sgid, .fsgid, .objGID: .group
        case .pers: .persona
        case .sessionid: .session
        case .msgtype: .messageType
        case .subjUser, .subjRole, .subjType, .subjSensitivity, .subjClearance, .objUser, .objRole, .objType, .objLowLevel, .objHighLevel:
            .label
        case .devmajor, .devminor: .device
        case .inode: .inode
        case .exit: .exit
        case .success: .success
        case .path, .dir, .exe: .path
        case .perm: .permissions
        case .filetype: .fileType
        case .fstype: .fileSystem
        case .a0, .a1, .a2, .a3: .argument
        case .addressFamily: .addressFamily
        }
    }

    private static let orders: Set<AuditRule.Operator> = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]

    /// The operators that auditctl and the kernel both take and that mean something.
    var operators: Set<AuditRule.Operator> {
        switch self {
        case .path, .dir, .perm: [.equal]
        case .exe, .inode, .filetype, .fstype, .success, .pers: [.equal, .notEqual]
        case .subjUser, .subjRole, .subjType, .objUser, .objRole, .objType: [.equal, .notEqual]
        case .a0, .a1, .a2, .a3: Set(AuditRule.Operator.allCases)
        default: Self.orders
        }
    }

    /// The lists on which the field decides anything.
    ///
    /// Sources: man auditctl (3.0.9), the kernel's `audit_filter`, which leaves a rule of the lists user and exclude unmatched when
    /// it has another field, and tries on a real kernel (`AuditRulesKernelTests`).
    var lists: Set<AuditRule.List> {
        switch self {
        case .pid, .uid, .gid: [.exit, .task, .user, .exclude]
        case .auid, .subjUser, .subjRole, .subjType, .subjSensitivity, .subjClearance: [.exit, .task, .user, .exclude]
        case .exe: [.exit, .task, .user, .exclude]
        case .euid, .suid, .fsuid, .egid, .sgid, .fsgid, .pers: [.exit, .task]
        case .msgtype: [.user, .exclude]
        case .fstype: [.filesystem]
        default: [.exit]
        }
    }

    /// The order in which auditctl prints the two sides of a comparison, users and groups each among themselves.
    private static let users: [AuditField] = [.uid, .auid, .euid, .suid, .fsuid, .objUID]
    private static let groups: [AuditField] = [.gid, .egid, .sgid, .fsgid, .objGID]

    /// Two fields of the same kind in the order in which auditctl prints them, or nil when the kernel cannot compare them.
    static func comparison(_ one: AuditField, _ other: AuditField) -> (AuditField, AuditField)? {
        for kind in [users, groups] {
            if let first = kind.firstIndex(of: one), let second = kind.firstIndex(of: other), first != second {
                return (kind[min(first, second)], kind[max(first, second)])
            }
        }
        return nil
    }

    /// Whether the field's value can be the name of another field.
    var isComparable: Bool { Self.users.contains(self) || Self.groups.contains(self) }
}
