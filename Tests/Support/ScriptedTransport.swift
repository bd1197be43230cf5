package import KubeCore
import Synchronization

/// A `KubeTransport` that answers from a closure and remembers what it was asked.
package final class ScriptedTransport: KubeTransport {
    package typealias Handler = @Sendable (KubeRequest) async throws(KubeError) -> KubeResponse

    private let seen = Mutex<[KubeRequest]>([])
    private let handler: Handler

    package init(_ handler: @escaping Handler) { self.handler = handler }

    /// Answers each request with the next of these, and fails when there is none left.
    package convenience init(answers: [KubeResponse]) {
        let rest = Answers(answers)
        self.init { (request) async throws(KubeError) -> KubeResponse in
            guard let answer = rest.next() else {
                throw KubeError(.unreachable, "no answer left for \(request.method.rawValue) \(request.target)")
            }
            return answer
        }
    }

    package var requests: [KubeRequest] { seen.withLock { $0 } }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        seen.withLock { $0.append(request) }
        return try await handler(request)
    }

    private final class Answers: Sendable {
        private let rest: Mutex<ArraySlice<KubeResponse>>

        init(_ answers: [KubeResponse]) { rest = Mutex(answers[...]) }

        func next() -> KubeResponse? { rest.withLock { $0.popFirst() } }
    }
}

extension KubeResponse {
    package static func json(_ value: JSONValue, status: Int = 200, headers: [HeaderField] = []) -> KubeResponse {
        let type = HeaderField("Content-Type", "application/json")
        return KubeResponse(status: status, headers: [type] + headers, body: KubeBody(value.serialized))
    }

    /// A refusal as the API server words it.
    package static func failure(
        _ code: Int, reason: String, message: String = "no", headers: [HeaderField] = []
    ) -> KubeResponse {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "reason": .string(reason), "code": .integer(Int64(code)),
        ]
        return json(status, status: code, headers: headers)
    }
}
