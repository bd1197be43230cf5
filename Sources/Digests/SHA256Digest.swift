import COpenSSL

/// The SHA-256 digest of some bytes: a value to compare, to print and to put into a name.
///
/// For fingerprints of what we rendered. It is not a message authentication code, and comparing two digests takes a time
/// that depends on them: do not use it to check a secret.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes, in the order that FIPS 180-4 prints them.
    package let bytes: [UInt8]

    /// Hashes all of `bytes` at once. The same bytes give the same digest on every machine and in every release.
    ///
    /// - Precondition: OpenSSL offers SHA-256. Every provider does, the FIPS one included; where it is missing the
    ///   installation is broken, and a made-up digest would look like drift on every node.
    package init(of bytes: some Collection<UInt8>) {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let contiguous =
            bytes.withContiguousStorageIfAvailable { Self.hash($0, into: &digest, length: &length) }
            ?? Array(bytes).withUnsafeBufferPointer { Self.hash($0, into: &digest, length: &length) }
        precondition(contiguous && length == 32, "OpenSSL offers no SHA-256")
        self.bytes = Array(digest.prefix(32))
    }

    /// Hashes the UTF-8 form of `text`.
    package init(of text: String) {
        self.init(of: text.utf8)
    }

    /// 64 lowercase hexadecimal digits.
    package var hex: String {
        var text = ""
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 0x0F)])
        }
        return text
    }

    package var description: String { hex }

    private static let digits = Array("0123456789abcdef")

    private static func hash(_ input: UnsafeBufferPointer<UInt8>, into digest: inout [UInt8], length: inout UInt32) -> Bool {
        EVP_Digest(input.baseAddress, input.count, &digest, &length, EVP_sha256(), nil) == 1
    }
}
