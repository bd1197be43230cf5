/// Reads what a `PackWriter` wrote, in the same order. Bytes come from nowhere else, so that a mismatch is a mistake in the code
/// and traps.
package struct PackReader: ~Copyable {
    private let bytes: [UInt8]
    private var position = 0
    private let vocabulary: Vocabulary
    private var knownSubject = ""

    init(_ bytes: [UInt8], _ vocabulary: Vocabulary) {
        self.bytes = bytes
        self.vocabulary = vocabulary
    }

    package mutating func subject() -> String? {
        let text = text()
        knownSubject = text ?? ""
        return text
    }

    /// A text or a word; nil for one that was absent.
    package mutating func text() -> String? {
        switch byte() {
        case TextForm.none: nil
        case TextForm.plain: String(decoding: take(Int(number())), as: UTF8.self)
        case TextForm.word: vocabulary.text(Int(number()))
        case TextForm.uuid: UUIDText.text(take(16))
        case TextForm.number: String(number())
        case TextForm.beforeSubject: string() + knownSubject
        case let form: preconditionFailure("packed bytes have no text of the form \(form) at \(position)")
        }
    }

    /// A text that is always there.
    package mutating func string() -> String {
        guard let text = text() else { preconditionFailure("packed bytes lack a text before \(position)") }
        return text
    }

    package mutating func word<Word: RawRepresentable<String>>() -> Word? { text().flatMap { Word(rawValue: $0) } }

    package mutating func choice<Word: RawRepresentable<String>>() -> Word {
        let text = string()
        guard let word = Word(rawValue: text) else { preconditionFailure("packed bytes have no such word: \(text)") }
        return word
    }

    package mutating func flag() -> Bool { byte() == 1 }

    package mutating func integer() -> Int {
        let number = number()
        return Int(bitPattern: UInt(number >> 1)) ^ -Int(number & 1)
    }

    package mutating func time() -> Timestamp? {
        guard flag() else { return nil }
        let seconds = Int64(integer())
        return Timestamp(seconds: seconds, nanoseconds: Int32(integer()))
    }

    package mutating func moment() -> Timestamp {
        guard let time = time() else { preconditionFailure("packed bytes lack a time before \(position)") }
        return time
    }

    package mutating func optional<Value>(_ read: (inout PackReader) -> Value) -> Value? { flag() ? read(&self) : nil }

    package mutating func array<Element>(_ read: (inout PackReader) -> Element) -> [Element] {
        let count = Int(number())
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(read(&self)) }
        return elements
    }

    package mutating func labels() -> Labels {
        let count = Int(number())
        var labels = Labels(minimumCapacity: count)
        for _ in 0..<count { labels.append(string(), string()) }
        return labels
    }

    package mutating func table() -> [String: String] { labels().table }

    private mutating func byte() -> UInt8 {
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func number() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            number |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return number }
            shift += 7
        }
    }
}
