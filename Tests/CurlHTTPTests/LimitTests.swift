import CurlHTTP
import Testing

extension OverTheWire {
    @Suite struct LimitTests {
        @Test func `a server that does not finish the handshake runs into the connect time-out`() async throws {
            let server = try await TestServer.silent()
            let error = try await withClient {
                $0.connectTimeout = .milliseconds(200)
            } _: {
                try await $0.failure(TransferRequest(.post, server.secureURL("/echo")))
            }
            #expect(error.reason == .timedOut(.connecting))
            #expect(error.delivery == .notSent)
        }

        @Test func `a server that does not answer runs into the total time-out`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let get = try await client.failure(TransferRequest(.get, server.url("/hang-head"), totalTimeout: .milliseconds(200)))
                #expect(get.reason == .timedOut(.awaitingHead))
                #expect(get.delivery == .unanswered && !get.isOutcomeUnknown)
                let post = try await client.failure(TransferRequest(.post, server.url("/hang-head"), totalTimeout: .milliseconds(200)))
                #expect(post.isOutcomeUnknown)
                let body = try await client.failure(TransferRequest(.post, server.url("/hang-body"), totalTimeout: .seconds(1)))
                #expect(body.reason == .timedOut(.receivingBody))
                #expect(body.delivery == .answered(status: 200) && !body.isOutcomeUnknown)
                try await server.saw("gone", times: 3)
            }
        }

        @Test func `silence before the head and in the body runs into the idle time-out`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let head = try await client.failure(TransferRequest(.get, server.url("/hang-head"), idleTimeout: .milliseconds(200)))
                #expect(head.reason == .idle(.awaitingHead))

                let response = try await client.execute(
                    TransferRequest(.get, server.url("/hang-body"), idleTimeout: .seconds(1)))
                var received: [UInt8] = []
                let error = await #expect(throws: TransferError.self) {
                    for try await chunk in response.body { received += chunk }
                }
                #expect(error?.reason == .idle(.receivingBody))
                #expect(received == Array("0123456789".utf8))
                try await server.saw("gone", times: 2)
            }
        }

        @Test func `a body that trickles is not idle`() async throws {
            let server = try await TestServer.plain()
            let text = try await withClient {
                try await $0.text(TransferRequest(.get, server.url("/trickle?25"), idleTimeout: .seconds(2)))
            }
            #expect(text.count == 25)
        }

        @Test func `a body larger than allowed ends its transfer`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let error = try await client.failure(TransferRequest(.get, server.url("/stream?50000000"), maximumBodySize: 1000))
                #expect(error.reason == .tooLarge(.body))
                try await server.saw("gone")
                let exact = try await client.collect(TransferRequest(.get, server.url("/fixed?1000"), maximumBodySize: 1000), upTo: 1000)
                #expect(exact.body.count == 1000)
                let collected = await #expect(throws: TransferError.self) {
                    _ = try await client.collect(TransferRequest(.get, server.url("/stream?50000000")), upTo: 1000)
                }
                #expect(collected?.reason == .tooLarge(.body) && collected?.delivery == .answered(status: 200))
                try await server.saw("gone", times: 2)
            }
        }

        @Test(arguments: ["/wide-head?200000", "/long-line?70000", "/long-line?1000000"])
        func `a head larger than allowed ends its transfer`(_ path: String) async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { try await $0.failure(TransferRequest(.get, server.url(path))) }
            #expect(error.reason == .tooLarge(.head), "\(error)")
            #expect(try await withClient { try await $0.text(TransferRequest(.get, server.url("/wide-head?50000"))) } == "")
        }
    }
}
