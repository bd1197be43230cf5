import KubeCore

/// Holds a value against a schema: types, limits, enumerations, formats and patterns, in the server's order and words.
struct ValueValidator {
    /// Whether values equal to their old ones are left alone, as on an update.
    let ratchets: Bool

    func validate(_ value: JSONValue, _ node: SchemaNode, at path: FieldPath, field: String, old: JSONValue?) -> [Problem] {
        var findings = Findings(path: path, field: field)
        checkType(of: value, node, &findings)
        if !value.isNull {
            checkCombinations(of: value, node, &findings)
            switch value {
            case .string(let text): checkString(text, node.limits, &findings)
            case .integer, .number: checkNumber(value, node.limits, &findings)
            case .array(let elements): checkArray(elements, node, old, &findings)
            default: break
            }
        }
        checkEnumeration(of: value, node.limits, &findings)
        if case .object(let members) = value { checkObject(members, node, old, &findings) }
        // Compared only when there is something to forgive.
        if ratchets, !findings.problems.isEmpty, let old, old == value { return [] }
        return findings.problems
    }

    /// The problems of one value while they are collected.
    struct Findings {
        let path: FieldPath
        let field: String
        var problems: [Problem] = []

        mutating func add(_ reason: Problem.Reason, value: JSONValue?, _ detail: String) {
            problems.append(Problem(reason, path: path, field: field, value: value, detail: detail))
        }

        /// `spec.size in body should …`
        mutating func addBody(_ value: JSONValue, _ rest: String) { add(.invalid, value: value, "\(field) in body \(rest)") }
    }

    private func checkType(of value: JSONValue, _ node: SchemaNode, _ findings: inout Findings) {
        let names = node.isIntOrString ? ["integer", "string"] : node.type.map { [$0.rawValue] } ?? []
        guard !names.isEmpty else { return }
        func mismatch(_ expected: String, _ found: String) {
            findings.add(
                .typeInvalid, value: .string(found), "\(findings.field) in body must be of type \(expected): \(GoText.quoted(found))")
        }
        let expected = names.joined(separator: ",")
        switch value {
        case .null: if !node.isNullable { mismatch(expected, "null") }
        case .integer: if !names.contains("integer") && !names.contains("number") { mismatch(expected, "integer") }
        case .number(let number):
            if names.contains("number") { break }
            if names.contains("integer"), number.rounded() == number, abs(number) <= 9_007_199_254_740_991 { break }
            if names.contains("integer"), !node.limits.format.isEmpty {
                mismatch(node.limits.format, "float64")
            } else {
                mismatch(expected, "number")
            }
        default: if !names.contains(value.typeName) { mismatch(expected, value.typeName) }
        }
    }

    private func checkCombinations(of value: JSONValue, _ node: SchemaNode, _ findings: inout Findings) {
        func problems(_ branch: SchemaNode) -> [Problem] { validate(value, branch, at: findings.path, field: findings.field, old: nil) }
        func fail(_ words: String) {
            findings.problems.append(
                Problem(.invalid, path: findings.path, field: "", value: "", detail: "\"\(findings.field)\" must \(words)"))
        }
        for branch in node.allOf { findings.problems += problems(branch) }
        if !node.anyOf.isEmpty, !node.anyOf.contains(where: { problems($0).isEmpty }) { fail("validate at least one schema (anyOf)") }
        if !node.oneOf.isEmpty {
            let valid = node.oneOf.count { problems($0).isEmpty }
            if valid != 1 {
                fail("validate one and only one schema (oneOf). \(valid == 0 ? "Found none valid" : "Found \(valid) valid alternatives")")
            }
        }
        if let not = node.not, problems(not).isEmpty { fail("not validate the schema (not)") }
    }

    private func checkString(_ text: String, _ limits: ValueLimits, _ findings: inout Findings) {
        let needsLength = limits.maxLength != nil || limits.minLength != nil
        let length = needsLength ? Int64(text.unicodeScalars.count) : 0
        if let most = limits.maxLength, length > most {
            findings.add(.tooLong, value: nil, "may not be more than \(most) byte\(most == 1 ? "" : "s")")
        } else if let least = limits.minLength, length < least {
            findings.addBody(.string(text), "should be at least \(least) chars long")
        } else if let pattern = limits.pattern, !pattern.matches(text) {
            findings.addBody(.string(text), "should match '\(pattern.source)'")
        }
        if let format = StringFormat(limits.format), !format.accepts(text) {
            findings.add(
                .typeInvalid, value: .string(text),
                "\(findings.field) in body must be of type \(limits.format): \(GoText.quoted(text))")
        }
    }

    private func checkNumber(_ value: JSONValue, _ limits: ValueLimits, _ findings: inout Findings) {
        if limits.format == "int32", let integer = value.integer, Int32(exactly: integer) == nil {
            findings.problems.append(
                Problem(
                    .invalid, path: findings.path, field: "", value: "",
                    detail: "Checked value must be of type integer with format int32 in \(findings.field)"))
        }
        guard let number = value.number else { return }
        func bound(_ limit: Double) -> String {
            if case .integer = value, let whole = Int64(exactly: limit) { return String(whole) }
            return GoText.plain(limit)
        }
        if let factor = limits.multipleOf, factor > 0, (number / factor).rounded() != number / factor {
            findings.addBody(value, "should be a multiple of \(bound(factor))")
        }
        if let least = limits.minimum, number < least || (limits.exclusiveMinimum && number == least) {
            findings.addBody(value, "should be greater than \(limits.exclusiveMinimum ? "" : "or equal to ")\(bound(least))")
        }
        if let most = limits.maximum, number > most || (limits.exclusiveMaximum && number == most) {
            findings.addBody(value, "should be less than \(limits.exclusiveMaximum ? "" : "or equal to ")\(bound(most))")
        }
    }

    private func checkEnumeration(of value: JSONValue, _ limits: ValueLimits, _ findings: inout Findings) {
        guard !limits.enumeration.isEmpty, !limits.enumeration.contains(where: { Self.areEqual($0, value) }) else { return }
        let supported = limits.enumeration.map { GoText.quoted($0.string ?? GoText.json($0)) }
        findings.add(.notSupported, value: value, "supported values: " + supported.joined(separator: ", "))
    }

    private static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let first = left.number, let second = right.number { return first == second }
        return left == right
    }
}
