import CurlHTTP
import Foundation
import KubeCore
import KubeSimulator
import NodeReplacement
import Synchronization
import TestSupport
import Testing

struct ServiceAccountTokensTests {
    private static func json(_ pem: String, _ change: (inout JSONValue) -> Void = { _ in }) -> [UInt8] {
        var value: JSONValue = [
            "type": "service_account", "client_email": "op@proj.iam.gserviceaccount.com", "private_key_id": "k-1",
            "private_key": .string(pem), "token_uri": "https://oauth2.googleapis.com/token",
        ]
        change(&value)
        return value.serialized
    }

    private static func decoded(_ part: Substring) -> Data? {
        var text = String(part).replacing("-", with: "+").replacing("_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: text)
    }

    @Test func `an assertion says who asks for what, and the public key confirms it`() async throws {
        let pair = try SigningKey()
        let key = try ServiceAccountKey(json: Self.json(pair.pem))
        let http = ScriptedHTTP([("oauth2.googleapis.com/token", .json(["access_token": "ya29.k", "expires_in": 3599]))])
        let time = ManualTime(start: Timestamp(seconds: 1_800_000_000))
        let token = try await ServiceAccountTokens(http: http, time: time) { () throws(ReplacementError) in key }.token()
        #expect(token == AccessToken("ya29.k", lifetime: .seconds(3599)))

        let request = try #require(http.requests.first)
        #expect(request.method == .post)
        #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
        let form = String(decoding: request.body ?? [], as: UTF8.self)
        let prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
        try #require(form.hasPrefix(prefix))
        let parts = form.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        let header = try JSONValue(parsing: Array(#require(Self.decoded(parts[0]))))
        #expect(header == ["alg": "RS256", "typ": "JWT", "kid": "k-1"])
        let claims = try JSONValue(parsing: Array(#require(Self.decoded(parts[1]))))
        #expect(
            claims == [
                "iss": "op@proj.iam.gserviceaccount.com", "scope": "https://www.googleapis.com/auth/compute",
                "aud": "https://oauth2.googleapis.com/token", "iat": 1_799_999_990, "exp": 1_800_003_590,
            ])
        let signature = try #require(Self.decoded(parts[2]))
        #expect(signature.count == 256)
        #expect(try pair.verifies(signature, of: "\(parts[0]).\(parts[1])"))
        #expect(try pair.verifies(signature, of: "\(parts[0]).x\(parts[1])") == false)
    }

    @Test func `the token endpoint of the simulated cloud takes assertions, also hours later, and its tokens open the API`() throws {
        let pair = try SigningKey()
        let key = try ServiceAccountKey(json: Self.json(pair.pem))
        try Cloud.run { cloud in
            let tokens = ServiceAccountTokens(http: cloud.door, time: cloud.time, endpoint: "http://cloud.example/token") {
                () throws(ReplacementError) in key
            }
            var configuration = GCEManagedInstanceGroup.Configuration()
            configuration.endpoint = Cloud.endpoint
            let replacer = GCEManagedInstanceGroup(
                http: cloud.door, tokens: tokens, time: cloud.time, configuration: configuration, logger: .quiet)
            let node = try cloud.node()
            let first = try await replacer.locate(node)
            try await cloud.time.sleep(for: .seconds(3 * 3600))
            #expect(try await replacer.locate(node) == first)
            #expect(cloud.calls(.token) == 2)
        }
    }

    @Test func `a rotated key takes effect with the next token, and a key that is missing is said`() async throws {
        let pair = try SigningKey()
        let pem = pair.pem
        let http = ScriptedHTTP([("/token", .json(["access_token": "t", "expires_in": 10]))])
        let emails = Mutex(["first@example.com", "second@example.com"])
        let tokens = ServiceAccountTokens(http: http, time: ManualTime()) { () throws(ReplacementError) in
            let email = emails.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let email else { throw ReplacementError(.misconfigured, "no file") }
            return try ServiceAccountKey(json: Self.json(pem) { $0["client_email"] = .string(email) })
        }
        for _ in 0..<2 { _ = try await tokens.token() }
        let claims = http.requests.compactMap { request -> String? in
            let parts = String(decoding: request.body ?? [], as: UTF8.self).split(separator: ".")
            return parts.count == 3 ? Self.decoded(parts[1]).map { String(decoding: $0, as: UTF8.self) } : nil
        }
        #expect(claims.map { $0.contains("first@") } == [true, false])
        #expect(claims.map { $0.contains("second@") } == [false, true])
        let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
        #expect(error?.verdict == .needsPerson)
    }

    @Test func `a refused assertion is explained without being repeated`() async throws {
        let pair = try SigningKey()
        let key = try ServiceAccountKey(json: Self.json(pair.pem))
        let http = ScriptedHTTP { (request) async throws(TransferError) -> HTTPAnswer in
            let assertion = String(decoding: request.body ?? [], as: UTF8.self).split(separator: "assertion=").last.map { String($0) } ?? ""
            return .json(["error": "invalid_grant", "error_description": .string("Invalid JWT Signature: \(assertion)")], status: 400)
        }
        let tokens = ServiceAccountTokens(http: http, time: ManualTime()) { () throws(ReplacementError) in key }
        let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
        #expect(error?.verdict == .needsPerson)
        #expect(error?.message.contains("invalid_grant: Invalid JWT Signature: [redacted]") == true)
        #expect(error?.message.contains("op@proj.iam.gserviceaccount.com") == true)
    }

    @Test func `a token endpoint that fails may be asked again`() async throws {
        let pair = try SigningKey()
        let key = try ServiceAccountKey(json: Self.json(pair.pem))
        for (answer, verdict) in [
            (HTTPAnswer.text("", status: 503), ReplacementError.Verdict.retryLater(after: nil)),
            (.text("", status: 429, headers: ["Retry-After": "9"]), .retryLater(after: .seconds(9))),
        ] {
            let tokens = ServiceAccountTokens(http: ScriptedHTTP([("/token", answer)]), time: ManualTime()) {
                () throws(ReplacementError) in key
            }
            let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
            #expect(error?.verdict == verdict)
        }
        let cut = ScriptedHTTP { (request) async throws(TransferError) -> HTTPAnswer in
            throw TransferError(.connectionClosed, "cut", delivery: .unanswered, isSafe: request.method.isSafe)
        }
        let tokens = ServiceAccountTokens(http: cut, time: ManualTime()) { () throws(ReplacementError) in key }
        let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
        #expect(error?.reason == .unreachable, "an assertion may be exchanged twice")
    }

    @Test func `a key file that can't be used names the field and shows nothing of it`() throws {
        let pair = try SigningKey()
        let weak = try SigningKey(bits: 1024)
        let secret = String(pair.pem.dropFirst(60).prefix(30))
        let broken: [(String, [UInt8])] = [
            ("not JSON", Array("{".utf8)), ("type", Self.json(pair.pem) { $0["type"] = "authorized_user" }),
            ("client_email", Self.json(pair.pem) { $0["client_email"] = "" }),
            ("private_key", Self.json(pair.pem) { $0["private_key"] = nil }),
            ("private_key", Self.json(pair.pem.replacing("-----END", with: "----END"))), ("private_key", Self.json(weak.pem)),
            ("token_uri", Self.json(pair.pem) { $0["token_uri"] = "http://oauth2.googleapis.com/token" }),
        ]
        for (word, bytes) in broken {
            let error = #expect(throws: ReplacementError.self) { try ServiceAccountKey(json: bytes) }
            #expect(error?.reason == .misconfigured)
            #expect(error?.message.contains(word) == true)
            #expect(error?.message.contains(secret) == false)
        }
        let key = try ServiceAccountKey(json: Self.json(pair.pem))
        var dumped = ""
        dump(key, to: &dumped)
        #expect((dumped + String(describing: key) + String(reflecting: key)).contains(secret) == false)
    }
}
