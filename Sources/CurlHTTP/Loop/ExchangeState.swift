/// Where one request and its answer stand, between the loop that moves bytes and the task that wants them.
///
/// A pure value: every change returns whom to wake with what, and the caller does so when it holds no lock any more.
struct ExchangeState {
    typealias HeadWaiter = CheckedContinuation<Result<ResponseHead, TransferError>, Never>
    typealias ChunkWaiter = CheckedContinuation<Result<[UInt8]?, TransferError>, Never>

    /// A task that has its answer now.
    enum Wake {
        case nobody
        case head(HeadWaiter, Result<ResponseHead, TransferError>)
        case chunk(ChunkWaiter, Result<[UInt8]?, TransferError>)

        func callAsFunction() {
            switch self {
            case .nobody: break
            case .head(let waiter, let answer): waiter.resume(returning: answer)
            case .chunk(let waiter, let answer): waiter.resume(returning: answer)
            }
        }
    }

    private let subject: String
    private let isSafe: Bool
    private var delivery = TransferError.Delivery.notSent
    private var head: ResponseHead?
    /// What the reader has not fetched.
    private var unread = Chunks()
    /// Set once, by the loop or by a cancellation: whichever comes first is the truth. `nil` stands for a complete answer.
    private var ending: TransferError??
    private var isPaused = false
    private var headWaiter: HeadWaiter?
    private var chunkWaiter: ChunkWaiter?

    init(subject: String, isSafe: Bool) {
        self.subject = subject
        self.isSafe = isSafe
    }

    var isOver: Bool { ending != nil }

    func error(_ reason: TransferError.Reason, _ message: String) -> TransferError {
        TransferError(reason, "\(subject): \(message)", delivery: delivery, isSafe: isSafe)
    }

    // MARK: the loop's side

    /// From here on the server may see the request. `false` if nobody wants it any more: then nothing may be sent, so that
    /// an error that said `notSent` stays true.
    mutating func beginSending() -> Bool {
        guard !isOver else { return false }
        if delivery == .notSent { delivery = .unanswered }
        return true
    }

    mutating func receive(_ head: ResponseHead) -> Wake {
        guard !isOver else { return .nobody }
        delivery = .answered(status: head.status)
        self.head = head
        guard let waiter = headWaiter else { return .nobody }
        headWaiter = nil
        return .head(waiter, .success(head))
    }

    struct HandOver {
        var wake = Wake.nobody
        /// How many bytes the reader has not fetched.
        var unread = 0
        /// The transfer stands still though the reader has nothing left to read: it has to go on at once.
        var mustResume = false
    }

    /// Takes what came in during one turn of the loop. If the transfer stands still for the reader's sake, it will be
    /// asked to resume as soon as everything is read.
    mutating func handOver(_ bytes: inout Chunks, isPaused: Bool) -> HandOver {
        guard !isOver else { return HandOver() }
        unread.take(all: &bytes)
        var result = HandOver()
        if let waiter = chunkWaiter, let chunk = unread.popFirst() {
            chunkWaiter = nil
            result.wake = .chunk(waiter, .success(chunk))
        }
        result.unread = unread.size
        result.mustResume = isPaused && unread.isEmpty
        self.isPaused = isPaused && !unread.isEmpty
        return result
    }

    mutating func finish() -> Wake {
        guard !isOver else { return .nobody }
        guard head != nil else { return fail(with: error(.malformedResponse, "the answer has no head")) }
        ending = .some(nil)
        return wakeAtEnd()
    }

    /// Ends with an error. `notSent` is for a caller that knows that no byte has left, or that the server refused to talk.
    mutating func fail(_ reason: TransferError.Reason, _ message: String, notSent: Bool) -> Wake {
        if notSent, head == nil { delivery = .notSent }
        return fail(with: error(reason, message))
    }

    mutating func fail(with error: TransferError) -> Wake {
        guard !isOver else { return .nobody }
        ending = .some(error)
        return wakeAtEnd()
    }

    // MARK: the reader's side

    mutating func awaitHead(_ waiter: HeadWaiter) -> Wake {
        switch (head, ending) {
        case (_, .some(.some(let error))): return .head(waiter, .failure(error))
        case (.some(let head), _): return .head(waiter, .success(head))
        default:
            headWaiter = waiter
            return .nobody
        }
    }

    /// Answers with what is there, or keeps the waiter. `mustResume`: everything is read and the transfer stands still.
    mutating func awaitChunk(_ waiter: ChunkWaiter) -> (wake: Wake, mustResume: Bool) {
        guard chunkWaiter == nil else {
            return (.chunk(waiter, .failure(error(.invalidRequest, "the body has two readers"))), false)
        }
        if let chunk = unread.popFirst() {
            let mustResume = isPaused && unread.isEmpty
            if mustResume { isPaused = false }
            return (.chunk(waiter, .success(chunk)), mustResume)
        }
        switch ending {
        case .some(.some(let error)): return (.chunk(waiter, .failure(error)), false)
        case .some(.none): return (.chunk(waiter, .success(nil)), false)
        case .none:
            chunkWaiter = waiter
            return (.nobody, false)
        }
    }

    /// Ends the exchange for its reader, at once. `wasRunning`: the loop still has a transfer to end.
    mutating func cancel() -> (wake: Wake, wasRunning: Bool) {
        let wasRunning = !isOver
        if wasRunning || !unread.isEmpty {
            unread = Chunks()
            ending = .some(error(.cancelled, "cancelled"))
        }
        return (wakeAtEnd(), wasRunning)
    }

    /// A waiting reader has read all that was there, so the end is the next thing for it to know.
    private mutating func wakeAtEnd() -> Wake {
        let error = ending ?? nil
        if let waiter = headWaiter {
            headWaiter = nil
            if let error { return .head(waiter, .failure(error)) }
            guard let head else { return .nobody }
            return .head(waiter, .success(head))
        }
        if let waiter = chunkWaiter {
            chunkWaiter = nil
            return .chunk(waiter, error.map { .failure($0) } ?? .success(nil))
        }
        return .nobody
    }
}
