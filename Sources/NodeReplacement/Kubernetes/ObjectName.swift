/// Names of objects as Nodes carry them in annotations: nothing that passes is another path than it looks.
enum ObjectName {
    /// RFC 1123: lower-case letters, digits, `-` and `.`, with a letter or digit at both ends, at most 253.
    static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...253).contains(bytes.count), let first = bytes.first, let last = bytes.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
