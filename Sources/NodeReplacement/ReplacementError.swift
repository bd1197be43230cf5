/// Why a machine could not be found, asked for or followed.
package struct ReplacementError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the caller does about it.
    package enum Verdict: Sendable, Hashable {
        /// Trying again may succeed without anybody doing anything; not before the time that the provider asked for, if any.
        case retryLater(after: Duration?)
        /// Trying again is of no use until somebody has changed rights, groups or configuration.
        case needsPerson
        /// There is no such machine any more.
        case gone
        /// The process is stopping, or no longer leads.
        case stopped
    }

    /// In CamelCase, as conditions carry it.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case rateLimited = "RateLimited"
        case quotaExceeded = "QuotaExceeded"
        case outOfCapacity = "OutOfCapacity"
        case serverError = "ServerError"
        case unreachable = "Unreachable"
        case timedOut = "TimedOut"
        /// It was sent and no answer came: it may have been done.
        case outcomeUnknown = "OutcomeUnknown"
        /// The provider is doing something else with the machine.
        case busy = "Busy"
        case conflict = "Conflict"
        case malformedAnswer = "MalformedAnswer"
        /// The Node object tells of an earlier machine than the one that runs.
        case nodeOutdated = "NodeOutdated"
        /// For a cause that has no name here; the provider's own word is in the message.
        case failed = "Failed"

        case unauthenticated = "Unauthenticated"
        case forbidden = "Forbidden"
        case apiDisabled = "APIDisabled"
        /// Nobody would bring another machine for this one.
        case notInGroup = "NotInGroup"
        /// The Node names a machine that does not name the Node.
        case identityMismatch = "IdentityMismatch"
        /// This provider must not, or can't, do that to this machine.
        case notReplaceable = "NotReplaceable"
        case invalidRequest = "InvalidRequest"
        case misconfigured = "Misconfigured"

        case gone = "Gone"
        case cancelled = "Cancelled"
    }

    package var reason: Reason
    /// For people: names the object or the permission to look at, with the provider's own words; never a credential.
    package var message: String
    /// What the provider asked for.
    package var retryAfter: Duration?
    /// The same request id would get the same answer: another attempt needs another one.
    package var endsRequest: Bool

    package init(_ reason: Reason, _ message: String, retryAfter: Duration? = nil, endsRequest: Bool = false) {
        self.reason = reason
        self.message = message
        self.retryAfter = retryAfter
        self.endsRequest = endsRequest
    }

    package var description: String { "\(reason.rawValue): \(message)" }

    package var verdict: Verdict {
        switch reason {
        case .rateLimited, .quotaExceeded, .outOfCapacity, .serverError, .unreachable, .timedOut, .outcomeUnknown, .busy, .conflict,
            .malformedAnswer, .nodeOutdated, .failed:
            .retryLater(after: retryAfter)
        case .unauthenticated, .forbidden, .apiDisabled, .notInGroup, .identityMismatch, .notReplaceable, .invalidRequest, .misconfigured:
            .needsPerson
        case .gone: .gone
        case .cancelled: .stopped
        }
    }
}
