import CurlHTTP
import KubeCore

extension KubeError {
    /// What a failed transfer means to whoever asked the API server. `origin`: where the configuration came from.
    init(_ error: TransferError, origin: String) {
        if error.isOutcomeUnknown {
            self.init(.outcomeUnknown, error.description)
            return
        }
        switch error.reason {
        case .cancelled: self.init(.cancelled, "cancelled")
        case .clientShutDown: self.init(.cancelled, "the HTTP client was shut down")
        case .invalidRequest, .invalidTLSMaterial: self.init(.configuration, "\(origin): \(error.message)")
        case .nameNotResolved, .connectionRefused, .unreachable, .connectionClosed: self.init(.unreachable, error.message)
        case .proxyFailed: self.init(.unreachable, "the proxy did not let us through: \(error.message)")
        case .tls(let failure): self.init(.unreachable, error.message + Self.advice(for: failure, origin))
        case .timedOut, .idle: self.init(.timedOut, error.message)
        case .tooLarge: self.init(.tooLarge, error.message)
        case .malformedResponse: self.init(.malformedResponse, error.message)
        case .unexpected: self.init(.internalError, error.message)
        }
    }

    private static func advice(for failure: TLSFailure, _ origin: String) -> String {
        switch failure {
        case .untrustedIssuer: "; \(origin) names another certificate authority than the server's"
        case .expired: "; the server's certificate must be renewed"
        case .notYetValid: "; compare the clocks of the two machines"
        case .nameMismatch: "; use a name that the certificate has, or set tls-server-name"
        case .clientCertificateRequired, .clientCertificateRefused: "; renew the client certificate in \(origin)"
        case .invalidServerCertificate, .handshakeFailed: ""
        }
    }
}
