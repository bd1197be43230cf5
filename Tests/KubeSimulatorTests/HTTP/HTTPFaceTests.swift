import KubeCore
import KubeSimulator
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HTTPFaceTests {
    /// Serves the transport on a free port while the body runs, then cancels.
    private func serving(_ transport: any KubeTransport, _ body: @Sendable (Int) async throws -> Void) async throws {
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let face = HTTPFace(transport: transport, port: 0, logger: .quiet) { bound.yield($0) }
        try await running([{ try await face.run() }]) {
            var iterator = ports.makeAsyncIterator()
            try await body(try #require(await iterator.next()))
        }
    }

    @Test func `a request reaches the transport as it was sent`() async throws {
        let transport = ScriptedTransport(answers: [.json(["ok": true], headers: [HeaderField("Audit-Id", "7")])])
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                let headers =
                    "Authorization: Bearer abc\r\nImpersonate-User: jane\r\nAccept: application/json;as=Table\r\nContent-Type: a/b\r\n"
                try await client.send(
                    "PATCH /apis/x%2Fy/things/a?b=1%202&a=x+y&b=&c HTTP/1.1\r\nHost: h\r\n\(headers)Content-Length: 5\r\n\r\n",
                    body: Array("hello".utf8))
                let head = try #require(await client.head())
                #expect(head.status == 200)
                #expect(head.headers["audit-id"] == "7")
                #expect(head.headers["content-length"] == "11")
                #expect(try await client.bytes(11) == Array(#"{"ok":true}"#.utf8))
            }
        }
        let request = try #require(transport.requests.first)
        #expect(request.method == .patch)
        #expect(request.path == "/apis/x%2Fy/things/a")
        #expect(request.query == [QueryItem("b", "1 2"), QueryItem("a", "x y"), QueryItem("b", ""), QueryItem("c", "")])
        #expect(request.body == Array("hello".utf8))
        #expect(request.accept == "application/json;as=Table")
        #expect(request.contentType == "a/b")
        #expect(request.headers.contains(HeaderField("Authorization", "Bearer abc")))
        #expect(request.headers.contains(HeaderField("Impersonate-User", "jane")))
    }

    @Test func `one connection carries one request after the other`() async throws {
        let transport = ScriptedTransport { request in .json(.string(request.path)) }
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                for number in 1...50 {
                    try await client.get("/\(number)")
                    let length = try #require(await client.head()?.headers["content-length"].flatMap { Int($0) })
                    #expect(try await client.bytes(length) == Array("\"/\(number)\"".utf8))
                }
            }
        }
    }

    @Test func `a large list arrives whole`() async throws {
        let size = 40 << 20
        let transport = ScriptedTransport { _ in
            KubeResponse(status: 200, body: KubeBody([UInt8](repeating: UInt8(ascii: "x"), count: size)))
        }
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                try await client.get("/api/v1/nodes")
                #expect(try await client.head()?.headers["transfer-encoding"] == "chunked")
                var received = 0
                while let chunk = try await client.chunk(), !chunk.isEmpty { received += chunk.count }
                #expect(received == size)
            }
        }
    }

    @Test func `a body over three MiB is refused with a Status, one of just three MiB is not`() async throws {
        let transport = ScriptedTransport { request in .json(.integer(Int64(request.body.count))) }
        try await serving(transport) { port in
            for (size, expected) in [(HTTPFace.bodyLimit, 200), (HTTPFace.bodyLimit + 1, 413)] {
                try await RawConnection.open(port: port) { client in
                    try await client.send(
                        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n", body: [UInt8](repeating: 32, count: size))
                    let head = try #require(await client.head())
                    #expect(head.status == expected)
                    let length = try #require(head.headers["content-length"].flatMap { Int($0) })
                    let body = try JSONValue(parsing: try #require(await client.bytes(length)))
                    #expect(body["reason"]?.string == (expected == 413 ? "RequestEntityTooLarge" : nil))
                }
            }
        }
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [("OPTIONS / HTTP/1.1", 405), ("GET /?a=%zz HTTP/1.1", 400)])
    func `what cannot be a request of the API is refused`(line: String, status: Int) async throws {
        let transport = ScriptedTransport(answers: [])
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                try await client.send("\(line)\r\nHost: h\r\n\r\n")
                #expect(try await client.head()?.status == status)
            }
        }
        #expect(transport.requests.isEmpty)
    }

    @Test func `a watch streams at once and ends when its client goes away`() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
        let pipe = BodyPipe()
        let transport = ScriptedTransport { _ in
            KubeResponse(
                status: 200,
                body: KubeBody { () async throws(KubeError) -> [UInt8]? in
                    do {
                        return try await pipe.body.next()
                    } catch {
                        ended.yield((error as? KubeError)?.isCancelled == true)
                        throw KubeError(any: error)
                    }
                })
        }
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                try await client.get("/api/v1/pods?watch=true")
                let head = try #require(await client.head())
                #expect(head.headers["connection"] == "close")
                pipe.send("one\n")
                #expect(try await client.chunk() == Array("one\n".utf8))
                pipe.send("two\n")
                #expect(try await client.chunk() == Array("two\n".utf8))
            }
            var iterator = ends.makeAsyncIterator()
            #expect(await iterator.next() == true)
        }
    }

    @Test func `a watch that its server ends closes the connection cleanly, one that breaks does not`() async throws {
        let pipes = [BodyPipe(), BodyPipe()]
        let transport = ScriptedTransport(answers: pipes.map { KubeResponse(status: 200, body: $0.body) })
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                try await client.get("/api/v1/pods?watch=1")
                pipes[0].send("x")
                pipes[0].finish()
                _ = try await client.head()
                #expect(try await client.chunk() == [UInt8(ascii: "x")])
                #expect(try await client.chunk() == [])
                #expect(try await client.bytes(1) == nil)
            }
            try await RawConnection.open(port: port) { client in
                try await client.get("/api/v1/pods?watch=1")
                pipes[1].send("x")
                _ = try await client.head()
                #expect(try await client.chunk() == [UInt8(ascii: "x")])
                pipes[1].fail(KubeError(.unreachable, "cut"))
                let rest = try? await client.chunk()
                #expect(rest != .some([]))
            }
        }
    }

    @Test func `300 watches are served side by side`() async throws {
        let pipe = (0..<300).map { _ in BodyPipe() }
        let transport = ScriptedTransport { request in
            KubeResponse(status: 200, body: pipe[Int(request.query.first { $0.name == "n" }?.value ?? "") ?? 0].body)
        }
        try await serving(transport) { port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in pipe.indices {
                    group.addTask {
                        try await RawConnection.open(port: port) { client in
                            try await client.get("/w?watch=true&n=\(number)")
                            _ = try await client.head()
                            pipe[number].send("\(number)\n")
                            #expect(try await client.chunk() == Array("\(number)\n".utf8))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a transport that gives no answer costs the connection`() async throws {
        let transport = ScriptedTransport { _ throws(KubeError) in throw KubeError(.outcomeUnknown, "reply lost") }
        try await serving(transport) { port in
            try await RawConnection.open(port: port) { client in
                try await client.get("/api")
                let head = try await client.head()
                #expect(head == nil)
            }
        }
    }

    @Test func `graceful shutdown ends open watches`() async throws {
        let pipe = BodyPipe()
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let face = HTTPFace(
            transport: ScriptedTransport(answers: [KubeResponse(status: 200, body: pipe.body)]), port: 0, logger: .quiet
        ) { bound.yield($0) }
        let group = ServiceGroup(services: [face], logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await RawConnection.open(port: port) { client in
                try await client.get("/api/v1/pods?watch=true")
                pipe.send("x")
                _ = try await client.head()
                #expect(try await client.chunk() == [UInt8(ascii: "x")])
                await group.triggerGracefulShutdown()
                #expect(try await client.chunk() == [])
            }
            try await tasks.waitForAll()
        }
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
