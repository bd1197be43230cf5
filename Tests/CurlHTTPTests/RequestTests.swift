import CurlHTTP
import Foundation
import Testing

extension OverTheWire {
    @Suite struct RequestTests {
        @Test func `a GET arrives with its bearer token and without fields that nobody asked for`() async throws {
            let server = try await TestServer.plain()
            let seen = try await withClient { client in
                try await client.text(TransferRequest(.get, server.url("/echo/../x?a=b"), headers: ["Authorization": "Bearer abc"]))
            }
            #expect(seen.hasPrefix("GET /echo/../x?a=b HTTP/1.1\r\n"))
            #expect(seen.contains("\r\nAuthorization: Bearer abc\r\n"))
            #expect(seen.contains("\r\nAccept-Encoding: identity\r\n"))
            #expect(seen.contains("\r\nUser-Agent: nodeaudit\r\n"))
            #expect(!seen.contains("Content-Length") && !seen.contains("Expect") && !seen.contains("Upgrade"))
        }

        @Test(arguments: [TransferRequest.Method.post, .put, .patch, .delete])
        func `a request that changes something carries its length and its body`(_ method: TransferRequest.Method) async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let full = try await client.text(TransferRequest(method, server.url("/echo"), body: Array("{}".utf8)))
                #expect(full.hasPrefix("\(method.rawValue) /echo HTTP/1.1\r\n"))
                #expect(full.contains("\r\nContent-Length: 2\r\n") && full.hasSuffix("\r\n\r\n{}"))
                #expect(!full.contains("Expect:") && !full.contains("Transfer-Encoding"))
                let empty = try await client.text(TransferRequest(method, server.url("/echo")))
                #expect(empty.contains("\r\nContent-Length: 0") && empty.hasSuffix("\r\n\r\n"))
            }
        }

        @Test func `a body of megabytes arrives whole`() async throws {
            let server = try await TestServer.plain()
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let seen = try await withClient { client in
                try await client.collect(TransferRequest(.post, server.url("/echo"), body: body), upTo: 4_000_000).body
            }
            #expect(seen.suffix(body.count) == body[...])
        }

        @Test func `an answer has its status, its repeated fields and no interim answer or trailer`() async throws {
            let server = try await TestServer.plain()
            let response = try await withClient { client in
                try await client.collect(TransferRequest(.get, server.url("/trailers")), upTo: 10)
            }
            #expect(response.status == 200)
            #expect(response.headers.values("TWICE") == ["a", "b"])
            #expect(response.headers["empty"] == "")
            #expect(response.headers["link"] == nil && response.headers["trailer"] == nil)
            #expect(response.body == Array("body".utf8))
        }

        @Test func `an error status and a redirect are answers, and nothing is decompressed`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                let refused = try await client.collect(TransferRequest(.post, server.url("/status?409")), upTo: 10)
                #expect(refused.status == 409 && refused.body == Array("why".utf8))
                let redirect = try await client.collect(TransferRequest(.get, server.url("/redirect")), upTo: 10)
                #expect(redirect.status == 302 && redirect.headers["Location"] == "/echo")
                let packed = try await client.collect(TransferRequest(.get, server.url("/gzip")), upTo: 10)
                #expect(packed.body == Array("not really".utf8))
                let head = try await client.collect(TransferRequest(.head, server.url("/echo")), upTo: 0)
                #expect(head.status == 200 && head.headers["content-length"] == "1000" && head.body.isEmpty)
            }
            #expect(try await server.count("accept") == 1)
        }

        @Test func `a body without a length ends with its connection`() async throws {
            let server = try await TestServer.plain()
            let text = try await withClient { try await $0.text(TransferRequest(.get, server.url("/until-close"))) }
            #expect(text == "0123456789")
        }

        @Test(arguments: [
            TransferRequest(.get, "ftp://127.0.0.1/x"), TransferRequest(.get, "127.0.0.1/x"), TransferRequest(.get, ""),
            TransferRequest(.get, "https://user:topsecret@127.0.0.1/"), TransferRequest(.get, "http://127.0.0.1/", body: [1]),
            TransferRequest(.get, "http://127.0.0.1/", headers: ["A": "topsecret\r\nB: c"]),
            TransferRequest(.get, "http://127.0.0.1/", headers: ["A:": "topsecret"]),
            TransferRequest(.post, "http://127.0.0.1/?topsecret", headers: ["Content-Length": "5"]),
        ])
        func `a request that makes no sense is told so and never sent`(_ request: TransferRequest) async throws {
            let error = try await withClient { try await $0.failure(request) }
            #expect(error.reason == .invalidRequest)
            #expect(error.delivery == .notSent && !error.isOutcomeUnknown)
            #expect(!"\(error)".contains("topsecret"))
        }

        @Test func `proxies in the environment are not looked at`() async throws {
            let server = try await TestServer.plain()
            let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            for name in names { setenv(name, "http://127.0.0.1:1", 1) }
            setenv("no_proxy", "*", 1)
            defer { for name in names + ["no_proxy"] { unsetenv(name) } }
            try await withClient { client in
                let direct = try await client.text(TransferRequest(.get, server.url("/echo")))
                #expect(direct.hasPrefix("GET /echo"))
                let proxied = TransferRequest(.get, "http://somewhere.invalid/x", proxy: Proxy(url: server.url("")))
                #expect(try await client.text(proxied).hasPrefix("GET http://somewhere.invalid/x"))
            }
        }

        @Test func `a proxy that is handed in is used, and its credentials stay out of messages`() async throws {
            let server = try await TestServer.plain()
            try await withClient { client in
                // The test server is no proxy, but echoes what one would get.
                let proxy = Proxy(url: server.url("").replacing("http://", with: "http://user:topsecret@"))
                let seen = try await client.text(TransferRequest(.get, "http://somewhere.invalid/x", proxy: proxy))
                #expect(seen.hasPrefix("GET http://somewhere.invalid/x HTTP/1.1\r\n") && seen.contains("Proxy-Authorization: Basic"))

                let tunnelled = TransferRequest(
                    .post, "https://somewhere.invalid/x", headers: ["Authorization": "Bearer topsecret"],
                    proxy: Proxy(url: "http://user:topsecret@127.0.0.1:1"))
                let error = try await client.failure(tunnelled)
                #expect(error.reason == .proxyFailed(status: nil) && error.delivery == .notSent)
                #expect(!"\(error)".contains("topsecret"))
            }
        }

        @Test func `a proxy that lets nobody through is reported with its status and gets no bearer token`() async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { client in
                try await client.failure(
                    TransferRequest(
                        .post, "https://somewhere.invalid/x", headers: ["Authorization": "Bearer abc"], proxy: Proxy(url: server.url(""))))
            }
            #expect(error.reason == .proxyFailed(status: 407))
            #expect(error.delivery == .notSent)
            #expect(try await server.count("request CONNECT somewhere.invalid:443") == 1)
            #expect(try await server.count("leaked") == 0)
        }
    }
}
