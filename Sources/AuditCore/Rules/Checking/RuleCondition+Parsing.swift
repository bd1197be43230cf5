/// What is wrong with a condition: at which of its fields, and why.
struct ConditionProblem: Error {
    let part: String
    let message: String
}

extension RuleCondition {
    /// Reads a condition for a list, or says why auditctl or the kernel would refuse it, or read it differently than it looks.
    static func parse(_ written: AuditRule.Field, on list: AuditRule.List) -> Result<RuleCondition, ConditionProblem> {
        func problem(_ part: String, _ message: String) -> Result<RuleCondition, ConditionProblem> {
            .failure(ConditionProblem(part: part, message: message))
        }
        switch written.field {
        case "arch": return problem("field", "arch is not a field here: name ABIs in architectures")
        case "key": return problem("field", "key is not a field here: set the rule's key")
        case "field_compare": return problem("field", "compare two fields by naming the second one as the value")
        default: break
        }
        guard let field = AuditField(named: written.field) else {
            return problem("field", "auditctl knows no field \(StrictText.quoted(written.field))")
        }
        guard field.lists.contains(list) else {
            return problem("field", "the list \(list.rawValue) cannot filter by \(field.rawValue), only by \(names(on: list))")
        }
        if field.isComparable, let other = AuditField(named: written.value), other.isComparable {
            return comparison(field, written.operator, other, on: list)
        }
        guard field.operators.contains(written.operator) else {
            let possible = AuditRule.Operator.allCases.filter(field.operators.contains).map(\.rawValue).joined(separator: " ")
            return problem("operator", "\(field.rawValue) takes \(possible), not \(written.operator.rawValue)")
        }
        switch FieldValue.parse(written.value, of: field) {
        case .failure(let invalid): return problem("value", invalid.message)
        case .success(let value):
            if field == .auid, value.written == "unset", written.operator != .equal, written.operator != .notEqual {
                return problem("operator", "unset is no number: auid takes it with = and != alone")
            }
            let uncertainty =
                field == .exe && written.operator == .notEqual
                ? "auditctl before 4.0 prints exe!= as exe=" : value.uncertainty
            return .success(RuleCondition(field, written.operator, value.written, listed: value.listed, uncertainty: uncertainty))
        }
    }

    private static func comparison(
        _ one: AuditField, _ operator: AuditRule.Operator, _ other: AuditField, on list: AuditRule.List
    ) -> Result<RuleCondition, ConditionProblem> {
        guard list == .exit else {
            return .failure(ConditionProblem(part: "value", message: "two fields can be compared on the list exit alone"))
        }
        guard let (first, second) = AuditField.comparison(one, other) else {
            return .failure(ConditionProblem(part: "value", message: "the kernel cannot compare \(one.rawValue) with \(other.rawValue)"))
        }
        guard `operator` == .equal || `operator` == .notEqual else {
            return .failure(ConditionProblem(part: "operator", message: "two fields are compared with = or !=, not \(`operator`.rawValue)"))
        }
        return .success(RuleCondition(comparing: first, `operator`, second))
    }

    private static func names(on list: AuditRule.List) -> String {
        AuditField.allCases.filter { $0.lists.contains(list) }.map(\.rawValue).joined(separator: ", ")
    }
}
