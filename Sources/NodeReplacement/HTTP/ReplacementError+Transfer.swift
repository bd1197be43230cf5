import CurlHTTP

extension ReplacementError {
    /// What a failed transfer means; `safely` when asking twice is as good as asking once, whatever the HTTP method says.
    init(_ error: TransferError, whileAsking subject: String, safely: Bool) {
        if error.isOutcomeUnknown, !safely {
            self.init(.outcomeUnknown, "\(subject): \(error.message); it may have been done")
            return
        }
        let reason: Reason =
            switch error.reason {
            case .cancelled, .clientShutDown: .cancelled
            case .invalidRequest, .invalidTLSMaterial: .misconfigured
            case .timedOut, .idle: .timedOut
            case .tooLarge, .malformedResponse: .malformedAnswer
            case .nameNotResolved, .connectionRefused, .unreachable, .connectionClosed, .proxyFailed, .tls, .unexpected: .unreachable
            }
        self.init(reason, "\(subject): \(error.message)")
    }
}
