/// Reads CEL's grammar by recursive descent, with macros; the depth of nesting is limited as in `cel-go` (250).
struct CELParser {
    private var tokens: [CELToken]
    private var position = 0
    private var depth = 0

    static func parse(_ source: String) throws(CELIssue) -> CELExpression {
        guard source.utf8.count <= 100_000 else { throw CELIssue(message: "expression code point size exceeds limit", offset: 0) }
        var lexer = CELLexer(source)
        var parser = CELParser(tokens: try lexer.tokens())
        let expression = try parser.parseTernary()
        guard parser.token.kind == .end else { throw parser.unexpected() }
        return expression
    }

    private init(tokens: [CELToken]) { self.tokens = tokens }

    private var token: CELToken { tokens[min(position, tokens.count - 1)] }

    private func unexpected() -> CELIssue {
        let text =
            switch token.kind {
            case .end: "<EOF>"
            case .identifier(let name): name
            case .symbol(let symbol): symbol
            case .int(let value): "\(value)"
            case .uint(let value): "\(value)u"
            case .double(let value): "\(value)"
            case .string(let value): "\"\(value)\""
            case .bytes, .minimumMagnitude: "literal"
            }
        return CELIssue(message: "Syntax error: mismatched input '\(text)'", offset: token.offset)
    }

    /// Takes the next token when it is one of these symbols.
    private mutating func take(_ symbols: String...) -> (symbol: String, offset: Int)? {
        guard case .symbol(let symbol) = token.kind, symbols.contains(symbol) else { return nil }
        defer { position += 1 }
        return (symbol, token.offset)
    }

    private mutating func expect(_ symbol: String) throws(CELIssue) {
        if take(symbol) == nil { throw unexpected() }
    }

    private mutating func parseTernary() throws(CELIssue) -> CELExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 250 else { throw CELIssue(message: "expression recursion limit exceeded: 250", offset: token.offset) }
        let condition = try parseOr()
        guard let (_, offset) = take("?") else { return condition }
        let first = try parseOr()
        try expect(":")
        let second = try parseTernary()
        return .call("_?_:_", target: nil, arguments: [condition, first, second], at: offset)
    }

    private mutating func parseOr() throws(CELIssue) -> CELExpression {
        var left = try parseAnd()
        while let (_, offset) = take("||") {
            left = .call("_||_", target: nil, arguments: [left, try parseAnd()], at: offset)
        }
        return left
    }

    private mutating func parseAnd() throws(CELIssue) -> CELExpression {
        var left = try parseRelation()
        while let (_, offset) = take("&&") {
            left = .call("_&&_", target: nil, arguments: [left, try parseRelation()], at: offset)
        }
        return left
    }

    private mutating func parseRelation() throws(CELIssue) -> CELExpression {
        var left = try parseSum()
        while let (symbol, offset) = take("<", "<=", ">", ">=", "==", "!=", "in") {
            left = .call(symbol == "in" ? "@in" : "_\(symbol)_", target: nil, arguments: [left, try parseSum()], at: offset)
        }
        return left
    }

    private mutating func parseSum() throws(CELIssue) -> CELExpression {
        var left = try parseProduct()
        while let (symbol, offset) = take("+", "-") {
            left = .call("_\(symbol)_", target: nil, arguments: [left, try parseProduct()], at: offset)
        }
        return left
    }

    private mutating func parseProduct() throws(CELIssue) -> CELExpression {
        var left = try parseUnary()
        while let (symbol, offset) = take("*", "/", "%") {
            left = .call("_\(symbol)_", target: nil, arguments: [left, try parseUnary()], at: offset)
        }
        return left
    }

    private mutating func parseUnary() throws(CELIssue) -> CELExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 250 else { throw CELIssue(message: "expression recursion limit exceeded: 250", offset: token.offset) }
        if let (_, offset) = take("!") { return .call("!_", target: nil, arguments: [try parseUnary()], at: offset) }
        guard let (_, offset) = take("-") else { return try parseMember() }
        switch token.kind {
        case .int(let value):
            position += 1
            return try parseSelectors(.literal(.int(-value), at: offset))
        case .double(let value):
            position += 1
            return try parseSelectors(.literal(.double(-value), at: offset))
        case .minimumMagnitude:
            position += 1
            return .literal(.int(Int64.min), at: offset)
        default: return .call("-_", target: nil, arguments: [try parseUnary()], at: offset)
        }
    }

    private mutating func parseMember() throws(CELIssue) -> CELExpression { try parseSelectors(try parsePrimary()) }

    private mutating func parseSelectors(_ start: CELExpression) throws(CELIssue) -> CELExpression {
        var operand = start
        while let (symbol, offset) = take(".", ".?", "[", "[?") {
            switch symbol {
            case ".", ".?":
                guard case .identifier(let field) = token.kind else { throw unexpected() }
                position += 1
                if symbol == ".", let (_, parenthesis) = take("(") {
                    operand = try parseCall(field, on: operand, at: parenthesis)
                } else {
                    operand = .select(operand, field: field, isOptional: symbol == ".?", at: offset)
                }
            default:
                let index = try parseTernary()
                try expect("]")
                operand = .call(symbol == "[" ? "_[_]" : "_[?_]", target: nil, arguments: [operand, index], at: offset)
            }
        }
        return operand
    }

    private mutating func parsePrimary() throws(CELIssue) -> CELExpression {
        let (kind, offset) = (token.kind, token.offset)
        _ = take(".")  // A leading dot names the root, where all names are.
        if case .identifier(let name) = token.kind {
            position += 1
            if let (_, parenthesis) = take("(") { return try parseCall(name, on: nil, at: parenthesis) }
            return .identifier(name, at: offset)
        }
        position += 1
        switch kind {
        case .int(let value): return .literal(.int(value), at: offset)
        case .uint(let value): return .literal(.uint(value), at: offset)
        case .double(let value): return .literal(.double(value), at: offset)
        case .string(let value): return .literal(.string(value), at: offset)
        case .bytes(let value): return .literal(.bytes(value), at: offset)
        case .symbol("true"): return .literal(.bool(true), at: offset)
        case .symbol("false"): return .literal(.bool(false), at: offset)
        case .symbol("null"): return .literal(.null, at: offset)
        case .symbol("("):
            let inner = try parseTernary()
            try expect(")")
            return inner
        case .symbol("["): return .list(try parseList(until: "]"), at: offset)
        case .symbol("{"): return .map(try parseEntries(), at: offset)
        default:
            position -= 1
            throw unexpected()
        }
    }

    private mutating func parseList(until end: String) throws(CELIssue) -> [CELExpression] {
        var elements: [CELExpression] = []
        if take(end) != nil { return elements }
        repeat {
            if end == "]", take("]") != nil { return elements }
            elements.append(try parseTernary())
        } while take(",") != nil
        try expect(end)
        return elements
    }

    private mutating func parseEntries() throws(CELIssue) -> [(key: CELExpression, value: CELExpression)] {
        var entries: [(key: CELExpression, value: CELExpression)] = []
        while take("}") == nil {
            let key = try parseTernary()
            try expect(":")
            entries.append((key, try parseTernary()))
            if take(",") == nil {
                try expect("}")
                break
            }
        }
        return entries
    }

    /// A call, or the macro of that name.
    private mutating func parseCall(_ name: String, on target: CELExpression?, at offset: Int) throws(CELIssue) -> CELExpression {
        let arguments = try parseList(until: ")")
        guard let target else {
            guard name == "has", arguments.count == 1 else { return .call(name, target: nil, arguments: arguments, at: offset) }
            guard case .select(let operand, let field, false, let place) = arguments[0] else {
                throw CELIssue(message: "invalid argument to has() macro", offset: arguments[0].offset)
            }
            return .presence(operand, field: field, at: place)
        }
        let macro = CELExpression.Comprehension.Macro(rawValue: name == "existsOne" ? "exists_one" : name)
        guard let macro, arguments.count == 2 || (macro == .map && arguments.count == 3) else {
            return .call(name, target: target, arguments: arguments, at: offset)
        }
        guard case .identifier(let variable, _) = arguments[0] else {
            throw CELIssue(message: "argument must be a simple name", offset: arguments[0].offset)
        }
        let condition = arguments.count == 3 ? arguments[1] : nil
        let body = arguments[arguments.count - 1]
        return .comprehension(
            CELExpression.Comprehension(macro: macro, variable: variable, range: target, body: body, condition: condition), at: offset)
    }
}
