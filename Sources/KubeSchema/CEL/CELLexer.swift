/// One word of an expression.
struct CELToken: Sendable {
    enum Kind: Sendable, Equatable {
        case identifier(String)
        /// A word of the grammar: `in`, `true`, an operator, a bracket, …
        case symbol(String)
        case int(Int64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        /// A whole number too large for an int, unless a minus stands before it.
        case minimumMagnitude
        case end
    }

    var kind: Kind
    var offset: Int
}

/// Cuts an expression into tokens.
struct CELLexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", ".?", "[?", "?", ":", "<", ">", "+", "-", "*", "/", "%", "!", "(", ")", "[", "]", "{", "}", ".",
        ",",
    ]
    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
        "var",
        "void", "while",
    ]

    mutating func tokens() throws(CELIssue) -> [CELToken] {
        var tokens: [CELToken] = []
        while let token = try next() { tokens.append(token) }
        tokens.append(CELToken(kind: .end, offset: scalars.count))
        return tokens
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isDigit(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ("0"..."9").contains($0) } ?? false }

    private mutating func next() throws(CELIssue) -> CELToken? {
        while let scalar = peek() {
            if scalar == "/", peek(1) == "/" {
                while let skipped = peek(), skipped != "\n" { _ = (skipped, position += 1) }
            } else if [" ", "\t", "\n", "\r", "\u{C}"].contains(scalar) {
                position += 1
            } else {
                break
            }
        }
        guard let first = peek() else { return nil }
        let start = position
        if let literal = try lexText() { return CELToken(kind: literal, offset: start) }
        if Self.isLetter(first) {
            while let scalar = peek(), Self.isLetter(scalar) || Self.isDigit(scalar) { position += 1 }
            let word = text(start..<position)
            if ["in", "true", "false", "null"].contains(word) { return CELToken(kind: .symbol(word), offset: start) }
            if Self.reserved.contains(word) { throw CELIssue(message: "reserved identifier: \(word)", offset: start) }
            return CELToken(kind: .identifier(word), offset: start)
        }
        if Self.isDigit(first) || (first == "." && Self.isDigit(peek(1))) { return CELToken(kind: try lexNumber(), offset: start) }
        for symbol in Self.symbols where scalars[position...].starts(with: symbol.unicodeScalars) {
            position += symbol.unicodeScalars.count
            return CELToken(kind: .symbol(symbol), offset: start)
        }
        throw CELIssue(message: "Syntax error: token recognition error at: '\(first)'", offset: start)
    }

    private func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

    private mutating func lexNumber() throws(CELIssue) -> CELToken.Kind {
        let start = position
        if peek() == "0", peek(1) == "x" {
            position += 2
            while let scalar = peek(), scalar.properties.isASCIIHexDigit { position += 1 }
            let digits = text((start + 2)..<position)
            if peek() == "u" || peek() == "U" {
                position += 1
                if let value = UInt64(digits, radix: 16) { return .uint(value) }
            } else if let value = Int64(digits, radix: 16) {
                return .int(value)
            }
            throw CELIssue(message: "invalid int literal", offset: start)
        }
        var isDouble = false
        while Self.isDigit(peek()) { position += 1 }
        if peek() == ".", Self.isDigit(peek(1)) {
            isDouble = true
            position += 1
            while Self.isDigit(peek()) { position += 1 }
        }
        let signed = peek(1) == "+" || peek(1) == "-"
        if peek() == "e" || peek() == "E", Self.isDigit(peek(signed ? 2 : 1)) {
            isDouble = true
            position += signed ? 2 : 1
            while Self.isDigit(peek()) { position += 1 }
        }
        let digits = text(start..<position)
        if isDouble {
            guard let value = Double(digits.hasPrefix(".") ? "0" + digits : digits) else {
                throw CELIssue(message: "invalid double literal", offset: start)
            }
            return .double(value)
        }
        if peek() == "u" || peek() == "U" {
            position += 1
            guard let value = UInt64(digits) else { throw CELIssue(message: "invalid uint literal", offset: start) }
            return .uint(value)
        }
        if let value = Int64(digits) { return .int(value) }
        if digits == "9223372036854775808" { return .minimumMagnitude }
        throw CELIssue(message: "invalid int literal", offset: start)
    }

    /// A string or bytes literal with its prefixes, or nil when none begins here.
    private mutating func lexText() throws(CELIssue) -> CELToken.Kind? {
        let start = position
        var length = 0
        var (isRaw, isBytes) = (false, false)
        while length < 2, let scalar = peek(length) {
            if "rR".unicodeScalars.contains(scalar), !isRaw {
                isRaw = true
            } else if "bB".unicodeScalars.contains(scalar), !isBytes {
                isBytes = true
            } else {
                break
            }
            length += 1
        }
        guard let quote = peek(length), quote == "'" || quote == "\"" else { return nil }
        position += length
        let isLong = peek(1) == quote && peek(2) == quote
        position += isLong ? 3 : 1
        var output: [UInt8] = []
        while let scalar = peek() {
            if scalar == quote, !isLong || (peek(1) == quote && peek(2) == quote) {
                position += isLong ? 3 : 1
                if isBytes { return .bytes(output) }
                return .string(String(decoding: output, as: UTF8.self))
            }
            if scalar == "\n", !isLong { break }
            position += 1
            if scalar == "\\", !isRaw {
                try lexEscape(into: &output, isBytes: isBytes)
            } else {
                output += Array(String(scalar).utf8)
            }
        }
        throw CELIssue(message: "Syntax error: token recognition error at: '\(text(start..<min(position, scalars.count)))'", offset: start)
    }

    private mutating func lexEscape(into output: inout [UInt8], isBytes: Bool) throws(CELIssue) {
        let start = position - 1
        guard let scalar = peek() else { throw CELIssue(message: "Syntax error: unterminated escape", offset: start) }
        position += 1
        let plain: [Unicode.Scalar: UInt8] = [
            "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 0x5C, "'": 0x27, "\"": 0x22, "`": 0x60, "?": 0x3F,
        ]
        if let byte = plain[scalar] {
            output.append(byte)
            return
        }
        let (digits, radix): (Int, Int) =
            switch scalar {
            case "x", "X": (2, 16)
            case "u": (4, 16)
            case "U": (8, 16)
            case "0"..."3": (3, 8)
            default: (0, 0)
            }
        if radix == 8 { position -= 1 }
        guard digits > 0, position + digits <= scalars.count, let value = UInt32(text(position..<(position + digits)), radix: radix) else {
            throw CELIssue(message: "Syntax error: invalid escape sequence", offset: start)
        }
        position += digits
        if isBytes, digits < 4 {
            output.append(UInt8(truncatingIfNeeded: value))
        } else if let character = Unicode.Scalar(value) {
            output += Array(String(character).utf8)
        } else {
            throw CELIssue(message: "Syntax error: invalid code point", offset: start)
        }
    }
}
