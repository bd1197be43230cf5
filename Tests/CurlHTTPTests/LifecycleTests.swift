import CurlHTTP
import Foundation
import Testing

extension OverTheWire {
    @Suite struct LifecycleTests {
        @Test func `fifty requests at a time share one client, and later ones its connections`() async throws {
            let server = try await TestServer.tls()
            let tls = TLSMaterial(trust: try TestCertificates.shared.get().trust())
            try await withClient { client in
                let texts = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            let body = Array("\(number)".utf8)
                            return try await client.text(TransferRequest(.post, server.secureURL("/echo"), body: body, tls: tls))
                        }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert(String($1.suffix(2))) }
                }
                #expect(texts.count == 50)
                let accepted = try await server.count("accept")
                #expect(accepted <= 50)
                for _ in 0..<20 { _ = try await client.text(TransferRequest(.get, server.secureURL("/echo"), tls: tls)) }
                #expect(try await server.count("accept") == accepted)
            }
        }

        @Test func `nothing caps the transfers to one host`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<100 {
                        group.addTask { _ = try? await client.execute(TransferRequest(.get, server.url("/hang-head"))) }
                    }
                    try await server.saw("request GET /hang-head", times: 100)
                    _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                    group.cancelAll()
                }
                try await server.saw("gone", times: 100)
            }
        }

        @Test func `shutting down fails what is in flight, and what comes later`() async throws {
            let server = try await TestServer.plain()
            let client = try CurlHTTPClient()
            let head = Task { try await client.execute(TransferRequest(.post, server.url("/hang-head"))) }
            let response = try await client.execute(TransferRequest(.get, server.url("/hang-body")))
            try await server.saw("request POST /hang-head")
            await client.shutdown()
            await client.shutdown()
            let first = await #expect(throws: TransferError.self) { _ = try await head.value }
            #expect(first?.reason == .clientShutDown && first?.isOutcomeUnknown == true)
            let second = await #expect(throws: TransferError.self) { _ = try await response.body.collect(upTo: 1000) }
            #expect(second?.reason == .clientShutDown)
            let third = try await client.failure(TransferRequest(.post, server.url("/echo")))
            #expect(third.reason == .clientShutDown && third.delivery == .notSent)
            try await server.saw("gone", times: 2)
        }

        @Test func `a client that goes away takes its thread and its connections along`() async throws {
            let server = try await TestServer.plain()
            var configuration = CurlHTTPClient.Configuration()
            configuration.name = "curl-dropped"
            do {
                let client = try CurlHTTPClient(configuration: configuration)
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                #expect(try threads(named: "curl-dropped") == 1)
            }
            try await eventually("the thread's end") { try threads(named: "curl-dropped") == 0 }
            try await server.saw("gone")
        }

        @Test func `two hundred requests leave no descriptor and no thread behind`() async throws {
            let server = try await TestServer.tls()
            let tls = TLSMaterial(trust: try TestCertificates.shared.get().trust())
            try await withClient {
                $0.name = "curl-leak"
            } _: { client in
                for number in 0..<200 {
                    // Every third is broken off, so that there are connections to close as well.
                    if number % 3 == 0 {
                        _ = try await client.execute(TransferRequest(.get, server.secureURL("/hang-body"), tls: tls)).status
                    } else {
                        _ = try await client.text(TransferRequest(.get, server.secureURL("/echo"), tls: tls))
                    }
                    #expect(try threads(named: "curl-leak") == 1)
                }
                try await eventually("few connections") { connections(to: server.port) <= 2 }
            }
            #expect(connections(to: server.port) == 0)
            #expect(try threads(named: "curl-leak") == 0)
        }

        @Test func `two hundred clients leave no descriptor behind`() async throws {
            let server = try await TestServer.plain()
            let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            for _ in 0..<200 {
                try await withClient { _ = try await $0.text(TransferRequest(.get, server.url("/echo"))) }
            }
            // Other suites of this process may run at the same time and open some of their own.
            #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count < before + 100)
        }

        private func threads(named name: String) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
                // A thread may end while we look.
                let found = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
                return found == "\(name)\n"
            }
        }

        /// This process's sockets whose other end is `port`.
        private func connections(to port: Int) -> Int {
            (0..<Int32(1024)).count { descriptor in
                var address = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let code = withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
                }
                return code == 0 && address.sin_family == sa_family_t(AF_INET) && Int(UInt16(bigEndian: address.sin_port)) == port
            }
        }
    }
}
