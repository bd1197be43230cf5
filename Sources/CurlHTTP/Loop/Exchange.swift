import Synchronization

/// One request and its answer, shared by the task that waits and the loop that moves the bytes.
///
/// The lock is held for moments only, never across a curl call and never while a continuation is resumed.
final class Exchange: Sendable {
    private let state: Mutex<ExchangeState>
    private let mailbox: Mailbox

    init(for request: TransferRequest, mailbox: Mailbox) {
        state = Mutex(ExchangeState(subject: request.description, isSafe: request.method.isSafe))
        self.mailbox = mailbox
    }

    func error(_ reason: TransferError.Reason, _ message: String) -> TransferError {
        state.withLock { $0.error(reason, message) }
    }

    // MARK: the reader's side

    /// Posts the request and waits for the head of the answer. A cancelled task gets `.cancelled` at once.
    func response(to request: TransferRequest) async throws(TransferError) -> TransferResponse {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let wake = state.withLock { $0.awaitHead(waiter) }
                wake()
                mailbox.post(.start(request, self))
            }
        } onCancel: {
            cancel()
        }
        let head = try answer.get()
        return TransferResponse(status: head.status, headers: head.headers, body: ResponseBody(of: self))
    }

    func nextChunk(isolation actor: isolated (any Actor)?) async throws(TransferError) -> [UInt8]? {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let (wake, mustResume) = state.withLock { $0.awaitChunk(waiter) }
                wake()
                if mustResume { mailbox.post(.resume(self)) }
            }
        } onCancel: {
            cancel()
        }
        return try answer.get()
    }

    /// Ends the exchange and has the loop close its connection. Does nothing to one that is over and read.
    func cancel() {
        let (wake, wasRunning) = state.withLock { $0.cancel() }
        wake()
        if wasRunning { mailbox.post(.cancel(self)) }
    }

    // MARK: the loop's side

    var isOver: Bool { state.withLock { $0.isOver } }

    func beginSending() -> Bool {
        state.withLock { $0.beginSending() }
    }

    func receive(_ head: ResponseHead) {
        let wake = state.withLock { $0.receive(head) }
        wake()
    }

    /// Returns how much is unread now, and whether a paused transfer has to go on at once.
    func handOver(_ bytes: inout Chunks, isPaused: Bool) -> (unread: Int, mustResume: Bool) {
        let result = state.withLock { $0.handOver(&bytes, isPaused: isPaused) }
        result.wake()
        return (result.unread, result.mustResume)
    }

    func finish() {
        let wake = state.withLock { $0.finish() }
        wake()
    }

    func fail(_ reason: TransferError.Reason, _ message: String, notSent: Bool = false) {
        let wake = state.withLock { $0.fail(reason, message, notSent: notSent) }
        wake()
    }

    /// With an error that was made before anything was sent.
    func fail(_ error: TransferError) {
        let wake = state.withLock { $0.fail(with: error) }
        wake()
    }
}
