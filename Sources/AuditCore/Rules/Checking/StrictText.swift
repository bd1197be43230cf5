/// What may stand in a line of an `auditctl -R` file, by kind: sets of ASCII bytes.
///
/// auditctl splits a line at spaces alone, takes `\ ` for a space and `\\` for a backslash, knows no quotes, and skips lines whose
/// first word starts with `#`. None of space, backslash, quote, `#`, control character or anything beyond ASCII is in any set, so
/// a checked text is one word of its line. None starts with a dash, so it is no option.
enum StrictText {
    private static let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    private static let lowercase = Set("abcdefghijklmnopqrstuvwxyz".utf8)
    private static let digits = Set("0123456789".utf8)
    private static let nameBytes = lowercase.union(digits).union("-".utf8)
    private static let keyBytes = letters.union(digits).union("._:/@+-".utf8)
    private static let pathBytes = letters.union(digits).union("/._:@+,%~-".utf8)
    private static let labelBytes = letters.union(digits).union("/._:@+,-".utf8)
    private static let accountBytes = lowercase.union(digits).union("_-".utf8)
    private static let wordBytes = lowercase.union(digits).union("_".utf8)

    /// A DNS label.
    static func isName(_ text: String) -> Bool {
        consists(text, of: nameBytes, atMost: 63) && text.utf8.first != dash && text.utf8.last != dash
    }

    /// auditctl and the kernel take 256 bytes (`AUDIT_MAX_KEY_LEN`); longer ones are refused.
    static func isKey(_ text: String) -> Bool { consists(text, of: keyBytes, atMost: maximumKeyLength) && text.utf8.first != dash }

    static let maximumKeyLength = 256

    static func isPathText(_ text: String) -> Bool { consists(text, of: pathBytes, atMost: maximumPathLength) }

    /// `PATH_MAX` without the NUL.
    static let maximumPathLength = 4095

    /// A security label of SELinux or AppArmor.
    static func isLabel(_ text: String) -> Bool { consists(text, of: labelBytes, atMost: 512) && text.utf8.first != dash }

    /// A user or a group as useradd allows them.
    static func isAccount(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != dash, !digits.contains(first) else { return false }
        return consists(text, of: accountBytes, atMost: 32)
    }

    /// A system call's or a field's name.
    static func isWord(_ text: String) -> Bool { consists(text, of: wordBytes, atMost: 64) }

    private static let dash = UInt8(ascii: "-")

    private static func consists(_ text: String, of bytes: Set<UInt8>, atMost length: Int) -> Bool {
        !text.isEmpty && text.utf8.count <= length && text.utf8.allSatisfy(bytes.contains)
    }

    /// A text from outside in a message: printable, and short.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars.prefix(40) {
            quoted += scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7f ? String(scalar) : scalar.escaped(asASCII: true)
        }
        return quoted + (text.unicodeScalars.count > 40 ? "…\"" : "\"")
    }
}
