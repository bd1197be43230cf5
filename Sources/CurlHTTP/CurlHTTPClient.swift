import CLibcurl
import Glibc

/// An HTTP/1.1 client over libcurl, for any number of requests at a time.
///
/// Guarantees:
/// - A request that is not safe (`TransferRequest.Method.isSafe`) is sent at most once. If it may have arrived and no answer
///   came, the error says so (`TransferError.isOutcomeUnknown`). Nothing is retried but safe requests on a kept-alive
///   connection that turned out to be dead.
/// - No redirect is followed, nothing is decompressed, no cookie is kept, no proxy and no `.netrc` is taken from
///   the environment. (OpenSSL itself honours `OPENSSL_CONF`, libcurl's debugging aid `SSLKEYLOGFILE`.)
/// - Memory per transfer is bounded by `Configuration.unreadLimit` and one read buffer, however slow the reader.
/// - Cancelling the task that waits ends the transfer and closes its connection, in every phase.
///
/// Assumptions: SIGPIPE may be ignored in the whole process (the first client sees to that), since OpenSSL writes to sockets
/// without asking for no signal.
///
/// One thread belongs to each client and sleeps when nothing happens. `shutdown` ends and joins it; a client that just goes
/// away ends it too, without waiting.
package final class CurlHTTPClient: Sendable {
    private let mailbox: Mailbox
    private let thread: LoopThread

    /// - Throws: `TransferError` with reason `unexpected` if libcurl or the system has no resources left.
    package init(configuration: Configuration = Configuration()) throws(TransferError) {
        guard Self.library == CURLE_OK, let multi = curl_multi_init() else {
            throw TransferError(.unexpected(code: Int(Self.library.rawValue)), "libcurl could not be initialised")
        }
        let handle = MultiHandle(pointer: multi)
        var wakeUp: WakeUp?
        do throws(TransferError) {
            let waker = try WakeUp()
            wakeUp = waker
            let mailbox = Mailbox(waking: waker)
            self.mailbox = mailbox
            thread = try LoopThread(named: configuration.name) {
                TransferLoop(handle, waker, mailbox: mailbox, configuration: configuration).run()
            }
        } catch {
            wakeUp?.close()
            curl_multi_cleanup(multi)
            throw error
        }
    }

    deinit {
        mailbox.close()
    }

    /// Sends the request and returns when the head of the answer is complete; the body is read from the response.
    ///
    /// - Throws: `TransferError`. An HTTP error status is an answer and not thrown.
    package func execute(_ request: TransferRequest) async throws(TransferError) -> TransferResponse {
        try await Exchange(for: request, mailbox: mailbox).response(to: request)
    }

    /// Sends the request and reads the whole body, of at most `limit` bytes.
    ///
    /// - Throws: `TransferError`; with `tooLarge(.body)` the transfer was ended. If the body breaks off, the error's `delivery`
    ///   still has the status.
    package func collect(_ request: TransferRequest, upTo limit: Int) async throws(TransferError) -> CollectedResponse {
        let response = try await execute(request)
        let body = try await response.body.collect(upTo: limit)
        return CollectedResponse(status: response.status, headers: response.headers, body: body)
    }

    /// Fails every transfer in flight with `clientShutDown`, closes every connection and joins the thread.
    ///
    /// May be called more than once. Requests that come later fail with the same reason.
    package func shutdown() async {
        mailbox.close()
        await mailbox.waitForEnd()
        thread.join()
    }

    /// libcurl and OpenSSL are set up once per process, before the first client, and stay.
    private static let library: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_SSL))
    }()
}
