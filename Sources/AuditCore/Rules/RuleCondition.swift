/// A checked condition of a rule: what is written into the file, and what `auditctl -l` will say of it.
struct RuleCondition: Sendable, Hashable {
    enum Option: String, Sendable {
        case field = "-F"
        case comparison = "-C"
    }

    let option: Option
    let field: AuditField
    let `operator`: AuditRule.Operator
    /// The right side, as the file has it.
    let value: String
    /// The whole condition, as auditctl prints it, which is also what makes two conditions the same.
    let listed: String
    /// Why the listing cannot be told beforehand.
    let uncertainty: String?

    init(_ field: AuditField, _ operator: AuditRule.Operator, _ value: String, listed: String? = nil, uncertainty: String? = nil) {
        option = .field
        self.field = field
        self.operator = `operator`
        self.value = value
        self.listed = field.rawValue + `operator`.rawValue + (listed ?? value)
        self.uncertainty = uncertainty
    }

    /// Between two fields.
    init(comparing first: AuditField, _ operator: AuditRule.Operator, _ second: AuditField) {
        option = .comparison
        field = first
        self.operator = `operator`
        value = second.rawValue
        listed = first.rawValue + `operator`.rawValue + second.rawValue
        uncertainty = nil
    }

    /// The two words of the file.
    var words: [String] { [option.rawValue, field.rawValue + `operator`.rawValue + value] }

    /// A rule names one thing in the file system; the kernel refuses a second.
    var isLocation: Bool { field == .path || field == .dir || field == .inode }

    static func == (one: RuleCondition, other: RuleCondition) -> Bool { one.option == other.option && one.listed == other.listed }

    func hash(into hasher: inout Hasher) {
        hasher.combine(option)
        hasher.combine(listed)
    }
}
