import KubeCore

/// Parses, types and prices all rules of a schema.
struct RuleCompiler {
    /// What a rule may cost as estimated from the schema's bounds, and what all rules of a schema may cost together.
    static let ruleLimit: UInt64 = 10_000_000
    static let schemaLimit: UInt64 = 100_000_000

    private(set) var problems: [Problem] = []
    private var totalCost: UInt64 = 0
    /// What costs a hundredth of the schema's limit or more, in the order of the schema.
    private var expensive: [(field: String, cost: UInt64)] = []

    /// What is known of the way from the root.
    private struct Context {
        /// How often the value may occur in one object; nil when nothing bounds it.
        var cardinality: UInt64? = 1
        /// The list or map within which old and new values cannot be told to belong together.
        var uncorrelated: String?
    }

    mutating func compile(_ root: SchemaNode, at field: String) -> RuleTree? {
        let tree = compile(root, at: field, isResourceRoot: true, Context())
        if totalCost > Self.schemaLimit {
            // The four dearest, equals in their order.
            let ranked = expensive.enumerated().sorted { ($1.element.cost, $0.offset) < ($0.element.cost, $1.offset) }
            for (_, part) in ranked.prefix(4) {
                report(
                    .forbidden, part.field, valueText: nil,
                    "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema")
            }
            report(
                .forbidden, field, valueText: nil,
                Self.excess("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", totalCost, Self.schemaLimit))
        }
        return tree
    }

    private mutating func compile(_ node: SchemaNode, at field: String, isResourceRoot: Bool, _ context: Context) -> RuleTree? {
        var rules: [CompiledRule] = []
        if !node.rules.isEmpty {
            if let type = CELType.of(node, named: "selfType", isResource: isResourceRoot) {
                for (index, rule) in node.rules.enumerated() {
                    let place = "\(field).x-kubernetes-validations[\(index)]"
                    if let compiled = compile(rule, of: node, type, at: place, context) { rules.append(compiled) }
                }
            } else {
                report(.invalid, "\(field).x-kubernetes-validations", valueText: nil, "the type of the value is not known to rules")
            }
        }
        var properties: [String: RuleTree] = [:]
        for name in node.propertyNames {
            guard let child = node.properties[name] else { continue }
            var inner = context
            if node.mapType == .atomic { inner.uncorrelated = inner.uncorrelated ?? field }
            properties[name] = compile(child, at: "\(field).properties[\(name)]", isResourceRoot: child.isEmbeddedResource, inner)
        }
        var additional: RuleTree?
        if case .schema(let child) = node.additionalProperties {
            var inner = context
            inner.cardinality = Self.multiplied(context.cardinality, node.limits.maxProperties)
            additional = compile(child, at: "\(field).additionalProperties", isResourceRoot: child.isEmbeddedResource, inner)
        }
        var items: RuleTree?
        if let child = node.items {
            var inner = context
            inner.cardinality = Self.multiplied(context.cardinality, node.limits.maxItems)
            if node.listType != .map { inner.uncorrelated = inner.uncorrelated ?? field }
            items = compile(child, at: "\(field).items", isResourceRoot: child.isEmbeddedResource, inner)
        }
        if rules.isEmpty, properties.isEmpty, additional == nil, items == nil { return nil }
        return RuleTree(
            node, isResourceRoot: isResourceRoot, rules: rules, properties: properties, additionalProperties: additional, items: items)
    }

    private static func multiplied(_ cardinality: UInt64?, _ count: Int64?) -> UInt64? {
        guard let cardinality, let count else { return nil }
        return CELCost.product(cardinality, UInt64(count))
    }

    private mutating func compile(
        _ rule: ValidationRule, of node: SchemaNode, _ type: CELType, at place: String, _ context: Context
    ) -> CompiledRule? {
        let variables = [
            (name: "self", type: type), (name: "oldSelf", type: rule.optionalOldSelf == true ? CELType(.optional(type)) : type),
        ]
        guard let (expression, uses) = compile(rule.rule, keyword: "rule", gives: .bool, variables, rule, at: place, context) else {
            return nil
        }
        let usesOldSelf = uses.contains("oldSelf")
        if usesOldSelf, let uncorrelated = context.uncorrelated {
            report(
                .invalid, "\(place).rule", valueText: GoText.quoted(rule.rule),
                "oldSelf cannot be used on the uncorrelatable portion of the schema within \(uncorrelated)")
        }
        if !usesOldSelf, let optional = rule.optionalOldSelf {
            report(.invalid, "\(place).optionalOldSelf", valueText: String(optional), "may not be set if oldSelf is not used in rule")
        }
        var message: CELExpression?
        if !rule.messageExpression.isEmpty {
            guard
                let (compiled, _) = compile(
                    rule.messageExpression, keyword: "messageExpression", gives: .string, variables, rule, at: place, context)
            else { return nil }
            message = compiled
        }
        guard let path = Self.path(rule.fieldPath, in: node) else {
            report(.invalid, "\(place).fieldPath", valueText: GoText.quoted(rule.fieldPath), "must be a valid path")
            return nil
        }
        return CompiledRule(rule: rule, expression: expression, messageExpression: message, usesOldSelf: usesOldSelf, fieldPath: path)
    }

    private mutating func compile(
        _ source: String, keyword: String, gives expected: CELType, _ variables: [(name: String, type: CELType)], _ rule: ValidationRule,
        at place: String, _ context: Context
    ) -> (CELExpression, Set<String>)? {
        let field = "\(place).\(keyword)"
        let prefix = keyword == "rule" ? "" : "messageExpression "
        let expression: CELExpression
        do throws(CELIssue) {
            expression = try CELParser.parse(source)
        } catch {
            report(.invalid, field, valueText: Self.describe(rule), "\(prefix)compilation failed: \(error.display(in: source))")
            return nil
        }
        var checker = CELChecker(variables: variables)
        let typed = checker.check(expression)
        guard checker.issues.isEmpty else {
            let display = checker.issues.map { $0.display(in: source) }.joined(separator: "\n")
            report(.invalid, field, valueText: Self.describe(rule), "\(prefix)compilation failed: \(display)")
            return nil
        }
        // A rule of type dyn could give anything; the server takes nothing but a bool.
        guard typed.type.name == expected.name else {
            report(
                .invalid, field, valueText: Self.describe(rule),
                keyword == "rule" ? "cel expression must evaluate to a bool" : "messageExpression must evaluate to a string")
            return nil
        }
        let cost = keyword == "rule" ? context.cardinality.map { CELCost.product($0, typed.cost) } ?? .max : typed.cost
        if cost > Self.ruleLimit {
            report(.forbidden, field, valueText: nil, Self.excess("estimated \(keyword) cost", cost, Self.ruleLimit))
        }
        totalCost = CELCost.sum(totalCost, cost)
        if cost >= Self.schemaLimit / 100 { expensive.append((field, cost)) }
        return (expression, checker.usedVariables)
    }

    private mutating func report(_ reason: Problem.Reason, _ field: String, valueText: String?, _ detail: String) {
        var problem = Problem(reason, path: FieldPath(), field: field, value: nil, detail: detail)
        if let valueText { problem.message = "\(reason.words): \(valueText): \(detail)" }
        problems.append(problem)
    }

    private static func excess(_ name: String, _ cost: UInt64, _ limit: UInt64) -> String {
        let factor = Double(cost) / Double(limit)
        let text = factor > 100 ? "more than 100x" : "\(fixed(factor, factor < 1.5 ? 6 : 1))x"
        return
            "\(name) exceeds budget by factor of \(text) (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where "
            + "arrays, maps, and strings are declared)"
    }

    private static func fixed(_ number: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = String(Int64((number * scale).rounded()))
        let padded = String(repeating: "0", count: max(0, digits + 1 - scaled.count)) + scaled
        return padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// The rule as the server prints it.
    private static func describe(_ rule: ValidationRule) -> String {
        func text(_ value: String) -> String { GoText.json(.string(value)) }
        let optional = rule.optionalOldSelf.map { String($0) } ?? "null"
        return "{\"Rule\":\(text(rule.rule)),\"Message\":\(text(rule.message)),\"MessageExpression\":\(text(rule.messageExpression)),"
            + "\"Reason\":\(rule.reason.map { text($0.rawValue) } ?? "null"),\"FieldPath\":\(text(rule.fieldPath)),\"OptionalOldSelf\":\(optional)}"
    }

    /// `.spec.name` or `['a.b']`, each step a property or a map key; nil when it leads nowhere.
    private static func path(_ text: String, in node: SchemaNode) -> FieldPath? {
        var path = FieldPath()
        var node = node
        var rest = text.trimmedSpace[...]
        while !rest.isEmpty {
            var name = ""
            if rest.hasPrefix("['"), let end = rest.firstRange(of: "']") {
                name = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound])
                rest = rest[end.upperBound...]
            } else if rest.first == "." {
                rest.removeFirst()
                name = String(rest.prefix { $0 != "." && $0 != "[" })
                rest = rest.dropFirst(name.count)
            }
            guard !name.isEmpty, let child = node.schema(ofMember: name) else { return nil }
            path = path.member(name)
            node = child
        }
        return path
    }
}
