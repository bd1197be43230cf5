import CurlHTTP
import KubeCore
import NodeReplacement
import Testing

struct MetadataTokensTests {
    private static let token: JSONValue = ["access_token": "ya29.x", "expires_in": 3599, "token_type": "Bearer"]
    private static let flavor: HeaderFields = ["Metadata-Flavor": "Google"]

    @Test func `the metadata server is asked as it wants to be, and by nobody's proxy`() async throws {
        let http = ScriptedHTTP([("service-accounts", .json(Self.token, headers: ["metadata-flavor": "Google"]))])
        let token = try await MetadataTokens(http: http).token()
        #expect(token == AccessToken("ya29.x", lifetime: .seconds(3599)))
        let request = try #require(http.requests.first)
        #expect(request.url == "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token")
        #expect(request.headers["Metadata-Flavor"] == "Google")
        #expect(request.proxy == nil)
        #expect(String(describing: token).contains("ya29") == false)
    }

    static let refusals: [(HTTPAnswer, ReplacementError.Reason, ReplacementError.Verdict)] = [
        (.json(token), .unauthenticated, .needsPerson),
        (.text("<html>log in</html>", status: 200), .unauthenticated, .needsPerson),
        (.text("not found", status: 404, headers: flavor), .unauthenticated, .needsPerson),
        (.text("", status: 404), .unauthenticated, .needsPerson),
        (.text("", status: 403, headers: flavor), .forbidden, .needsPerson),
        (.text("", status: 429), .rateLimited, .retryLater(after: nil)),
        (.text("", status: 429, headers: ["Retry-After": "3"]), .rateLimited, .retryLater(after: .seconds(3))),
        (.text("", status: 503), .serverError, .retryLater(after: nil)),
        (.text("ya29.secret", status: 200, headers: flavor), .malformedAnswer, .retryLater(after: nil)),
        (.json(["access_token": "a b", "expires_in": 10], headers: flavor), .malformedAnswer, .retryLater(after: nil)),
        (.json(["access_token": "a\r\nX: y", "expires_in": 10], headers: flavor), .malformedAnswer, .retryLater(after: nil)),
        (.json(["access_token": "ab", "expires_in": 0], headers: flavor), .malformedAnswer, .retryLater(after: nil)),
        (.json(["access_token": "ab", "expires_in": 10, "token_type": "mac"], headers: flavor), .malformedAnswer, .retryLater(after: nil)),
    ]

    @Test(arguments: refusals.indices)
    func `what is not a token is not used`(index: Int) async {
        let (answer, reason, verdict) = Self.refusals[index]
        let tokens = MetadataTokens(http: ScriptedHTTP([("service-accounts", answer)]))
        let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
        #expect(error?.reason == reason)
        #expect(error?.verdict == verdict)
        #expect(error?.message.contains("ya29") == false)
    }

    @Test(arguments: [
        (TransferError(.nameNotResolved, "x"), ReplacementError.Reason.unauthenticated),
        (TransferError(.connectionRefused, "x"), .unreachable), (TransferError(.timedOut(.connecting), "x"), .timedOut),
    ])
    func `where no metadata server is, a person has to give a key; one that does not answer may come back`(
        failing: TransferError, reason: ReplacementError.Reason
    ) async {
        let tokens = MetadataTokens(http: ScriptedHTTP { (_) async throws(TransferError) -> HTTPAnswer in throw failing })
        let error = await failure { () async throws(ReplacementError) in try await tokens.token() }
        #expect(error?.reason == reason)
    }
}
