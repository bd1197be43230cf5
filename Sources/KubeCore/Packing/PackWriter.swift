/// Writes a value's fields one after the other. They must be read in the same order.
package struct PackWriter: ~Copyable {
    private var bytes: [UInt8] = []
    private(set) var vocabulary: Vocabulary
    private var subject = ""

    init(_ vocabulary: consuming Vocabulary) {
        self.vocabulary = vocabulary
        bytes.reserveCapacity(384)
    }

    /// What was written, in memory of just that size.
    var packed: [UInt8] { bytes.withUnsafeBufferPointer { Array($0) } }

    /// The text that others of the value repeat or end in: the name of the node.
    package mutating func add(subject text: String?) {
        add(text: text)
        // Where another text is cut must not be in the middle of a character.
        subject = text.flatMap { $0.utf8.allSatisfy { $0 < 0x80 } ? $0 : nil } ?? ""
    }

    /// A text of this object's own.
    package mutating func add(text: String?) {
        guard let text else { return bytes.append(TextForm.none) }
        if let uuid = UUIDText.number(text) {
            bytes.append(TextForm.uuid)
            withUnsafeBytes(of: uuid.bigEndian) { bytes += $0 }
        } else if Self.isCanonical(text), let number = UInt64(text) {
            bytes.append(TextForm.number)
            add(number)
        } else if !subject.isEmpty, text.utf8.span.bytes.extracting(last: subject.utf8.count).isEqual(to: subject.utf8.span.bytes) {
            bytes.append(TextForm.beforeSubject)
            add(prefix: String(decoding: text.utf8.dropLast(subject.utf8.count), as: UTF8.self))
        } else {
            add(plain: text)
        }
    }

    /// In one piece, whatever it is: a text that repeats the subject without end must not be taken apart without end.
    private mutating func add(prefix text: String) {
        guard let number = vocabulary.number(of: text, isForeign: true) else { return add(plain: text) }
        bytes.append(TextForm.word)
        add(UInt64(number))
    }

    private mutating func add(plain text: String) {
        bytes.append(TextForm.plain)
        add(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// A text that many objects share. `isForeign`: it comes from a node, or from whoever may label it.
    package mutating func add(word text: String?, isForeign: Bool = false) {
        guard let text else { return bytes.append(TextForm.none) }
        guard text != subject || text.isEmpty, let number = vocabulary.number(of: text, isForeign: isForeign) else {
            return add(text: text)
        }
        bytes.append(TextForm.word)
        add(UInt64(number))
    }

    package mutating func add<Word: RawRepresentable<String>>(_ word: Word?) { add(word: word?.rawValue) }

    package mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    package mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number << 1 ^ number >> (Int.bitWidth - 1)))) }

    package mutating func add(_ time: Timestamp?) {
        add(time != nil)
        guard let time else { return }
        add(Int(time.seconds))
        add(Int(time.nanoseconds))
    }

    /// Anything that may be absent.
    package mutating func add<Value>(_ value: Value?, _ add: (inout PackWriter, Value) -> Void) {
        self.add(value != nil)
        if let value { add(&self, value) }
    }

    package mutating func add<Element>(each elements: some Collection<Element>, _ add: (inout PackWriter, Element) -> Void) {
        self.add(UInt64(elements.count))
        for element in elements { add(&self, element) }
    }

    package mutating func add(labels: Labels) {
        add(UInt64(labels.count))
        for (key, value) in labels {
            add(word: key)
            add(word: value, isForeign: true)
        }
    }

    /// Sorted, so that equal tables are equal bytes.
    package mutating func add(table: [String: String]) { add(labels: Labels(table)) }

    /// Seven bits a byte, the lowest first.
    private mutating func add(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number that gives the same text again: no sign and no leading zero.
    private static func isCanonical(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count < 20 else { return false }
        return (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first) || text == "0"
    }
}
