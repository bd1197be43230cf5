/// Somebody else's words for a message of ours: one line, of bounded length, without secrets.
enum Excerpt {
    static let limit = 300

    /// Control characters become spaces, runs of spaces one; every one of `secrets` is blotted out.
    static func of(_ text: String, hiding secrets: [String] = []) -> String {
        var line = text
        for secret in secrets where !secret.isEmpty { line.replace(secret, with: "[redacted]") }
        let words = line.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
        let joined = words.joined(separator: " ")
        return joined.count > limit ? joined.prefix(limit) + "…" : joined
    }

    static func of(_ bytes: [UInt8], hiding secrets: [String] = []) -> String {
        of(String(decoding: bytes.prefix(64 << 10), as: UTF8.self), hiding: secrets)
    }
}
