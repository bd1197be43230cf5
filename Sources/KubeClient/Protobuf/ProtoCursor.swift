package import KubeCore

/// Walks over the fields of one protobuf message without building anything: who wants a field reads it, the others are stepped over.
///
/// Encoding: protobuf.dev/programming-guides/encoding. Field numbers are those of Kubernetes' `generated.proto` files, which never
/// change. Groups, which Kubernetes has none of, are refused.
///
/// One cursor walks over a message and all that stand in it: `enter` one, take its fields, `leave` it. Nothing is copied on the way.
///
/// Guarantees: every read is bounds-checked, and no message reaches beyond the one it stands in.
/// Errors: `.malformedResponse` with the offset.
package struct ProtoCursor: Sendable {
    package struct Field: Sendable {
        package var number: Int
        fileprivate var wire: UInt64
        /// The value itself, where it is a number.
        fileprivate var varint: UInt64 = 0
        fileprivate var range = 0..<0
    }

    /// Where an outer message goes on.
    package struct Scope: Sendable {
        fileprivate var position: Int
        fileprivate var end: Int
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// Where the message ends that is walked over.
    private var end: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
        end = bytes.endIndex
    }

    /// The next field, already stepped over; nil at the end of the message.
    package mutating func next() throws(KubeError) -> Field? {
        guard position < end else { return nil }
        let tag = try varint()
        var field = Field(number: Int(truncatingIfNeeded: tag >> 3), wire: tag & 7)
        guard field.number > 0, tag >> 3 <= 536_870_911 else { throw malformed("a field without a number") }
        switch field.wire {
        case 0: field.varint = try varint()
        case 1: field.range = try take(8)
        case 2:
            let length = try varint()
            guard length <= UInt64(end - position) else { throw malformed("a field that is longer than its message") }
            field.range = try take(Int(length))
        case 5: field.range = try take(4)
        default: throw malformed("wire type \(field.wire)")
        }
        return field
    }

    /// The fields from here on are those of the message in this one, until the scope that comes back is left again.
    package mutating func enter(_ field: Field) throws(KubeError) -> Scope {
        guard field.wire == 2 else { throw unexpected(field, "bytes") }
        defer { (position, end) = (field.range.lowerBound, field.range.upperBound) }
        return Scope(position: position, end: end)
    }

    package mutating func leave(_ scope: Scope) { (position, end) = (scope.position, scope.end) }

    private mutating func take(_ count: Int) throws(KubeError) -> Range<Int> {
        guard count <= end - position else { throw malformed("a field that is longer than its message") }
        defer { position += count }
        return position..<position + count
    }

    @inline(__always)
    private mutating func varint() throws(KubeError) -> UInt64 {
        // Nearly every one has one byte.
        guard position < end, bytes[position] < 0x80 else { return try longVarint() }
        defer { position += 1 }
        return UInt64(bytes[position])
    }

    private mutating func longVarint() throws(KubeError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw malformed(position < end ? "a number of more than 64 bits" : "unexpected end")
    }

    // MARK: Values

    /// A message, a text or other bytes.
    package func slice(_ field: Field) throws(KubeError) -> ArraySlice<UInt8> {
        guard field.wire == 2 else { throw unexpected(field, "bytes") }
        return bytes[field.range]
    }

    package func integer(_ field: Field) throws(KubeError) -> Int {
        guard field.wire == 0 else { throw unexpected(field, "a number") }
        return Int(bitPattern: UInt(field.varint))
    }

    package func flag(_ field: Field) throws(KubeError) -> Bool { try integer(field) != 0 }

    package func text(_ field: Field) throws(KubeError) -> String {
        guard let text = String(utf8: try slice(field)) else { throw malformed("field \(field.number) is not UTF-8") }
        return text
    }

    /// nil for the empty text, which is how Go's encoder writes what its JSON leaves out.
    package func someText(_ field: Field) throws(KubeError) -> String? {
        let text = try text(field)
        return text.isEmpty ? nil : text
    }

    /// Whether a text is exactly this one.
    package func spells(_ field: Field, _ text: StaticString) throws(KubeError) -> Bool { try slice(field).spells(text) }

    /// The years 1 to 9999, which is all that JSON can say. Who writes protobuf can say more, and nobody's arithmetic is ready for it.
    private static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// `metav1.Time`; nil for its zero value, which is an empty message.
    package mutating func time(_ field: Field) throws(KubeError) -> Timestamp? {
        let outer = try enter(field)
        defer { leave(outer) }
        var time: Timestamp?
        while let field = try next() {
            switch field.number {
            case 1: time = Timestamp(seconds: Int64(try integer(field)), nanoseconds: time?.nanoseconds ?? 0)
            case 2: time = Timestamp(seconds: time?.seconds ?? 0, nanoseconds: Int32(truncatingIfNeeded: try integer(field)))
            default: break
            }
        }
        guard time.map({ Self.seconds.contains($0.seconds) }) ?? true else { throw malformed("field \(field.number) is no time") }
        // Times of this type have whole seconds; the wire has room for more.
        return time?.truncatedToSeconds
    }

    private func unexpected(_ field: Field, _ what: String) -> KubeError { malformed("field \(field.number) is not \(what)") }

    package func malformed(_ what: String) -> KubeError {
        KubeError(.malformedResponse, "not protobuf: \(what), near byte \(position - bytes.startIndex)")
    }
}
