/// The characters that Compute Engine allows in what we put into its URLs: nothing that passes could add a path segment.
enum GCEName {
    /// RFC 1035 as Compute Engine has it: `[a-z]([-a-z0-9]{0,61}[a-z0-9])?`.
    static func isResource(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return isLabel(text)
    }

    /// A project's id, with its domain for old ones (`example.com:web`), or its number.
    static func isProject(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let id = parts.last, isLabel(id), parts.count <= 2 else { return false }
        guard parts.count == 2 else { return true }
        return parts[0].utf8.count <= 253 && parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
    }

    /// A decimal number of at most 20 digits, as ids of resources are written.
    static func isID(_ text: some StringProtocol) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit) && text.utf8.first != UInt8(ascii: "0")
    }

    private static func isLabel(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...63).contains(bytes.count), bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }) else {
            return false
        }
        return bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
