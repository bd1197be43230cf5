import Digests
import Testing

@Suite struct SHA256DigestTests {
    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the published examples come out`(_ text: String, _ hex: String) {
        #expect(SHA256Digest(of: text).hex == hex)
        #expect(SHA256Digest(of: Array(text.utf8)) == SHA256Digest(of: text))
        #expect(SHA256Digest(of: text).bytes.count == 32)
    }

    @Test func `a million bytes come out, contiguous or not`() {
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(SHA256Digest(of: bytes).description == expected)
        #expect(SHA256Digest(of: bytes.lazy.map { $0 }).hex == expected)
        #expect(SHA256Digest(of: bytes[1...]).hex != expected)
    }
}
