/// Why a request got no answer, or its answer no end.
///
/// `reason` says what went wrong, `delivery` says what the server may have seen of the request; the two are independent.
/// An answer with an HTTP error status is not a `TransferError`.
package struct TransferError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The URL, a header field or a limit makes no sense. The same request will fail again.
        case invalidRequest
        /// A certificate or key cannot be read, or is not what it should be. New material may heal it.
        case invalidTLSMaterial
        /// The host's name has no address, or no name server answered.
        case nameNotResolved
        /// Nobody listens at that address and port.
        case connectionRefused
        /// The host could not be reached for another reason.
        case unreachable
        /// The proxy could not be reached or did not let us through; with its status, if it answered.
        case proxyFailed(status: Int?)
        case tls(TLSFailure)
        /// A time limit passed: of connecting, or of the whole.
        case timedOut(Phase)
        /// No byte moved for the request's idle time-out.
        case idle(Phase)
        case tooLarge(Part)
        /// The server closed the connection, or it broke, before the answer was complete.
        case connectionClosed
        /// What came is not HTTP/1.1.
        case malformedResponse
        /// The task that waited was cancelled, or the reader of the body went away.
        case cancelled
        /// The client was shut down.
        case clientShutDown
        /// libcurl failed in a way that this client has no name for; with its code.
        case unexpected(code: Int)
    }

    package enum Phase: Hashable, Sendable {
        /// Looking up the name, connecting, going through a proxy, the TLS handshake.
        case connecting
        /// The request is under way, no head of an answer has come.
        case awaitingHead
        case receivingBody
    }

    package enum Part: Hashable, Sendable {
        case head
        case body
    }

    package enum Delivery: Hashable, Sendable {
        /// The server has not got this request: sending it again cannot do anything twice.
        case notSent
        /// Some or all of the request may have reached the server, and it did not answer.
        case unanswered
        /// The head of the answer came, with this status; the rest did not.
        case answered(status: Int)
    }

    package let reason: Reason
    package let delivery: Delivery
    /// Whether the server may have acted and nobody knows: the request was more than a question, it may have arrived,
    /// and no answer came. The caller has to look before it asks again.
    package let isOutcomeUnknown: Bool
    /// For people: the method, the URL without credentials and query, and libcurl's or OpenSSL's own words.
    package let message: String

    /// - Parameter isSafe: whether the request only asks (`TransferRequest.Method.isSafe`).
    package init(_ reason: Reason, _ message: String, delivery: Delivery = .notSent, isSafe: Bool = true) {
        self.reason = reason
        self.delivery = delivery
        self.isOutcomeUnknown = delivery == .unanswered && !isSafe
        self.message = message
    }

    static func invalidTLSMaterial(_ message: String) -> TransferError {
        TransferError(.invalidTLSMaterial, message)
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String {
        isOutcomeUnknown ? "\(message) (the server may have acted: the outcome is unknown)" : message
    }
}
