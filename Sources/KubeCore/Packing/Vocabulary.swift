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

    /// In how many places a text may stand. Who chooses texts can have many that want the same place: what finds none is not taken in.
    private static let maximumProbes = 16

    private var texts: [String] = []
    private var foreignCount = 0
    /// How many texts there were when others had used up their share: a text that they were refused may be ours later, but never theirs.
    private var foreignEnd = Int.max
    /// Numbers and one, by the hash of their texts; 0 is free. `Dictionary` takes three times as long, and this is asked for forty words
    /// a node. At most half full, and it never grows: a text that found no place must not find one later, since equal values would be
    /// other bytes then.
    private var table = [UInt16](repeating: 0, count: 2 * maximumCount)

    private enum Place {
        case holds(Int)
        case free(Int)
        case none
    }

    /// nil for a text that is not and cannot be taken in.
    mutating func number(of text: String, isForeign: Bool = false) -> Int? {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        switch place(of: text) {
        case .holds(let number): return isForeign && number >= foreignEnd ? nil : number
        case .free(let place): return take(text, at: place, isForeign: isForeign)
        case .none: return nil
        }
    }

    func text(_ number: Int) -> String { texts[number] }

    private func place(of text: String) -> Place {
        let hash = text.utf8.span.bytes.hash
        for probe in 0..<Self.maximumProbes {
            let place = (hash &+ probe) & (table.count - 1)
            guard table[place] > 0 else { return .free(place) }
            let number = Int(table[place]) - 1
            // Texts of different bytes can be equal, but not in ASCII and of the same length.
            if texts[number].utf8.count == text.utf8.count, texts[number] == text { return .holds(number) }
        }
        return .none
    }

    private mutating func take(_ text: String, at place: Int, isForeign: Bool) -> Int? {
        guard texts.count < Self.maximumCount, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        if isForeign {
            guard foreignCount < Self.maximumForeign else {
                foreignEnd = min(foreignEnd, texts.count)
                return nil
            }
            foreignCount += 1
        }
        // Not as a part of a larger text that would be kept with it.
        texts.append(String(decoding: Array(text.utf8), as: UTF8.self))
        table[place] = UInt16(texts.count)
        return texts.count - 1
    }
}
