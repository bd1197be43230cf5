import KubeCore
import Logging
import Synchronization

/// A value read from files and read again from time to time; what was read last stays when a later reading fails.
final class Freshened<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var readAt: Duration = .zero
        var isStale = false
    }

    private let interval: Duration
    private let time: any TimeSource
    private let logger: Logger
    private let read: @Sendable () throws(KubeError) -> Value
    private let state = Mutex(State())

    init(
        every interval: Duration, time: any TimeSource, logger: Logger, _ read: @escaping @Sendable () throws(KubeError) -> Value
    ) {
        self.interval = interval
        self.time = time
        self.logger = logger
        self.read = read
    }

    /// Errors: those of the very first reading.
    func value() throws(KubeError) -> Value {
        let now = time.uptime()
        let kept: Value? = state.withLock { state in
            guard let value = state.value, !state.isStale, now - state.readAt < interval else { return nil }
            return value
        }
        if let kept { return kept }
        do throws(KubeError) {
            let value = try read()
            state.withLock { $0 = State(value: value, readAt: now) }
            return value
        } catch {
            let last: Value? = state.withLock { state in
                state.readAt = now
                state.isStale = false
                return state.value
            }
            guard let last else { throw error }
            logger.warning("credentials cannot be read again; the last ones are used", metadata: ["error": .string(error.message)])
            return last
        }
    }

    /// The next call reads again.
    func invalidate() { state.withLock { $0.isStale = true } }
}
