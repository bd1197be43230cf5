import Testing

@testable import CurlHTTP

@Suite struct TLSFailureTests {
    @Test(arguments: [
        ("error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0", TLSFailure.clientCertificateRequired),
        ("error:0A000418:SSL routines::tlsv1 alert unknown ca", .clientCertificateRefused),
        ("error:0A000412:SSL routines::sslv3 alert bad certificate", .clientCertificateRefused),
        ("error:0A000412:SSL routines::ssl/tls alert bad certificate", .clientCertificateRefused),
        ("error:0A000415:SSL routines::sslv3 alert certificate expired", .clientCertificateRefused),
        ("error:0A000410:SSL routines::sslv3 alert handshake failure", nil),
        ("Connection reset by peer", nil),
    ])
    func `OpenSSL's words for an alert are understood`(_ text: String, _ failure: TLSFailure?) {
        #expect(TLSFailure(alertIn: text) == failure)
    }

    @Test func `only a change that may have arrived has an unknown outcome`() {
        #expect(TransferError(.connectionClosed, "", delivery: .unanswered, isSafe: false).isOutcomeUnknown)
        #expect(!TransferError(.connectionClosed, "", delivery: .unanswered, isSafe: true).isOutcomeUnknown)
        #expect(!TransferError(.connectionClosed, "", delivery: .notSent, isSafe: false).isOutcomeUnknown)
        #expect(!TransferError(.connectionClosed, "", delivery: .answered(status: 200), isSafe: false).isOutcomeUnknown)
    }
}
