import CurlHTTP
import Testing

extension OverTheWire {
    @Suite struct BrokenConnectionTests {
        @Test(arguments: [TransferRequest.Method.post, .delete, .put, .patch], [[], Array("{}".utf8)])
        func `a kept-alive connection that dies under a change sees it once, and the outcome is unknown`(
            _ method: TransferRequest.Method, _ body: [UInt8]
        ) async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { client in
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                let error = try await client.failure(TransferRequest(method, server.url("/die"), body: body))
                // A request behind it proves that the client goes on, and that no second attempt is still under way.
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                return error
            }
            #expect(error.reason == .connectionClosed)
            #expect(error.delivery == .unanswered && error.isOutcomeUnknown)
            #expect(try await server.events().contains("1 request \(method.rawValue) /die"))
            #expect(try await server.count("request \(method.rawValue) /die") == 1)
        }

        @Test func `a large body that breaks off on a kept-alive connection is not sent again`() async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { client in
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                return try await client.failure(
                    TransferRequest(.post, server.url("/close-unread"), body: [UInt8](repeating: 7, count: 8_000_000)))
            }
            #expect(error.isOutcomeUnknown)
            #expect(try await server.count("request POST /close-unread") == 1)
        }

        @Test func `a new connection that dies under a change is not tried again either`() async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { try await $0.failure(TransferRequest(.post, server.url("/die"), body: [1])) }
            #expect(error.reason == .connectionClosed && error.isOutcomeUnknown)
            #expect(try await server.count("accept") == 1)
        }

        @Test func `a question on a dead kept-alive connection is asked again unseen`() async throws {
            let server = try await TestServer.plain()
            let text = try await withClient { client in
                _ = try await client.text(TransferRequest(.get, server.url("/echo")))
                return try await client.text(TransferRequest(.get, server.url("/die-once")))
            }
            #expect(text.hasPrefix("GET /die-once"))
            #expect(try await server.count("request GET /die-once") == 2)
        }

        @Test func `a question that kills every connection fails, with nothing left unknown`() async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { try await $0.failure(TransferRequest(.get, server.url("/die"))) }
            #expect(error.reason == .connectionClosed && error.delivery == .unanswered && !error.isOutcomeUnknown)
        }

        @Test(arguments: ["/close-body", "/close-chunk"])
        func `a body that breaks off gives what came and then the error`(_ path: String) async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let response = try await client.execute(TransferRequest(.get, server.url(path)))
                var received: [UInt8] = []
                let error = await #expect(throws: TransferError.self) {
                    for try await chunk in response.body { received += chunk }
                }
                #expect(error?.reason == .connectionClosed && error?.delivery == .answered(status: 200))
                #expect("0123456789".hasPrefix(String(decoding: received, as: UTF8.self)) && !received.isEmpty)
            }
        }

        @Test(arguments: ["/not-http", "/bad-chunk"])
        func `what is not HTTP is told so`(_ path: String) async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { try await $0.failure(TransferRequest(.get, server.url(path))) }
            #expect(error.reason == .malformedResponse, "\(error)")
        }

        @Test func `nobody listening and no such name are told apart`() async throws {
            try await withClient { client in
                let refused = try await client.failure(TransferRequest(.post, "http://127.0.0.1:1/x?token=topsecret"))
                #expect(refused.reason == .connectionRefused && refused.delivery == .notSent)
                #expect(!"\(refused)".contains("topsecret"))
                let unknown = try await client.failure(TransferRequest(.post, "http://name.invalid/"))
                #expect(unknown.reason == .nameNotResolved && unknown.delivery == .notSent)
            }
        }
    }
}
