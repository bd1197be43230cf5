import COpenSSL

/// An RSA private key that signs as JSON Web Algorithms' RS256 does: RSASSA-PKCS1-v1_5 over SHA-256 (RFC 7518, 3.3).
///
/// The key is kept as the PEM text it came as and is parsed anew for each signature (about 0.1 ms beside about 1 ms for
/// the signature), so that this is a plain value without an OpenSSL object to share between threads.
package struct RS256PrivateKey: Sendable, CustomStringConvertible {
    private let pem: [UInt8]

    /// Takes a PEM private key, PKCS #8 (`PRIVATE KEY`) or PKCS #1 (`RSA PRIVATE KEY`), and proves that it can sign.
    ///
    /// An encrypted key is refused: nobody is there to be asked for its passphrase, and OpenSSL must not ask a terminal.
    ///
    /// - Throws: `SigningError` if this is no readable RSA key, or one of less than 2048 bits (RFC 7518 forbids those).
    package init(pem: some Collection<UInt8>) throws(SigningError) {
        self.pem = Array(pem)
        let key = try parsed()
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { throw SigningError("the private key is not an RSA key") }
        guard EVP_PKEY_get_bits(key) >= 2048 else { throw SigningError("the RSA key has less than 2048 bits") }
    }

    /// The signature over `message`: as many bytes as the key's modulus has (256 for 2048 bits), big-endian.
    ///
    /// - Throws: `SigningError` with OpenSSL's reason. After a successful `init` that means a lack of memory.
    package func signature(of message: some Collection<UInt8>) throws(SigningError) -> [UInt8] {
        let key = try parsed()
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { throw .fromOpenSSL("no signing context") }
        defer { EVP_MD_CTX_free(context) }
        let bytes = Array(message)
        var length = 0
        // The padding of an RSA key's signing context is PKCS #1 v1.5 unless told otherwise.
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1
        else { throw .fromOpenSSL("the key cannot sign") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else {
            throw .fromOpenSSL("signing failed")
        }
        return Array(signature.prefix(length))
    }

    /// Says that this is a key, never which: it may end up in a log.
    package var description: String { "RS256PrivateKey(redacted)" }

    private func parsed() throws(SigningError) -> OpaquePointer {
        guard let source = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else { throw .fromOpenSSL("no memory") }
        defer { BIO_free(source) }
        // Without a callback OpenSSL takes its last argument as the passphrase. An empty one keeps it from asking.
        var passphrase: [CChar] = [0]
        let key = passphrase.withUnsafeMutableBytes { PEM_read_bio_PrivateKey(source, nil, nil, $0.baseAddress) }
        guard let key else { throw .fromOpenSSL("the private key is not readable PEM, or is encrypted") }
        return key
    }
}

extension RS256PrivateKey: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
