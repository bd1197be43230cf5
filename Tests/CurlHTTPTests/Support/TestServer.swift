import Foundation
import Synchronization

/// One listener of `Servers/misbehaving_server.py`, with what it saw. All listeners live in one Python process.
struct TestServer {
    let port: Int
    private let process: ServerProcess

    static func plain() async throws -> TestServer { try await listening([:]) }

    /// Accepts connections and says nothing, not even in TLS.
    static func silent() async throws -> TestServer { try await listening(["silent": "yes"]) }

    static func tls(_ certificate: String = "server", clientsSignedBy authority: String? = nil) async throws -> TestServer {
        let certificates = try TestCertificates.shared.get()
        var options = [
            "certificate": certificates.file("\(certificate).pem").path, "key": certificates.file("\(certificate).key").path,
        ]
        if let authority { options["client_ca"] = certificates.file("\(authority).pem").path }
        return try await listening(options)
    }

    private static func listening(_ options: [String: String]) async throws -> TestServer {
        let process = try ServerProcess.shared.get()
        let json = String(decoding: try JSONEncoder().encode(options), as: UTF8.self)
        let answer = try await process.ask("listen \(json)", answeredBy: "listening ")
        guard let port = Int(answer) else { throw CommandFailed(description: "no port: \(answer)") }
        return TestServer(port: port, process: process)
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
    func secureURL(_ path: String, host: String = "127.0.0.1") -> String { "https://\(host):\(port)\(path)" }

    /// What happened until now, such as `1 accept` or `2 request GET /echo`, where the number is the connection.
    ///
    /// The server tells of things before it answers, in one pipe: what it told before it answers a question has been read then.
    func events() async throws -> [String] {
        _ = try await writtenBytes()
        return process.events(of: port)
    }

    func count(_ what: String) async throws -> Int {
        try await events().count { $0.hasSuffix(" \(what)") }
    }

    func saw(_ what: String, times: Int = 1) async throws {
        try await eventually("\(times) × \(what)") { process.events(of: port).count { $0.hasSuffix(" \(what)") } >= times }
    }

    /// How many bytes of `/stream` the server could get rid of.
    func writtenBytes() async throws -> Int {
        Int(try await process.ask("written \(port)", answeredBy: "written \(port) ")) ?? 0
    }
}

/// The Python process. It ends by itself when this process ends, because its standard input does.
final class ServerProcess: Sendable {
    static let shared = Result { try ServerProcess() }

    private struct Log {
        var partial = Data()
        var events: [String] = []
        var answers: [String] = []
    }

    private let log = Mutex(Log())
    private let input: FileHandle

    init() throws {
        let process = Process()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Servers/misbehaving_server.py").standardized
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path]
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        input = stdin.fileHandleForWriting
        stdout.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil } else { self?.receive(data) }
        }
        try process.run()
    }

    private func receive(_ data: Data) {
        log.withLock { log in
            log.partial += data
            while let end = log.partial.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: log.partial[..<end], as: UTF8.self)
                log.partial = Data(log.partial[log.partial.index(after: end)...])
                if line.hasPrefix("event ") { log.events.append(line) } else { log.answers.append(line) }
            }
        }
    }

    /// Questions are asked one after the other: these suites are serialized.
    func ask(_ command: String, answeredBy prefix: String) async throws -> String {
        try input.write(contentsOf: Data("\(command)\n".utf8))
        try await eventually("an answer to \(command)") { log.withLock { !$0.answers.isEmpty } }
        let answer = log.withLock { $0.answers.removeFirst() }
        guard answer.hasPrefix(prefix) else { throw CommandFailed(description: "\(command): \(answer)") }
        return String(answer.dropFirst(prefix.count))
    }

    func events(of port: Int) -> [String] {
        let prefix = "event \(port) "
        return log.withLock { $0.events.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } }
    }
}
