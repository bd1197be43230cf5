import CurlHTTP
import KubeCore
import NodeReplacement
import Synchronization

/// Answers from a closure and remembers what it was asked.
final class ScriptedHTTP: HTTPExecuting {
    typealias Handler = @Sendable (TransferRequest) async throws(TransferError) -> HTTPAnswer

    private let seen = Mutex<[TransferRequest]>([])
    private let handler: Handler

    init(_ handler: @escaping Handler) { self.handler = handler }

    /// By the first `part` that the URL has; what has none is refused with a 404 of the cloud's.
    convenience init(_ answers: [(part: String, answer: HTTPAnswer)]) {
        self.init { (request) async throws(TransferError) -> HTTPAnswer in
            answers.first { request.url.contains($0.part) }?.answer ?? .refusal(404, "notFound", "The resource was not found")
        }
    }

    var requests: [TransferRequest] { seen.withLock { $0 } }

    func requests(with part: String) -> [TransferRequest] { requests.filter { $0.url.contains(part) } }

    func answer(to request: TransferRequest) async throws(TransferError) -> HTTPAnswer {
        seen.withLock { $0.append(request) }
        return try await handler(request)
    }
}

extension HTTPAnswer {
    static func json(_ value: JSONValue, status: Int = 200, headers: HeaderFields = [:]) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers, body: value.serialized)
    }

    static func text(_ text: String, status: Int, headers: HeaderFields = [:]) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers, body: Array(text.utf8))
    }

    /// As Google's APIs word it, with the reason in the old place and, as `detail`, in the new one.
    static func refusal(
        _ code: Int, _ reason: String, _ message: String = "no", status: String? = nil, detail: String? = nil, headers: HeaderFields = [:]
    ) -> HTTPAnswer {
        var error: JSONValue = [
            "code": .integer(Int64(code)), "message": .string(message),
            "errors": [["message": .string(message), "domain": "global", "reason": .string(reason)]],
        ]
        error["status"] = status.map { .string($0) }
        if let detail {
            error["details"] = [
                [
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(detail), "domain": "googleapis.com",
                ]
            ]
        }
        return json(["error": error], status: code, headers: headers)
    }
}

/// A token source that always has one.
struct FixedTokens: TokenSource {
    var text = "ya29.secret-of-the-test"

    func token() async throws(ReplacementError) -> AccessToken {
        guard let token = AccessToken(text, lifetime: .seconds(3600)) else { throw ReplacementError(.misconfigured, "no token") }
        return token
    }
}
