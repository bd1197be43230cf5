/// The one error of everything that speaks to an API server.
///
/// `code` decides what to do, `message` says it to a person. Expected states (absent, blocked, invalid policy) are values, not errors.
package struct KubeError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable {
        // What the server answered, by reason.
        case badRequest, unauthorized, forbidden, notFound, methodNotAllowed, notAcceptable, conflict, alreadyExists
        case gone, unsupportedMediaType, invalid, tooManyRequests, internalError, serverTimeout, serviceUnavailable
        // What happened on the way.
        /// No connection, or a refused TLS handshake: the server never saw the request.
        case unreachable
        /// The request may have been executed: it was sent and no answer came.
        case outcomeUnknown
        case timedOut
        case tooLarge
        /// What came is not what the API promises.
        case malformedResponse
        case cancelled
        /// Another replica may be leading: nothing more may be written by this one.
        case leadershipLost
        /// Kubeconfig, flags, certificates: needs a person.
        case configuration
    }

    package var code: Code
    package var message: String
    /// The server's own words, when it answered with a Status.
    package var status: Status?
    /// What the server asked for with `Retry-After`.
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, status: Status? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
    }

    package var description: String { message }

    package var isCancelled: Bool { code == .cancelled }

    /// Whether the same call may succeed later without anybody changing anything.
    package var isTransient: Bool {
        switch code {
        case .tooManyRequests, .internalError, .serverTimeout, .serviceUnavailable, .unreachable, .outcomeUnknown, .timedOut, .conflict:
            true
        default: false
        }
    }
}

extension KubeError {
    /// The one bridge between untyped throws (task groups, continuations, Codable) and typed ones.
    package static func rethrowing<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws(KubeError) -> Value {
        do {
            return try await body()
        } catch {
            throw KubeError(any: error)
        }
    }

    package init(any error: any Error) {
        switch error {
        case let error as KubeError: self = error
        case is CancellationError: self = KubeError(.cancelled, "cancelled")
        case let error as JSONError: self = KubeError(.malformedResponse, "not JSON: \(error)")
        default: self = KubeError(.internalError, "\(error)")
        }
    }
}
