import Foundation

/// A key pair made by the `openssl` program, which also checks signatures: it shares the library with us, not our use of it.
struct SigningKey: ~Copyable {
    private let directory: URL
    let pem: String

    init(bits: Int = 2048) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("replacement-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Self.openssl(directory, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)", "-out", "key.pem")
        try Self.openssl(directory, "pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
        pem = try String(contentsOf: directory.appendingPathComponent("key.pem"), encoding: .utf8)
    }

    deinit {
        do { try FileManager.default.removeItem(at: directory) } catch { print("left behind: \(directory.path)") }
    }

    /// Whether the public half says that this is the private half's signature.
    func verifies(_ signature: Data, of message: String) throws -> Bool {
        try Data(message.utf8).write(to: directory.appendingPathComponent("message"))
        try signature.write(to: directory.appendingPathComponent("signature"))
        return try Self.run(directory, ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message"]) == 0
    }

    private static func openssl(_ directory: URL, _ arguments: String...) throws {
        guard try run(directory, arguments) == 0 else { throw CocoaError(.executableLoad) }
    }

    private static func run(_ directory: URL, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
