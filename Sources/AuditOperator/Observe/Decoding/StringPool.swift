import KubeCore

/// Gives strings that come again and again, such as label keys, zones and revisions, one home in memory.
///
/// Guarantees: bounded whatever the server sends, since a string that comes anew takes the place of another; what is given out
/// is always equal to the bytes. A string that is pushed out costs a second copy later, nothing else.
struct StringPool {
    /// An entry of a map as it came, and what it says.
    private struct Entry {
        var bytes: [UInt8]
        var key: String
        var value: String
    }

    /// A power of two. Each place holds one string; a fleet's labels are some hundred different ones.
    private static let places = 2048
    /// Shorter strings live inside `String` itself; longer ones are texts that hardly repeat.
    private static let pooledLengths = 16...256

    private var strings = [String?](repeating: nil, count: places)
    /// As many places, once the first is kept.
    private var entries: [Entry?] = []

    /// nil when the bytes are not UTF-8.
    mutating func string(_ bytes: ArraySlice<UInt8>) -> String? {
        guard Self.pooledLengths.contains(bytes.count) else { return String(utf8: bytes) }
        let place = Self.place(of: bytes)
        if let known = strings[place], known.utf8.count == bytes.count, known.utf8.elementsEqual(bytes) { return known }
        guard let new = String(utf8: bytes) else { return nil }
        strings[place] = new
        return new
    }

    /// What an entry of a map says, if the same bytes said it before.
    func entry(_ bytes: ArraySlice<UInt8>) -> (key: String, value: String)? {
        guard !entries.isEmpty, let known = entries[Self.place(of: bytes)], known.bytes.span.bytes.isEqual(to: bytes.span.bytes) else {
            return nil
        }
        return (known.key, known.value)
    }

    mutating func keep(entry bytes: ArraySlice<UInt8>, _ key: String, _ value: String) {
        guard bytes.count <= 2 * Self.pooledLengths.upperBound else { return }
        if entries.isEmpty { entries = [Entry?](repeating: nil, count: Self.places) }
        entries[Self.place(of: bytes)] = Entry(bytes: Array(bytes), key: key, value: value)
    }

    private static func place(of bytes: ArraySlice<UInt8>) -> Int {
        bytes.span.bytes.hash & (places - 1)
    }
}
