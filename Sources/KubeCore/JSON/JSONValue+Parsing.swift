/// Where and why a text is not JSON.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    /// Bytes from the start of the text.
    package var offset: Int

    package var description: String { "\(message) at byte \(offset)" }
}

extension JSONValue {
    /// Parses one JSON text (RFC 8259), strictly: no comments, no trailing commas, UTF-8 only, nothing after the value.
    /// Of duplicate keys the last one wins, as in Go's decoder; `duplicates` collects their paths when asked.
    package init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 512) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes), maximumDepth: maximumDepth)
        self = try parser.parseDocument { (parser) throws(JSONError) in try parser.parseValue() }
    }

    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The members of one object in their order, those that appear twice among them, and `duplicates` further in; nil for another value.
    /// For an object that is read once: no table is made of it.
    package static func members(
        parsing bytes: some Collection<UInt8>
    ) throws(JSONError) -> (members: [(key: String, value: JSONValue)], duplicates: [String])? {
        var parser = JSONParser(bytes: Array(bytes), maximumDepth: 512)
        let members = try parser.parseDocument { (parser) throws(JSONError) -> [JSONParser.Member]? in
            guard parser.current == UInt8(ascii: "{") else {
                _ = try parser.parseValue()
                return nil
            }
            return try parser.parseMembers()
        }
        return members.map { ($0.map { ($0.key, $0.value) }, parser.duplicatePaths) }
    }

    /// Parses and also names every member that appears twice in its object, as the API server's strict decoding does.
    package static func parsingStrictly(
        _ bytes: some Collection<UInt8>
    ) throws(JSONError) -> (value: JSONValue, duplicates: [String]) {
        var parser = JSONParser(bytes: Array(bytes), maximumDepth: 512)
        let value = try parser.parseDocument { (parser) throws(JSONError) in try parser.parseValue() }
        return (value, parser.duplicatePaths)
    }
}

/// A recursive-descent parser over bytes. Every read is bounds-checked; depth is limited so that no input overflows the stack.
struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0
    var depth = 0
    var path: [String] = []
    private var duplicates: [(path: String, position: Int)] = []

    /// Of one object, with the place where it ends.
    typealias Member = (key: String, value: JSONValue, position: Int)

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parseDocument<Value>(_ parse: (inout JSONParser) throws(JSONError) -> Value) throws(JSONError) -> Value {
        skipWhitespace()
        let value = try parse(&self)
        skipWhitespace()
        guard position == bytes.count else { throw error("unexpected text after the value") }
        return value
    }

    /// In the order of the text.
    var duplicatePaths: [String] { duplicates.sorted { $0.position < $1.position }.map(\.path) }

    private func error(_ message: String) -> JSONError { JSONError(message: message, offset: position) }

    fileprivate var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    fileprivate mutating func parseValue() throws(JSONError) -> JSONValue {
        guard let byte = current else { throw error("unexpected end of JSON") }
        switch byte {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parse(literal: "true", as: .bool(true))
        case UInt8(ascii: "f"): return try parse(literal: "false", as: .bool(false))
        case UInt8(ascii: "n"): return try parse(literal: "null", as: .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw error("unexpected character")
        }
    }

    private mutating func parse(literal: StaticString, as value: JSONValue) throws(JSONError) -> JSONValue {
        let end = position + literal.utf8CodeUnitCount
        guard end <= bytes.count else { throw error("unexpected end of JSON") }
        let matches = literal.withUTF8Buffer { $0.elementsEqual(bytes[position..<end]) }
        guard matches else { throw error("invalid literal") }
        position = end
        return value
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= maximumDepth else { throw error("exceeded the maximum depth of \(maximumDepth)") }
        position += 1
        skipWhitespace()
    }

    private mutating func leave() {
        depth -= 1
        position += 1
    }

    /// A table that grew while it was filled would be made several times.
    private mutating func parseObject() throws(JSONError) -> JSONValue { .object(table(of: try parseMembers())) }

    fileprivate mutating func parseMembers() throws(JSONError) -> [Member] {
        try enter()
        var members: [Member] = []
        if current == UInt8(ascii: "}") {
            leave()
            return members
        }
        while true {
            guard current == UInt8(ascii: "\"") else { throw error("expected a member name") }
            let key = try parseString()
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw error("expected ':'") }
            position += 1
            skipWhitespace()
            path.append(key)
            let value = try parseValue()
            members.append((key, value, position))
            path.removeLast()
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipWhitespace()
            case UInt8(ascii: "}"):
                leave()
                return members
            default: throw error("expected ',' or '}'")
            }
        }
    }

    private mutating func table(of members: [Member]) -> [String: JSONValue] {
        var table = [String: JSONValue](minimumCapacity: members.count)
        for (key, value, position) in members where table.updateValue(value, forKey: key) != nil {
            duplicates.append(((path + [key]).joined(separator: "."), position))
        }
        return table
    }

    private mutating func parseArray() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            if let last = path.popLast() { path.append("\(last)[\(elements.count)]") }
            elements.append(try parseValue())
            if let last = path.popLast() { path.append(String(last[..<(last.lastIndex(of: "[") ?? last.endIndex)])) }
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipWhitespace()
            case UInt8(ascii: "]"):
                leave()
                return .array(elements)
            default: throw error("expected ',' or ']'")
            }
        }
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isInteger = true
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        if isInteger, let integer = Int64(digits: bytes[start..<position]) { return .integer(integer) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw error("number out of range") }
        return .number(number)
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            let text = try decode(bytes[start..<position])
            position += 1
            return text
        }
        var buffer = Array(bytes[start..<position])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try decode(buffer[...])
                position += 1
                return text
            case UInt8(ascii: "\\"): try parseEscape(into: &buffer)
            case 0..<0x20: throw error("control character in a string")
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw error("unterminated string")
    }

    private func decode(_ slice: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let text = String(utf8: slice) else { throw error("string is not UTF-8") }
        return text
    }

    private mutating func parseEscape(into buffer: inout [UInt8]) throws(JSONError) {
        position += 1
        guard let byte = current else { throw error("unterminated string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try parseHex()
            if (0xD800..<0xDC00).contains(scalar), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                let mark = position
                position += 2
                let low = try parseHex()
                if (0xDC00..<0xE000).contains(low) {
                    scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    position = mark
                }
            }
            // An unpaired surrogate becomes U+FFFD, as in Go's decoder.
            let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
            buffer.append(contentsOf: Array(String(character).utf8))
        default: throw error("invalid escape")
        }
    }

    private mutating func parseHex() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error("unterminated escape") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error("invalid \\u escape")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}

extension Int64 {
    /// An optional sign and digits, nothing else; nil where that is too large.
    fileprivate init?(digits: ArraySlice<UInt8>) {
        let isNegative = digits.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for digit in isNegative ? digits.dropFirst() : digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let unit = Int64(digit - UInt8(ascii: "0"))
            let (sum, isLarge) = isNegative ? tens.subtractingReportingOverflow(unit) : tens.addingReportingOverflow(unit)
            if overflow || isLarge { return nil }
            value = sum
        }
        self = value
    }
}
