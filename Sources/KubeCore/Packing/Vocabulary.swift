import Synchronization

/// Texts that many objects share, each with a number: label keys, zones, revisions, names of policies.
///
/// Guarantees: a text keeps its number as long as the process lives. Bounded: when it is full, texts that are not in it are written
/// as they are, which costs memory and nothing else.
package struct Vocabulary: Sendable {
    /// The one of the process: packed bytes mean the same wherever they are read.
    static let shared = Mutex(Vocabulary())

    /// Label keys and values of a large fleet are a few hundred; unique ones, such as a machine's own, fill the rest.
    private static let maximumCount = 1 << 15
    /// Bytes of one text.
    private static let maximumLength = 128

    private var numbers: [String: UInt32] = [:]
    private var texts: [String] = []

    /// nil for a text that is not and cannot be taken in.
    mutating func number(of text: String) -> Int? {
        if let number = numbers[text] { return Int(number) }
        // Outside of ASCII, texts of different bytes can be equal.
        guard texts.count < Self.maximumCount, text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        // Not as a part of a larger text that would be kept with it.
        let own = String(decoding: Array(text.utf8), as: UTF8.self)
        numbers[own] = UInt32(texts.count)
        texts.append(own)
        return texts.count - 1
    }

    func text(_ number: Int) -> String { texts[number] }
}
