import CurlHTTP
import Foundation
import Testing

extension OverTheWire {
    /// The realistic server: nginx, as it stands before many an API, with client certificates.
    @Suite struct NginxTests {
        @Test func `nginx lets the right client certificate in, and answers the others over HTTP`() async throws {
            let certificates = try TestCertificates.shared.get()
            try await withNginx { nginx in
                try await withClient { client in
                    var request = TransferRequest(.get, nginx.url("/whoami"), tls: TLSMaterial(trust: try certificates.trust()))
                    let missing = try await client.collect(request, upTo: 10_000)
                    #expect(missing.status == 400)
                    request.tls.identity = try certificates.identity("stranger")
                    let wrong = try await client.collect(request, upTo: 10_000)
                    #expect(wrong.status == 400)
                    request.tls.identity = try certificates.identity("client")
                    let right = try await client.collect(request, upTo: 10_000)
                    #expect(right.status == 200 && String(decoding: right.body, as: UTF8.self) == "CN=client\n")
                }
            }
        }

        @Test func `requests go on when nginx closes a connection after its tenth request`() async throws {
            let certificates = try TestCertificates.shared.get()
            try await withNginx { nginx in
                try await withClient { client in
                    let tls = TLSMaterial(trust: try certificates.trust(), identity: try certificates.identity("client"))
                    for number in 0..<60 {
                        let method: TransferRequest.Method = number % 2 == 0 ? .get : .post
                        let answer = try await client.collect(
                            TransferRequest(method, nginx.url("/whoami"), tls: tls), upTo: 10_000)
                        #expect(answer.status == 200)
                    }
                    let file = try await client.collect(TransferRequest(.get, nginx.url("/big"), tls: tls), upTo: 8 << 20)
                    #expect(file.body.count == 5 << 20 && file.body.allSatisfy { $0 == 0x2A })
                }
            }
        }
    }
}
