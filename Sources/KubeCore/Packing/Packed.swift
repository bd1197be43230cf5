import Synchronization

/// A value that can be kept as a run of bytes.
///
/// Guarantees: reading gives a value that is equal to the one that was written, and equal values are written as equal bytes.
package protocol Packable: Sendable, Hashable {
    func pack(into writer: inout PackWriter)
    init(unpacking reader: inout PackReader)
}

/// A value as its bytes: one small allocation, shared by all who keep it, instead of a tree of texts and tables.
///
/// A fleet's objects are alike and mostly identifiers: texts that many of them share are written as a number, UUIDs and digests in
/// binary, what repeats the node's name as that. A Node's 22 KB of JSON take about 200 bytes.
///
/// Cost: reading makes all the value's texts again, a few microseconds; comparing two compares bytes.
package struct Packed<Value: Packable>: Sendable, Hashable {
    private let bytes: [UInt8]

    package init(_ value: Value) {
        bytes = Vocabulary.shared.withLock { words in
            // Lent, not copied: a second owner would make each new word copy the table.
            var writer = PackWriter(consume words)
            value.pack(into: &writer)
            words = writer.vocabulary
            return writer.packed
        }
    }

    package var value: Value {
        Vocabulary.shared.withLock { words in
            var reader = PackReader(bytes, words)
            return Value(unpacking: &reader)
        }
    }
}
