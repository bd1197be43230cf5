import CurlHTTP
import Digests
package import KubeCore

/// Tokens for a service account whose key is at hand: a signed assertion is exchanged at the token endpoint (RFC 7523).
package struct ServiceAccountTokens: TokenSource {
    /// What Compute Engine's methods ask for; rights come from IAM alone.
    package static let scope = "https://www.googleapis.com/auth/compute"

    private let http: any HTTPExecuting
    private let time: any TimeSource
    private let endpoint: String?
    private let route: HTTPRoute
    private let loadKey: @Sendable () throws(ReplacementError) -> ServiceAccountKey

    /// `loadKey` is called for every token, so that a rotated file takes effect; `endpoint` stands in for the key's own.
    package init(
        http: any HTTPExecuting, time: any TimeSource, endpoint: String? = nil, route: HTTPRoute = HTTPRoute(),
        loadKey: @escaping @Sendable () throws(ReplacementError) -> ServiceAccountKey
    ) {
        self.http = http
        self.time = time
        self.endpoint = endpoint
        self.route = route
        self.loadKey = loadKey
    }

    package func token() async throws(ReplacementError) -> AccessToken {
        let key = try loadKey()
        let assertion = try key.assertion(at: time.now())
        let form = "grant_type=\("urn:ietf:params:oauth:grant-type:jwt-bearer".percentEncodedQueryPart)&assertion=\(assertion)"
        let subject = "the token endpoint, asked for \(key.email),"
        let request = TransferRequest(
            .post, endpoint ?? key.tokenEndpoint,
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"], body: Array(form.utf8),
            tls: route.tls, proxy: route.proxy, totalTimeout: .seconds(20), maximumBodySize: 64 << 10)
        let answer: HTTPAnswer
        do {
            answer = try await http.answer(to: request)
        } catch {
            throw ReplacementError(error, whileAsking: subject, safely: true)
        }
        guard answer.status == 200 else { throw ReplacementError(tokenRefusal: answer, from: subject, hiding: [assertion]) }
        return try AccessToken(parsing: answer, from: subject)
    }
}

extension ServiceAccountKey {
    /// A JSON Web Token that says who asks for what, valid for the hour that Google allows, signed with RS256.
    func assertion(at now: Timestamp) throws(ReplacementError) -> String {
        // Ten seconds back, for clocks that are ahead of Google's.
        let issued = now.seconds - 10
        var header: JSONValue = ["alg": "RS256", "typ": "JWT"]
        if !keyID.isEmpty { header["kid"] = .string(keyID) }
        let claims: JSONValue = [
            "iss": .string(email), "scope": .string(ServiceAccountTokens.scope), "aud": .string(tokenEndpoint),
            "iat": .integer(issued), "exp": .integer(issued + 3600),
        ]
        let signed = "\(Base64URL.text(of: header.serialized)).\(Base64URL.text(of: claims.serialized))"
        do {
            return "\(signed).\(Base64URL.text(of: try privateKey.signature(of: signed.utf8)))"
        } catch {
            throw ReplacementError(.misconfigured, "the key of \(email) can't sign: \(error.message)")
        }
    }
}
