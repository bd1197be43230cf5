package import KubeCore

/// What goes wrong with one request. Everything that is set happens, in the order of the members.
package struct Fault: Sendable {
    /// Waited before anything else.
    package var delay: Duration?
    /// Answered instead of executing the request: 429 with Retry-After, 500, 504, …
    package var answer: KubeError?
    /// Reads see the cluster as it was at this revision: a lagging replica. Ignored once that is compacted.
    package var readsAsOf: Int64?
    /// The request is executed, then this is thrown instead of its answer.
    package var lostReply: KubeError?
    /// A watch ends with this error after so many frames.
    package var cutAfterFrames: Int?
    /// What a cut stream ends with; nil for a clean end.
    package var cutError: KubeError? = KubeError(.unreachable, "connection reset by peer")
    /// Bookmarks of a watch come this much later.
    package var bookmarkDelay: Duration?

    /// Changes come to a watch this much later than they happened.
    package var eventDelay: Duration?

    package init() {}

    package static func delayed(_ duration: Duration) -> Fault {
        var fault = Fault()
        fault.delay = duration
        return fault
    }

    package static func tooManyRequests(retryAfterSeconds: Int) -> Fault {
        var fault = Fault()
        let message = "The server is currently unable to handle the request"
        fault.answer = KubeError(
            httpStatus: 429,
            status: Status(
                message: message, reason: "TooManyRequests", details: Status.Details(retryAfterSeconds: retryAfterSeconds), code: 429),
            retryAfter: .seconds(retryAfterSeconds))
        return fault
    }

    package static func serverError(_ code: Int, _ message: String = "injected") -> Fault {
        var fault = Fault()
        let reason = [500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout"][code]
        fault.answer = KubeError(httpStatus: code, status: Status(message: message, reason: reason, code: code))
        return fault
    }

    package static func lostReply(_ error: KubeError = KubeError(.outcomeUnknown, "connection reset by peer")) -> Fault {
        var fault = Fault()
        fault.lostReply = error
        return fault
    }

    package static func cut(afterFrames count: Int) -> Fault {
        var fault = Fault()
        fault.cutAfterFrames = count
        return fault
    }
}

/// Decides about each request; called once a request, in order of arrival, without any lock held.
package typealias FaultPlan = @Sendable (RequestAttributes) -> Fault?
