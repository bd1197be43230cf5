/// Why two sides could not agree on a TLS connection. OpenSSL's words stand in the error's message.
package enum TLSFailure: Hashable, Sendable {
    /// No authority that we believe has signed the server's certificate.
    case untrustedIssuer
    /// The server's certificate has expired.
    case expired
    /// The server's certificate is not valid yet: one of the two clocks may be wrong.
    case notYetValid
    /// The server's certificate is for other names.
    case nameMismatch
    /// The server's certificate is wrong in another way (revoked, wrong purpose, bad signature).
    case invalidServerCertificate
    /// The server wants a client certificate and got none.
    case clientCertificateRequired
    /// The server does not accept our client certificate.
    case clientCertificateRefused
    /// Anything else: no common version or cipher, not TLS at all, a broken handshake.
    case handshakeFailed

    /// Reads the reason out of OpenSSL's verification result (`X509_V_ERR_…`).
    ///
    /// libcurl compares the names itself, before it asks for the chain's result, which is 1 until then.
    init(verificationResult: Int) {
        self =
            switch verificationResult {
            case 0, 1, 62, 63, 64: .nameMismatch
            case 10: .expired
            case 9: .notYetValid
            case 2, 18, 19, 20, 21, 24, 27, 33: .untrustedIssuer
            default: .invalidServerCertificate
            }
    }

    /// Reads a fatal alert of the server out of OpenSSL's words, such as `tlsv13 alert certificate required`.
    /// `nil` if the text tells of no alert about certificates.
    init?(alertIn text: String) {
        let text = text.lowercased()
        guard text.contains(" alert ") else { return nil }
        if text.contains("alert certificate required") {
            self = .clientCertificateRequired
        } else if Self.refusals.contains(where: { text.contains("alert " + $0) }) {
            self = .clientCertificateRefused
        } else {
            return nil
        }
    }

    /// Alerts of RFC 8446, 6.2, by which a server turns down the certificate of a client, as OpenSSL spells them.
    private static let refusals = [
        "bad certificate", "unsupported certificate", "certificate revoked", "certificate expired", "certificate unknown",
        "unknown ca", "access denied", "decrypt error",
    ]
}
