import KubeCore

/// Evaluates the rules of a schema on one object, within the budget that the server gives an object (10,000,000 units).
struct RuleEvaluation {
    let ratchets: Bool
    private(set) var problems: [Problem] = []
    private var budget: UInt64 = 10_000_000
    private var isExhausted = false

    init(ratchets: Bool) { self.ratchets = ratchets }

    /// A value with what is known of its past.
    struct Subject {
        var value: JSONValue
        var old: JSONValue?
        var path: FieldPath
        var field: String
        /// The nearest ancestor whose old value is known equals it, which a list without keys hides from its elements.
        var isInsideUnchanged = false

        func member(_ name: String, _ value: JSONValue, old: JSONValue?, inBrackets: Bool) -> Subject {
            Subject(
                value: value, old: old, path: path.member(name),
                field: inBrackets ? "\(field)[\(name)]" : field.isEmpty ? name : "\(field).\(name)", isInsideUnchanged: false)
        }
    }

    mutating func evaluate(_ tree: RuleTree, _ subject: Subject) {
        guard !isExhausted, !subject.value.isNull else { return }
        for rule in tree.rules where !isExhausted { evaluate(rule, tree, subject) }
        switch subject.value {
        case .object(let members):
            let old = tree.node.mapType == .atomic ? nil : subject.old
            for name in members.keys.sorted() {
                guard let member = members[name] else { continue }
                if let child = tree.properties[name] {
                    evaluate(child, subject.member(name, member, old: old?[name], inBrackets: false))
                } else if let child = tree.additionalProperties {
                    evaluate(child, subject.member(name, member, old: old?[name], inBrackets: true))
                }
            }
        case .array(let elements):
            guard let child = tree.items else { return }
            let correlation = ListCorrelation(tree.node, old: subject.old)
            let isUnchanged = tree.node.listType != .map && (subject.isInsideUnchanged || (ratchets && subject.old == subject.value))
            for (index, element) in elements.enumerated() {
                evaluate(
                    child,
                    Subject(
                        value: element, old: correlation.old(for: element), path: subject.path.index(index),
                        field: "\(subject.field)[\(index)]",
                        isInsideUnchanged: isUnchanged))
            }
        default: break
        }
    }

    private mutating func evaluate(_ compiled: CompiledRule, _ tree: RuleTree, _ subject: Subject) {
        let isOptional = compiled.rule.optionalOldSelf == true
        // Transition rules need something to compare with.
        if compiled.usesOldSelf, subject.old == nil, !isOptional { return }
        var variables = [(name: "self", value: CELValue(Self.visible(subject.value, tree), tree.node))]
        if compiled.usesOldSelf {
            let old = subject.old.map { CELValue(Self.visible($0, tree), tree.node) }
            variables.append(("oldSelf", isOptional ? .optional(old) : old ?? .null))
        }
        var evaluator = CELEvaluator(variables: variables)
        do throws(CELError) {
            let result = try evaluator.evaluate(compiled.expression)
            guard spend(evaluator.cost, tree, subject), case .bool(let holds) = result, !holds else { return }
            refuse(compiled, tree, subject, variables)
        } catch {
            guard spend(evaluator.cost, tree, subject) else { return }
            fail(error, compiled, tree, subject)
        }
    }

    /// Of an object's own metadata rules see the name alone.
    private static func visible(_ value: JSONValue, _ tree: RuleTree) -> JSONValue {
        guard tree.isResourceRoot, let metadata = value["metadata"]?.object else { return value }
        var value = value
        value["metadata"] = .object(metadata.filter { $0.key == "name" || $0.key == "generateName" })
        return value
    }

    private mutating func spend(_ cost: UInt64, _ tree: RuleTree, _ subject: Subject) -> Bool {
        guard cost > budget else {
            budget -= cost
            return true
        }
        isExhausted = true
        report(
            .invalid, subject, value: .string(tree.typeName),
            "validation failed due to running out of cost budget, no further validation rules will be run")
        return false
    }

    private mutating func fail(_ error: CELError, _ compiled: CompiledRule, _ tree: RuleTree, _ subject: Subject) {
        let detail: String
        switch error {
        case .noSuchOverload:
            detail =
                "'no such overload': call arguments did not match a supported operator, function or macro signature for rule: \(compiled.label)"
        case .costLimit:
            isExhausted = true
            detail =
                "'\(error.message)': no further validation rules will be run due to call cost exceeds limit for rule: \(compiled.label)"
        default: detail = "\(error.message) evaluating rule: \(compiled.label)"
        }
        report(.invalid, subject, value: .string(tree.typeName), detail)
    }

    private mutating func refuse(
        _ compiled: CompiledRule, _ tree: RuleTree, _ subject: Subject, _ variables: [(name: String, value: CELValue)]
    ) {
        if ratchets, !compiled.usesOldSelf, subject.isInsideUnchanged || subject.old == subject.value { return }
        var subject = subject
        if !compiled.fieldPath.elements.isEmpty {
            subject.path.elements += compiled.fieldPath.elements
            subject.field += (subject.field.isEmpty ? "" : ".") + compiled.fieldPath.description
        }
        let detail = message(of: compiled, variables) ?? (compiled.rule.message.isEmpty ? "failed rule: \(compiled.label)" : compiled.label)
        let value = subject.value.isScalar ? subject.value : nil
        switch compiled.rule.reason {
        case .forbidden: report(.forbidden, subject, value: nil, detail)
        case .required: report(.required, subject, value: nil, detail)
        case .duplicate: report(.duplicate, subject, value: value, "")
        default: report(.invalid, subject, value: value, detail)
        }
    }

    /// What `messageExpression` says; nil when it fails or says nothing usable, so that `message` speaks.
    private mutating func message(of compiled: CompiledRule, _ variables: [(name: String, value: CELValue)]) -> String? {
        guard let expression = compiled.messageExpression else { return nil }
        var evaluator = CELEvaluator(variables: variables)
        do throws(CELError) {
            guard case .string(let text) = try evaluator.evaluate(expression) else { return nil }
            let trimmed = text.trimmedSpace
            return trimmed.isEmpty || trimmed.contains("\n") || trimmed.utf8.count > 5 * 1024 ? nil : trimmed
        } catch {
            return nil
        }
    }

    private mutating func report(_ reason: Problem.Reason, _ subject: Subject, value: JSONValue?, _ detail: String) {
        problems.append(Problem(reason, path: subject.path, field: subject.field, value: value, detail: detail))
    }
}
