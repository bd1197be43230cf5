import Digests

/// Request ids as clouds take them: UUIDs, not all zero.
package enum ReplacementRequestID {
    /// The id of one attempt: the same for the same node, boot and attempt in every process, so that none has to be drawn.
    package static func forAttempt(_ attempt: Int, nodeUID: String, bootID: String) -> String {
        uuid(from: "nodeaudit replacement\n\(nodeUID)\n\(bootID)\n\(attempt)")
    }

    /// The text itself, in lower case, when it is a UUID; else one that is made from it and always the same.
    package static func uuid(from text: String) -> String {
        if isUUID(text) { return text.lowercased() }
        var bytes = Array(SHA256Digest(of: text).bytes.prefix(16))
        // Version 4 and the variant of RFC 9562: some services look at these bits.
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef")
        var uuid = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { uuid.append("-") }
            uuid.append(digits[Int(byte >> 4)])
            uuid.append(digits[Int(byte & 15)])
        }
        return uuid
    }

    static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return false }
        let digits = parts.joined().utf8
        return digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit } && digits.contains { $0 != UInt8(ascii: "0") }
    }
}
