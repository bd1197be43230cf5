import Synchronization

/// What the tasks outside tell the loop, and the only way in which they touch it.
///
/// The lock over the commands is never held across a curl call. What wakes the loop has a lock of its own, which is held while
/// waking (one write that never blocks), so that the loop can take it away before it closes it.
final class Mailbox: Sendable {
    enum Command: Sendable {
        case start(TransferRequest, Exchange)
        case cancel(Exchange)
        case resume(Exchange)
    }

    private struct State {
        var commands: [Command] = []
        var isClosed = false
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let loop: Mutex<WakeUp?>

    init(waking loop: WakeUp) {
        self.loop = Mutex(loop)
    }

    // MARK: outside

    /// Hands a command to the loop. After `close` a request that wants to start fails, and the rest has no meaning any more.
    func post(_ command: Command) {
        let (isAccepted, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            return (true, state.commands.count == 1)
        }
        if isFirst { wake() }
        if !isAccepted, case .start(_, let exchange) = command { exchange.fail(.clientShutDown, "the client was shut down") }
    }

    /// Asks the loop to end. Whatever is in flight fails.
    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    /// Returns when the loop has ended and freed everything, also to a cancelled task: the end is near.
    func waitForEnd() async {
        await withCheckedContinuation { waiter in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waitingForEnd.append(waiter) }
                return state.hasEnded
            }
            if hasEnded { waiter.resume() }
        }
    }

    private func wake() {
        loop.withLock { $0?.wake() }
    }

    // MARK: the loop

    /// Everything posted since the last call, in order, and whether the loop shall end.
    func take() -> (commands: [Command], isClosed: Bool) {
        state.withLock { state in
            let commands = state.commands
            state.commands = []
            return (commands, state.isClosed)
        }
    }

    /// After this nobody outside wakes the loop any more.
    func forgetLoop() {
        loop.withLock { $0 = nil }
    }

    /// The loop's last word.
    func loopHasEnded() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            let waiters = state.waitingForEnd
            state.waitingForEnd = []
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
