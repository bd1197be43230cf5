import CurlHTTP
import Testing

extension OverTheWire {
    @Suite struct BodyTests {
        /// What the operating system may buffer on both sides of a loopback connection, with a wide margin.
        private static let systemBuffers = 16 << 20

        @Test func `a reader that does not read makes the server wait, and loses nothing`() async throws {
            let server = try await TestServer.tls()
            let size = 96 << 20
            try await withClient { client in
                let tls = TLSMaterial(trust: try TestCertificates.shared.get().trust())
                // A paused reader is not the server's silence: the idle time-out must not strike.
                let response = try await client.execute(
                    TransferRequest(.get, server.secureURL("/stream?\(size)"), tls: tls, idleTimeout: .seconds(1)))
                var written = try await server.writtenBytes()
                var unchanged = 0
                while unchanged < 30 {
                    try await Task.sleep(for: .milliseconds(50))
                    let now = try await server.writtenBytes()
                    unchanged = now == written && now > 0 ? unchanged + 1 : 0
                    written = now
                }
                #expect(written < Self.systemBuffers)

                var received = 0
                var largest = 0
                for try await chunk in response.body {
                    received += chunk.count
                    largest = max(largest, chunk.count)
                    #expect(chunk.first == UInt8(ascii: "z"))
                }
                #expect(received == size)
                #expect(largest <= (256 << 10) + (64 << 10) + (16 << 10))
            }
        }

        @Test func `cancelling before the head closes the connection`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let task = Task { try await client.execute(TransferRequest(.post, server.url("/hang-head"))) }
                try await server.saw("request POST /hang-head")
                task.cancel()
                let error = await #expect(throws: TransferError.self) { _ = try await task.value }
                #expect(error?.reason == .cancelled && error?.isOutcomeUnknown == true)
                try await server.saw("gone")
            }
        }

        @Test func `cancelling in the body closes the connection`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let (chunks, received) = AsyncStream<[UInt8]>.makeStream()
                let task = Task {
                    let response = try await client.execute(TransferRequest(.get, server.url("/hang-body")))
                    for try await chunk in response.body { received.yield(chunk) }
                }
                for await _ in chunks { break }
                task.cancel()
                let error = await #expect(throws: TransferError.self) { _ = try await task.value }
                #expect(error?.reason == .cancelled)
                try await server.saw("gone")
            }
        }

        @Test func `cancelling during the handshake leaves nothing sent`() async throws {
            let server = try await TestServer.silent()
            try await withClient { client in
                let task = Task { try await client.execute(TransferRequest(.post, server.secureURL("/x"))) }
                try await server.saw("accept")
                task.cancel()
                let error = await #expect(throws: TransferError.self) { _ = try await task.value }
                #expect(error?.reason == .cancelled && error?.delivery == .notSent)
            }
        }

        @Test func `a task that was cancelled before sends nothing`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await client.execute(TransferRequest(.post, server.url("/echo")))
                }
                task.cancel()
                let error = await #expect(throws: TransferError.self) { _ = try await task.value }
                #expect(error?.reason == .cancelled && error?.delivery == .notSent)
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
            }
            #expect(try await server.count("request POST /echo") == 0)
        }

        @Test func `letting go of a response, or of its iterator, ends the transfer`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                #expect(try await client.execute(TransferRequest(.get, server.url("/hang-body"))).status == 200)
                try await server.saw("gone")

                let kept = try await client.execute(TransferRequest(.get, server.url("/hang-body")))
                for try await _ in kept.body { break }
                try await server.saw("gone", times: 2)
                let error = await #expect(throws: TransferError.self) { _ = try await kept.body.collect(upTo: 100) }
                #expect(error?.reason == .cancelled)
            }
        }

        @Test func `a whole body can be read long after its transfer has ended`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let first = try await client.execute(TransferRequest(.get, server.url("/fixed?1000")))
                // The next request takes the first one's connection as soon as that is free.
                try await server.saw("request GET /fixed?1000")
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                #expect(try await first.body.collect(upTo: 1000).count == 1000)
                #expect(try await first.body.collect(upTo: 1000).isEmpty)
            }
        }
    }
}
