import KubeClient
import KubeCore

/// Single members read as strictly as the decoder of whole objects reads them: types, words and texts are checked, `null` is
/// absent. Of members that come twice the last counts, as for `JSONValue` and Go. `field` is the path that errors name.
extension JSONCursor {
    /// Calls `visit` at the value of each member, with the member's name as text would have it; `visit` must move past the value.
    mutating func fields(
        of field: StaticString, _ visit: (inout JSONCursor, _ name: ArraySlice<UInt8>) throws(KubeError) -> Void
    ) throws(KubeError) {
        guard try peek() == UInt8(ascii: "{") else { throw malformed(field, "not an object") }
        try members { (cursor, key) throws(KubeError) in
            if key.isPlainText { return try visit(&cursor, key) }
            try visit(&cursor, Array(try Self.text(quoted: key, in: cursor.bytes, field).utf8)[...])
        }
    }

    /// The one value of a text that holds nothing else. Errors: also text after it.
    static func whole<Value>(
        _ bytes: ArraySlice<UInt8>, _ read: (inout JSONCursor) throws(KubeError) -> Value
    ) throws(KubeError) -> Value {
        var cursor = JSONCursor(bytes)
        let value = try read(&cursor)
        cursor.skipWhitespace()
        guard cursor.isAtEnd else { throw KubeError(.malformedResponse, "text after the object") }
        return value
    }

    /// Moves past `null`. Returns whether there was one.
    mutating func takeNull(_ field: StaticString) throws(KubeError) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        guard try slice().spells("null") else { throw malformed(field, "not JSON") }
        return true
    }

    /// nil for null.
    mutating func text(_ field: StaticString) throws(KubeError) -> String? {
        if try takeNull(field) { return nil }
        guard try peek() == UInt8(ascii: "\"") else { throw malformed(field, "not a text") }
        return try Self.text(quoted: rawString(), in: bytes, field)
    }

    /// The same for texts that are equal in many objects.
    mutating func pooledText(_ field: StaticString, _ pool: inout StringPool) throws(KubeError) -> String? {
        if try takeNull(field) { return nil }
        guard try peek() == UInt8(ascii: "\"") else { throw malformed(field, "not a text") }
        let raw = try rawString()
        if raw.isPlainText, let text = pool.string(raw) { return text }
        return try Self.text(quoted: raw, in: bytes, field)
    }

    /// One of the words of an enumeration; nil for null.
    mutating func word<Word: RawRepresentable<String>>(_ field: StaticString) throws(KubeError) -> Word? {
        guard let text = try text(field) else { return nil }
        guard let word = Word(rawValue: text) else { throw malformed(field, "no such value") }
        return word
    }

    mutating func time(_ field: StaticString) throws(KubeError) -> Timestamp? {
        guard let text = try text(field) else { return nil }
        guard let time = Timestamp(text) else { throw malformed(field, "not an RFC 3339 time") }
        return time
    }

    mutating func flag(_ field: StaticString) throws(KubeError) -> Bool? {
        if try takeNull(field) { return nil }
        let value = try slice()
        if value.spells("true") { return true }
        guard value.spells("false") else { throw malformed(field, "neither true nor false") }
        return false
    }

    /// A whole number in any of JSON's notations; nil for null.
    mutating func integer(_ field: StaticString) throws(KubeError) -> Int? {
        if try takeNull(field) { return nil }
        let digits = try slice()
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: digits)
        } catch {
            throw malformed(field, "\(error)")
        }
        switch value {
        case .integer(let integer): return Int(exactly: integer)
        case .number(let number):
            guard let integer = Int(exactly: number) else { throw malformed(field, "not a whole number") }
            return integer
        default: throw malformed(field, "not a number")
        }
    }

    /// An array of texts.
    mutating func list(_ field: StaticString) throws(KubeError) -> [String] {
        var texts: [String] = []
        try elements { (cursor) throws(KubeError) in
            guard let text = try cursor.text(field) else { throw cursor.malformed(field, "null instead of a text") }
            texts.append(text)
        }
        return texts
    }

    /// The bytes of the first element of an array of objects whose `member` is the text `value`; nil for none, and for null.
    ///
    /// Elements that are something else are stepped over: only the one that is found will be read.
    mutating func firstElement(
        of field: StaticString, where member: StaticString, is value: String
    ) throws(KubeError) -> ArraySlice<UInt8>? {
        if try takeNull(field) { return nil }
        guard try peek() == UInt8(ascii: "[") else { throw malformed(field, "not an array") }
        var found: ArraySlice<UInt8>?
        try elements { (cursor) throws(KubeError) in
            let element = try cursor.slice()
            if found == nil, try JSONCursor(element).holds(value, in: member, field) { found = element }
        }
        return found
    }

    private consuming func holds(_ value: String, in member: StaticString, _ field: StaticString) throws(KubeError) -> Bool {
        guard try peek() == UInt8(ascii: "{") else { return false }
        var isEqual = false
        try fields(of: field) { (cursor, name) throws(KubeError) in
            guard name.spells(member), try cursor.peek() == UInt8(ascii: "\"") else { return try cursor.skipValue() }
            let raw = try cursor.rawString()
            let text = raw.isPlainText ? raw : Array(try Self.text(quoted: raw, in: cursor.bytes, field).utf8)[...]
            isEqual = text.elementsEqual(value.utf8)
        }
        return isEqual
    }

    func malformed(_ field: StaticString, _ what: String) -> KubeError {
        KubeError(.malformedResponse, "\(field): \(what), near byte \(position - bytes.startIndex)")
    }

    /// The text between two quotes. Escapes are undone by the strict parser.
    private static func text(
        quoted raw: ArraySlice<UInt8>, in bytes: ArraySlice<UInt8>, _ field: StaticString
    ) throws(KubeError) -> String {
        // ASCII is UTF-8: nothing is left to validate, which costs more than the copy.
        if raw.isPlainText { return String(decoding: raw, as: UTF8.self) }
        do throws(JSONError) {
            let quoted = bytes[raw.startIndex - 1..<raw.endIndex + 1]
            return try JSONValue(parsing: quoted).string ?? ""
        } catch {
            throw KubeError(.malformedResponse, "\(field): \(error)")
        }
    }
}

extension ArraySlice<UInt8> {
    /// ASCII without control characters and escapes: the bytes are the text.
    fileprivate var isPlainText: Bool {
        for byte in self where byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "\\") { return false }
        return true
    }
}
