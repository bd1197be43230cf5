/// A rule without anything wrong in it, not yet made for one processor.
struct CheckedRule: Sendable {
    let origin: RuleOrigin
    let list: AuditRule.List
    let action: AuditRule.Action
    /// Empty: every ABI.
    let architectures: [AuditRule.Architecture]
    /// Nil: every system call.
    let syscalls: [String]?
    let conditions: [RuleCondition]
    /// The path of a watch; its permissions are a condition.
    let watch: String?
    let key: String?
}

/// Where a rule comes from.
package enum RuleOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The policy's own rule, by its place in the list.
    case rule(index: Int, name: String)
    case preset(AuditPreset)

    package var description: String {
        switch self {
        case .rule(_, let name): "rule \(name)"
        case .preset(let preset): "preset \(preset.rawValue)"
        }
    }

    /// The place below the rules' path, for a problem that two rules have together.
    var place: String {
        switch self {
        case .rule(let index, _): "rules[\(index)]"
        case .preset(let preset): "the preset \(preset.rawValue)"
        }
    }
}
