import COpenSSL

/// Why a key could not be read or could not sign. Never contains key material.
package struct SigningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence for the reader of a log or a status, with OpenSSL's reason where there is one.
    package let message: String

    package var description: String { message }

    init(_ message: String) {
        self.message = message
    }

    /// Adds the oldest reason in this thread's OpenSSL error queue, which is the root of the trouble, and empties the queue.
    static func fromOpenSSL(_ what: String) -> SigningError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return SigningError(what) }
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return SigningError("\(what): \(String(decoding: bytes, as: UTF8.self))")
    }
}
