import Synchronization

/// Texts that many objects share, each with a number: label keys, zones, revisions, names of policies.
///
/// Guarantees: a text keeps its number as long as the process lives. Bounded: when it is full, texts that are not in it are written
/// as they are, which costs memory and nothing else.
package struct Vocabulary: Sendable {
    /// The one of the process: packed bytes mean the same wherever they are read.
    static let shared = Mutex(Vocabulary())

    /// Label keys and values of a large fleet are a few hundred.
    private static let maximumCount = 1 << 15
    /// Of these, texts that others choose: values of labels, which may be each machine's own, and what a node says of itself. They can
    /// never take the place of those that we choose.
    private static let maximumForeign = 1 << 14
    /// Bytes of one text.
    private static let maximumLength = 128

    private var numbers: [String: UInt32] = [:]
    private var texts: [String] = []
    private var foreignCount = 0

    /// nil for a text that is not and cannot be taken in.
    mutating func number(of text: String, isForeign: Bool = false) -> Int? {
        if let number = numbers[text] { return Int(number) }
        // Outside of ASCII, texts of different bytes can be equal.
        guard texts.count < Self.maximumCount, text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        if isForeign {
            guard foreignCount < Self.maximumForeign else { return nil }
            foreignCount += 1
        }
        // Not as a part of a larger text that would be kept with it.
        let own = String(decoding: Array(text.utf8), as: UTF8.self)
        numbers[own] = UInt32(texts.count)
        texts.append(own)
        return texts.count - 1
    }

    func text(_ number: Int) -> String { texts[number] }
}
