import CLibcurl
import Glibc

/// What libcurl's code, its text and our own limits mean for the caller.
struct TransferFailure {
    let reason: TransferError.Reason
    let message: String
    /// CURLE_TOO_LARGE, which libcurl has since 8.6.
    private static let tooLarge = CURLcode(rawValue: 100)
    /// The server cannot have acted: no byte left, or it refused our certificate before it read any.
    private(set) var isSurelyNotSent = false

    init(of transfer: Transfer, verdict: Watchdog.Verdict) {
        switch verdict {
        case .total:
            reason = .timedOut(transfer.phase)
            message = "not done within \(transfer.request.totalTimeout ?? .zero)"
        case .idle:
            reason = .idle(transfer.phase)
            message = "nothing moved for \(transfer.request.idleTimeout ?? .zero)"
        }
    }

    init(of transfer: Transfer, code: CURLcode) {
        if let refusal = transfer.refusal {
            (reason, message) = refusal
            return
        }
        message = transfer.explanation(of: code)
        reason = Self.reason(for: code, transfer, message)
        if case .tls(let failure) = reason, failure == .clientCertificateRequired || failure == .clientCertificateRefused {
            isSurelyNotSent = true
        } else {
            isSurelyNotSent = code == CURLE_SEND_ERROR && transfer.info(CURLINFO_REQUEST_SIZE) == 0
        }
    }

    private static func reason(for code: CURLcode, _ transfer: Transfer, _ text: String) -> TransferError.Reason {
        let isConnecting = transfer.phase == .connecting
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: return .invalidRequest
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotResolved
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return .proxyFailed(status: nil)
        case CURLE_COULDNT_CONNECT:
            if transfer.request.proxy != nil { return .proxyFailed(status: nil) }
            return transfer.info(CURLINFO_OS_ERRNO) == Int(ECONNREFUSED) ? .connectionRefused : .unreachable
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(transfer.phase)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return .tls(TLSFailure(verificationResult: transfer.info(CURLINFO_SSL_VERIFYRESULT)))
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE: return .invalidTLSMaterial
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER:
            return .tls(TLSFailure(alertIn: text) ?? .handshakeFailed)
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
            return broken(transfer, text, isConnecting: isConnecting)
        case CURLE_OUT_OF_MEMORY, tooLarge:
            // libcurl's own limit for one header line is 100 KB; it had no code of its own for that at first.
            return transfer.phase == .awaitingHead ? .tooLarge(.head) : .unexpected(code: Int(code.rawValue))
        case CURLE_UNSUPPORTED_PROTOCOL: return isConnecting ? .invalidRequest : .malformedResponse
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: return .malformedResponse
        default: return .unexpected(code: Int(code.rawValue))
        }
    }

    private static func broken(_ transfer: Transfer, _ text: String, isConnecting: Bool) -> TransferError.Reason {
        if let failure = TLSFailure(alertIn: text) { return .tls(failure) }
        if isConnecting, transfer.request.proxy != nil {
            let status = transfer.info(CURLINFO_HTTP_CONNECTCODE)
            return .proxyFailed(status: status == 0 ? nil : status)
        }
        return text.contains("chunk") ? .malformedResponse : .connectionClosed
    }
}
