package import KubeCore

/// Walks over JSON text without building a tree: steps over values and gives the bytes of those that are wanted.
///
/// Guarantees: every read is bounds-checked; nesting and the length of texts are limited, and nesting costs no stack.
/// Assumptions: text that is skipped is only checked as far as needed to find its end; whoever keeps a slice decodes it strictly.
/// Errors: `.malformedResponse` with the offset.
package struct JSONCursor: Sendable {
    /// As deep as the strict parser goes.
    static let maximumDepth = 512
    /// Bytes of one name or text that is read, not stepped over; etcd keeps whole objects below 1.5 MiB.
    static let maximumTextLength = 4 << 20

    package let bytes: ArraySlice<UInt8>
    package private(set) var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package var isAtEnd: Bool { position >= bytes.endIndex }

    func malformed(_ what: String) -> KubeError {
        KubeError(.malformedResponse, "not JSON: \(what) at byte \(position - bytes.startIndex)")
    }

    package mutating func skipWhitespace() {
        while position < bytes.endIndex {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// The next byte that is no white space, without moving past it.
    package mutating func peek() throws(KubeError) -> UInt8 {
        skipWhitespace()
        guard position < bytes.endIndex else { throw malformed("unexpected end") }
        return bytes[position]
    }

    /// Moves past one given byte.
    package mutating func expect(_ byte: UInt8) throws(KubeError) {
        guard try peek() == byte else { throw malformed("expected '\(Character(Unicode.Scalar(byte)))'") }
        position += 1
    }

    /// Moves past a byte if it comes next.
    package mutating func take(_ byte: UInt8) throws(KubeError) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    /// Calls `visit` at the value of each member of an object; it must move past the value. Keys come as raw bytes between the quotes.
    package mutating func members(
        _ visit: (inout JSONCursor, _ key: ArraySlice<UInt8>) throws(KubeError) -> Void
    ) throws(KubeError) {
        try expect(UInt8(ascii: "{"))
        if try take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try rawString()
            try expect(UInt8(ascii: ":"))
            try visit(&self, key)
        } while try take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Calls `visit` at each element of an array; it must move past the element.
    package mutating func elements(_ visit: (inout JSONCursor) throws(KubeError) -> Void) throws(KubeError) {
        try expect(UInt8(ascii: "["))
        if try take(UInt8(ascii: "]")) { return }
        repeat {
            try visit(&self)
        } while try take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// Moves past the next value and gives its bytes.
    package mutating func slice() throws(KubeError) -> ArraySlice<UInt8> {
        skipWhitespace()
        let start = position
        try skipValue()
        return bytes[start..<position]
    }

    /// The bytes between the quotes of the next string, escapes as they stand.
    package mutating func rawString() throws(KubeError) -> ArraySlice<UInt8> {
        guard try peek() == UInt8(ascii: "\"") else { throw malformed("expected a string") }
        let start = position + 1
        try skipString()
        guard position - 1 - start <= Self.maximumTextLength else {
            throw KubeError(.tooLarge, "a text is longer than \(Self.maximumTextLength) bytes")
        }
        return bytes[start..<position - 1]
    }

    /// The next value as a string, decoded strictly; nil for null.
    package mutating func string() throws(KubeError) -> String? {
        if try peek() == UInt8(ascii: "n") {
            try skipValue()
            return nil
        }
        let raw = try rawString()
        if !raw.contains(UInt8(ascii: "\\")) {
            guard let text = String(validating: raw, as: UTF8.self) else { throw malformed("a string that is not UTF-8") }
            return text
        }
        do {
            return try JSONValue(parsing: bytes[raw.startIndex - 1..<raw.endIndex + 1]).string
        } catch {
            throw malformed("\(error)")
        }
    }

    package mutating func skipValue() throws(KubeError) {
        switch try peek() {
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested()
        default: try skipScalar()
        }
    }

    private mutating func skipString() throws(KubeError) {
        guard let end = bytes.span.endOfString(from: position - bytes.startIndex) else {
            position = bytes.endIndex
            throw malformed("unterminated string")
        }
        position = bytes.startIndex + end
    }

    private mutating func skipNested() throws(KubeError) {
        let start = bytes.startIndex
        do throws(NestingError) {
            position = start + (try bytes.span.endOfNested(from: position - start, maximumDepth: Self.maximumDepth))
        } catch {
            position = start + error.offset
            throw malformed(error.message)
        }
    }

    private mutating func skipScalar() throws(KubeError) {
        let start = position
        scan: while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
                position += 1
            default: break scan
            }
        }
        guard position > start else { throw malformed("unexpected character") }
    }
}

extension ArraySlice<UInt8> {
    /// Whether these are exactly the bytes of a literal.
    package func spells(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && text.withUTF8Buffer { $0.elementsEqual(self) }
    }
}
