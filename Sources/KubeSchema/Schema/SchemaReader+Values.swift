import KubeCore

extension SchemaReader {
    mutating func unsupported(_ value: JSONValue, _ field: String, _ supported: [String]) {
        report(.notSupported, field, value: value, "supported values: " + supported.map(GoText.quoted).joined(separator: ", "))
    }

    mutating func readType(_ value: JSONValue, _ field: String) -> SchemaNode.ValueType? {
        guard let text = value.string, !text.isEmpty else { return nil }
        if let type = SchemaNode.ValueType(rawValue: text) { return type }
        if text == "null" {
            report(.forbidden, field, "type cannot be set to null, use nullable as an alternative")
        } else {
            unsupported(value, field, ["array", "boolean", "integer", "number", "object", "string"])
        }
        return nil
    }

    mutating func readBool(_ value: JSONValue, _ field: String) -> Bool {
        if case .bool(let flag) = value { return flag }
        report(.typeInvalid, field, value: .string(value.typeName), "must be a boolean")
        return false
    }

    mutating func readNumber(_ value: JSONValue, _ field: String) -> Double? {
        if let number = value.number { return number }
        report(.typeInvalid, field, value: .string(value.typeName), "must be a number")
        return nil
    }

    mutating func readCount(_ value: JSONValue, _ field: String) -> Int64? {
        if let count = value.integer, count >= 0 { return count }
        report(.invalid, field, value: value, "must be a whole number and not negative")
        return nil
    }

    mutating func readStrings(_ value: JSONValue, _ field: String) -> [String] {
        let strings = (value.array ?? []).compactMap(\.string)
        if value.array?.count != strings.count { report(.typeInvalid, field, value: .string(value.typeName), "must be a list of strings") }
        return strings
    }

    mutating func readPattern(_ value: JSONValue, _ field: String) -> Pattern? {
        guard let text = value.string, !text.isEmpty else { return nil }
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            report(.invalid, field, value: value, "must be a valid regular expression, but isn't: \(error)")
            return nil
        }
    }

    mutating func readRules(_ value: JSONValue, _ field: String) -> [ValidationRule] {
        var rules: [ValidationRule] = []
        for (index, element) in (value.array ?? []).enumerated() {
            rules.append(readRule(element, "\(field)[\(index)]"))
        }
        return rules
    }

    private mutating func readRule(_ value: JSONValue, _ field: String) -> ValidationRule {
        var rule = ValidationRule()
        for (key, value) in (value.object ?? [:]).sorted(by: { $0.key < $1.key }) where !value.isNull {
            switch key {
            case "rule": rule.rule = value.string ?? ""
            case "message": rule.message = value.string ?? ""
            case "messageExpression": rule.messageExpression = value.string ?? ""
            case "fieldPath": rule.fieldPath = value.string ?? ""
            case "optionalOldSelf": rule.optionalOldSelf = value.bool
            case "reason":
                let reasons: [Problem.Reason] = [.duplicate, .forbidden, .invalid, .required]
                rule.reason = reasons.first { $0.rawValue == value.string }
                if rule.reason == nil { unsupported(value, "\(field).reason", reasons.map(\.rawValue)) }
            default: report(.forbidden, "\(field).\(key)", "unknown keyword")
            }
        }
        let text = rule.rule.trimmedSpace
        let message = rule.message.trimmedSpace
        if text.isEmpty {
            report(.required, "\(field).rule", "rule is not specified")
        } else if !rule.message.isEmpty, message.isEmpty {
            report(.invalid, "\(field).message", value: .string(rule.message), "must be non-empty if specified")
        } else if message.contains("\n") {
            report(.invalid, "\(field).message", value: .string(rule.message), "must not contain line breaks")
        } else if text.contains("\n"), message.isEmpty {
            report(.required, "\(field).message", "message must be specified if rule contains line breaks")
        }
        if !rule.messageExpression.isEmpty, rule.messageExpression.trimmedSpace.isEmpty {
            report(.required, "\(field).messageExpression", "messageExpression must be non-empty if specified")
        }
        return rule
    }
}

extension String {
    /// Without white space at both ends.
    var trimmedSpace: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
