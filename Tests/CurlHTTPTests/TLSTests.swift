import CurlHTTP
import Foundation
import Testing

extension OverTheWire {
    @Suite struct TLSTests {
        let certificates: TestCertificates

        init() throws {
            certificates = try TestCertificates.shared.get()
        }

        private func request(
            _ server: TestServer, trust: String = "ca", identity: String? = nil, serverName: String? = nil,
            method: TransferRequest.Method = .get
        ) throws -> TransferRequest {
            let tls = TLSMaterial(
                trust: try certificates.trust(trust), identity: try identity.map(certificates.identity), serverName: serverName)
            return TransferRequest(method, server.secureURL("/echo"), tls: tls)
        }

        @Test func `a server signed by the given authority is believed`() async throws {
            let server = try await TestServer.tls()
            let text = try await withClient { try await $0.text(request(server)) }
            #expect(text.hasPrefix("GET /echo"))
        }

        @Test func `a server signed by another authority is not`() async throws {
            let server = try await TestServer.tls()
            let error = try await withClient { try await $0.failure(request(server, trust: "other-ca", method: .post)) }
            #expect(error.reason == .tls(.untrustedIssuer))
            #expect(error.delivery == .notSent && error.message.contains("certificate"))
            #expect(try await !server.events().contains { $0.contains("request") })
        }

        @Test func `the system's store does not know the test authority`() async throws {
            let server = try await TestServer.tls()
            let error = try await withClient { try await $0.failure(TransferRequest(.get, server.secureURL("/echo"))) }
            #expect(error.reason == .tls(.untrustedIssuer))
        }

        @Test func `an expired certificate is named as such`() async throws {
            let server = try await TestServer.tls("expired")
            let error = try await withClient { try await $0.failure(request(server)) }
            #expect(error.reason == .tls(.expired))
        }

        @Test func `a certificate for another name is refused, and asking for that name heals it`() async throws {
            let server = try await TestServer.tls("elsewhere")
            try await withClient { client in
                #expect(try await client.failure(request(server)).reason == .tls(.nameMismatch))
                let seen = try await client.text(request(server, serverName: "api.internal"))
                #expect(seen.contains("\r\nHost: 127.0.0.1:\(server.port)\r\n"))
                #expect(try await client.failure(request(server, serverName: "api.external")).reason == .tls(.nameMismatch))
            }
        }

        @Test func `unverified believes anyone, for that request alone`() async throws {
            let server = try await TestServer.tls("expired")
            try await withClient { client in
                var loose = try request(server)
                loose.tls.trust = .unverified
                #expect(try await client.text(loose).hasPrefix("GET"))
                #expect(try await client.failure(request(server)).reason == .tls(.expired))
            }
        }

        @Test func `a server that requires a client certificate gets it`() async throws {
            let server = try await TestServer.tls(clientsSignedBy: "ca")
            let text = try await withClient { try await $0.text(request(server, identity: "client")) }
            #expect(text.hasPrefix("GET /echo"))
        }

        @Test func `without a client certificate the server's refusal is told, and nothing was done`() async throws {
            let server = try await TestServer.tls(clientsSignedBy: "ca")
            let error = try await withClient { try await $0.failure(request(server, method: .post)) }
            #expect(error.reason == .tls(.clientCertificateRequired))
            #expect(error.delivery == .notSent && !error.isOutcomeUnknown)
        }

        @Test func `a client certificate of a strange authority is refused, and nothing was done`() async throws {
            let server = try await TestServer.tls(clientsSignedBy: "ca")
            let error = try await withClient { try await $0.failure(request(server, identity: "stranger", method: .post)) }
            #expect(error.reason == .tls(.clientCertificateRefused))
            #expect(error.delivery == .notSent)
        }

        @Test func `unreadable material is reported, and no passphrase is asked for`() async throws {
            let server = try await TestServer.tls()
            let good = try certificates.identity("client")
            let encrypted = try ClientIdentity(
                certificatePath: certificates.file("client.pem").path, keyPath: certificates.file("encrypted.key").path)
            let wrongKey = try ClientIdentity(
                certificatePath: certificates.file("client.pem").path, keyPath: certificates.file("server.key").path)
            let materials = [
                TLSMaterial(trust: .authorities(pem: [])), TLSMaterial(trust: .authorities(pem: Array("no PEM".utf8))),
                TLSMaterial(trust: .unverified, identity: ClientIdentity(certificateChain: [1], privateKey: good.privateKey)),
                TLSMaterial(trust: .unverified, identity: encrypted), TLSMaterial(trust: .unverified, identity: wrongKey),
            ]
            try await withClient { client in
                for material in materials {
                    let error = try await client.failure(TransferRequest(.get, server.secureURL("/echo"), tls: material))
                    #expect(error.reason == .invalidTLSMaterial, "\(error)")
                    #expect(error.delivery == .notSent)
                }
            }
            #expect(throws: TransferError.self) { try TLSMaterial.Trust.authorities(atPath: "/does/not/exist") }
        }

        @Test func `a server that does not speak TLS fails the handshake`() async throws {
            let server = try await TestServer.plain()
            let error = try await withClient { try await $0.failure(request(server)) }
            guard case .tls = error.reason else {
                Issue.record("\(error.reason)")
                return
            }
        }

        @Test func `connections are shared between equal material only`() async throws {
            let server = try await TestServer.tls()
            try await withClient { client in
                var other = try request(server)
                // The same authority with an empty line behind it: equal in meaning, not in bytes.
                if case .authorities(let pem) = other.tls.trust { other.tls.trust = .authorities(pem: pem + [0x0A]) }
                for _ in 0..<3 { _ = try await client.text(request(server)) }
                #expect(try await server.count("accept") == 1)
                for _ in 0..<3 { _ = try await client.text(other) }
                #expect(try await server.count("accept") == 2)
                _ = try await client.text(request(server, identity: "client"))
                #expect(try await server.count("accept") == 3)
                // A standing connection of a request that believes does not serve one that does not.
                #expect(try await client.failure(request(server, trust: "other-ca")).reason == .tls(.untrustedIssuer))
                _ = try await client.text(request(server))
                #expect(try await server.count("accept") == 4)
            }
        }
    }
}
