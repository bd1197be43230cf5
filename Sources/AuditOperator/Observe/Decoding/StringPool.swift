/// Gives strings that come again and again, such as label keys, zones and revisions, one home in memory.
///
/// Guarantees: bounded whatever the server sends, since a string that comes anew takes the place of another; what is given out
/// is always equal to the bytes. A string that is pushed out costs a second copy later, nothing else.
struct StringPool {
    /// A power of two. Each place holds one string; a fleet's labels are some hundred different ones.
    private static let places = 2048
    /// Shorter strings live inside `String` itself; longer ones are texts that hardly repeat.
    private static let pooledLengths = 16...256

    private var strings = [String?](repeating: nil, count: places)

    /// nil when the bytes are not UTF-8.
    mutating func string(_ bytes: ArraySlice<UInt8>) -> String? {
        guard Self.pooledLengths.contains(bytes.count) else { return Self.text(bytes) }
        let place = Self.place(of: bytes)
        if let known = strings[place], known.utf8.count == bytes.count, known.utf8.elementsEqual(bytes) { return known }
        guard let new = Self.text(bytes) else { return nil }
        strings[place] = new
        return new
    }

    /// ASCII is UTF-8 and most of what comes: only the rest is validated, which costs more than the copy.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }

    /// FNV-1a: short keys, no adversary worth more than a second copy.
    private static func place(of bytes: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32) & (places - 1)
    }
}
