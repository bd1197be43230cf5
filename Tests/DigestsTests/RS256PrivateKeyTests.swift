import Digests
import Foundation
import Testing

/// Keys are made and signatures are checked by the `openssl` program, which shares the library but not our use of it.
@Suite struct RS256PrivateKeyTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("digests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    @discardableResult
    private func openssl(_ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func pem(_ name: String) throws -> Data { try Data(contentsOf: directory.appendingPathComponent(name)) }

    @Test func `what either form of a key signs, openssl verifies`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try #require(try openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"))
        try #require(try openssl("rsa", "-in", "key.pem", "-traditional", "-out", "traditional.pem"))
        try #require(try openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"))
        let message = Array("header.payload".utf8)
        try Data(message).write(to: directory.appendingPathComponent("message"))

        let signature = try RS256PrivateKey(pem: pem("key.pem")).signature(of: message)
        #expect(signature.count == 256)
        #expect(try RS256PrivateKey(pem: pem("traditional.pem")).signature(of: message) == signature)
        try Data(signature).write(to: directory.appendingPathComponent("signature"))
        #expect(try openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message"))
        try Data(signature.reversed()).write(to: directory.appendingPathComponent("signature"))
        #expect(try !openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message"))
    }

    @Test func `weak, encrypted and other keys are refused, and nobody is asked for a passphrase`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try #require(try openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "weak.pem"))
        try #require(try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ec.pem"))
        try #require(try openssl("pkey", "-in", "weak.pem", "-aes128", "-passout", "pass:secret", "-out", "encrypted.pem"))
        for name in ["weak.pem", "ec.pem", "encrypted.pem"] {
            let bytes = try pem(name)
            let error = #expect(throws: SigningError.self) { try RS256PrivateKey(pem: bytes) }
            #expect(error?.message.isEmpty == false)
        }
        #expect(throws: SigningError.self) { try RS256PrivateKey(pem: Array("no PEM".utf8)) }
        #expect(throws: SigningError.self) { try RS256PrivateKey(pem: []) }
    }
}
