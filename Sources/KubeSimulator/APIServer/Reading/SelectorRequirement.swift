import KubeCore

/// One term of a label selector, evaluated on raw labels.
struct SelectorRequirement: Sendable, Hashable {
    enum Operator: Sendable, Hashable { case `in`, notIn, exists, doesNotExist, greater, less }

    var key: String
    var `operator`: Operator
    var values: [String] = []

    func matches(_ labels: [String: JSONValue]) -> Bool {
        let value = labels[key]?.string
        switch `operator` {
        case .in: return value.map(values.contains) ?? false
        case .notIn: return value.map { !values.contains($0) } ?? true
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        case .greater, .less:
            guard let number = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) else { return false }
            return `operator` == .greater ? number > bound : number < bound
        }
    }
}

extension SelectorRequirement {
    /// As the server writes it: `a=b`, `a in (b,c)`, `!a`.
    var text: String {
        let list = values.sorted().joined(separator: ",")
        return switch `operator` {
        case .in: values.count == 1 ? "\(key)=\(list)" : "\(key) in (\(list))"
        case .notIn: values.count == 1 ? "\(key)!=\(list)" : "\(key) notin (\(list))"
        case .exists: key
        case .doesNotExist: "!\(key)"
        case .greater: "\(key)>\(list)"
        case .less: "\(key)<\(list)"
        }
    }

    init(_ requirement: LabelRequirement) {
        let kind: Operator =
            switch requirement.operator {
            case .in: .in
            case .notIn: .notIn
            case .exists: .exists
            case .doesNotExist: .doesNotExist
            }
        self.init(key: requirement.key, operator: kind, values: requirement.values ?? [])
    }

    /// The terms of a `metav1.LabelSelector` object.
    static func parse(_ selector: JSONValue) -> [SelectorRequirement] {
        let labels = (selector["matchLabels"]?.object ?? [:]).sorted { $0.key < $1.key }
        let expressions = (selector["matchExpressions"]?.array ?? []).map { expression in
            let kind: Operator =
                switch expression["operator"]?.string {
                case "NotIn": .notIn
                case "Exists": .exists
                case "DoesNotExist": .doesNotExist
                default: .in
                }
            return SelectorRequirement(
                key: expression["key"]?.string ?? "", operator: kind, values: (expression["values"]?.array ?? []).compactMap(\.string))
        }
        return labels.map { SelectorRequirement(key: $0.key, operator: .in, values: [$0.value.string ?? ""]) } + expressions
    }
}

/// Reads `a=b,c!=d,e in (f,g),!h,i` with the server's own complaints.
struct SelectorParser {
    private enum Token: Hashable {
        case identifier(String)
        case symbol(String)
        case end

        var text: String {
            switch self {
            case .identifier(let text), .symbol(let text): text
            case .end: ""
            }
        }
    }

    private var tokens: [Token]
    private var position = 0

    static func parse(_ text: String) throws(KubeError) -> [SelectorRequirement] {
        var parser = SelectorParser(tokens: tokens(of: text))
        return try parser.parseAll()
    }

    private static func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        let bytes = Array(text.utf8)
        let symbols = Set("=!(),<>".utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                index += 1
                continue
            }
            let start = index
            if symbols.contains(byte) {
                index += 1
                let pair = index < bytes.count ? String(decoding: bytes[start...index], as: UTF8.self) : ""
                if pair == "==" || pair == "!=" { index += 1 }
                tokens.append(.symbol(String(decoding: bytes[start..<index], as: UTF8.self)))
            } else {
                while index < bytes.count, !symbols.contains(bytes[index]), bytes[index] != 0x20, bytes[index] != 0x09 { index += 1 }
                tokens.append(.identifier(String(decoding: bytes[start..<index], as: UTF8.self)))
            }
        }
        return tokens
    }

    private var current: Token { position < tokens.count ? tokens[position] : .end }

    private mutating func advance() { position += 1 }

    private func complaint(_ expected: String) -> KubeError { .badRequest("found '\(current.text)', expected: \(expected)") }

    private mutating func parseAll() throws(KubeError) -> [SelectorRequirement] {
        var requirements: [SelectorRequirement] = []
        while true {
            switch current {
            case .identifier, .symbol("!"):
                requirements.append(try parseOne())
                switch current {
                case .end: return requirements
                case .symbol(","):
                    advance()
                    switch current {
                    case .identifier, .symbol("!"): continue
                    default: throw complaint("identifier after ','")
                    }
                default: throw complaint("',' or 'end of string'")
                }
            case .end: return requirements
            default: throw complaint("!, identifier, or 'end of string'")
            }
        }
    }

    private mutating func parseOne() throws(KubeError) -> SelectorRequirement {
        var isNegated = false
        if current == .symbol("!") {
            isNegated = true
            advance()
        }
        guard case .identifier(let key) = current else { throw complaint("identifier") }
        advance()
        let problems = NameRule.qualifiedNameProblems(key)
        if let problem = problems.first { throw .badRequest("key: Invalid value: \"\(key)\": \(problem)") }
        if isNegated { return SelectorRequirement(key: key, operator: .doesNotExist) }
        switch current {
        case .end, .symbol(","): return SelectorRequirement(key: key, operator: .exists)
        case .symbol("="), .symbol("=="):
            advance()
            return SelectorRequirement(key: key, operator: .in, values: [try parseValue()])
        case .symbol("!="):
            advance()
            return SelectorRequirement(key: key, operator: .notIn, values: [try parseValue()])
        case .symbol(">"):
            advance()
            return SelectorRequirement(key: key, operator: .greater, values: [try parseValue()])
        case .symbol("<"):
            advance()
            return SelectorRequirement(key: key, operator: .less, values: [try parseValue()])
        case .identifier("in"):
            advance()
            return SelectorRequirement(key: key, operator: .in, values: try parseValues())
        case .identifier("notin"):
            advance()
            return SelectorRequirement(key: key, operator: .notIn, values: try parseValues())
        default: throw complaint("in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func parseValue() throws(KubeError) -> String {
        switch current {
        case .identifier(let value):
            advance()
            if let problem = NameRule.labelValueProblems(value).first {
                throw .badRequest("values[0][\(value)]: Invalid value: \"\(value)\": \(problem)")
            }
            return value
        case .end, .symbol(","): return ""
        default: throw complaint("identifier")
        }
    }

    private mutating func parseValues() throws(KubeError) -> [String] {
        guard current == .symbol("(") else { throw complaint("'('") }
        advance()
        var values: [String] = []
        while true {
            switch current {
            case .identifier(let value):
                values.append(value)
                advance()
            case .symbol(","):
                advance()
                continue
            case .symbol(")"):
                advance()
                return values.isEmpty ? [""] : values
            default: throw complaint("',', ')' or identifier")
            }
        }
    }
}
