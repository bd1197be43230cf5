import Digests

/// Names for requests, as clouds take them: UUIDs.
enum RequestID {
    /// The id of one attempt: the same for the same node, boot and attempt in every process, so that none has to be drawn and a
    /// repeated request is known as such.
    static func forAttempt(_ attempt: Int, node: String, boot: String) -> String {
        var digits = Array(SHA256Digest(of: "nodeaudit\n\(node)\n\(boot)\n\(attempt)").hex.prefix(32))
        // Version 4 and the variant of RFC 9562: some services look at these.
        digits[12] = "4"
        digits[16] = "8"
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return groups.joined(separator: "-")
    }
}
