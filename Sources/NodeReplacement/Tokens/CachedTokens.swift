package import KubeCore
import Synchronization

/// Keeps a token until shortly before its end.
///
/// Guarantees: one request for a token at a time; who comes meanwhile uses the old one while it is good, else waits. A token is
/// renewed four minutes before its end (the metadata server has a new one five minutes before), and a failing renewal does not
/// matter until half a minute before it, but for a try every half minute.
package final class CachedTokens: Sendable {
    private static let renewAhead: Duration = .seconds(240)
    private static let stopAhead: Duration = .seconds(30)

    private enum Turn {
        case use(AccessToken)
        case fetch(fallback: AccessToken?)
        case wait
    }

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var token: AccessToken?
        var usableUntil: Duration = .zero
        var renewFrom: Duration = .zero
        var isFetching = false
        var nextID: UInt64 = 0
        var waiters: [Waiter] = []
        /// Cancelled before they had registered.
        var cancelledEarly: Set<UInt64> = []

        mutating func turn(at now: Duration) -> Turn {
            let usable = now < usableUntil ? token : nil
            if let usable, now < renewFrom || isFetching { return .use(usable) }
            if isFetching { return .wait }
            isFetching = true
            return .fetch(fallback: usable)
        }
    }

    private let source: any TokenSource
    private let time: any TimeSource
    private let state = Mutex(State())

    package init(_ source: any TokenSource, time: any TimeSource) {
        self.source = source
        self.time = time
    }

    package func token() async throws(ReplacementError) -> AccessToken {
        while true {
            guard !Task.isCancelled else { throw ReplacementError(.cancelled, "cancelled while waiting for a token") }
            let now = time.uptime()
            let turn = state.withLock { $0.turn(at: now) }
            switch turn {
            case .use(let token): return token
            case .wait: await waitForFetch()
            case .fetch(let fallback): return try await fetch(at: now, fallback: fallback)
            }
        }
    }

    /// Forgets the token, if it is still the one in use: the service it was for does not take it.
    package func invalidate(_ token: AccessToken) {
        state.withLock { state in
            if state.token == token { state.token = nil }
        }
    }

    private func fetch(at now: Duration, fallback: AccessToken?) async throws(ReplacementError) -> AccessToken {
        do throws(ReplacementError) {
            let token = try await source.token()
            finish { state in
                state.token = token
                let lifetime = token.lifetime
                // A token shorter than both margins is used for half of its time.
                state.usableUntil = now + max(lifetime - Self.stopAhead, lifetime / 2)
                state.renewFrom = now + max(lifetime - Self.renewAhead, lifetime / 2)
            }
            return token
        } catch {
            let retryAt = time.uptime() + Self.stopAhead
            finish { $0.renewFrom = retryAt }
            if let fallback, error.verdict != .stopped { return fallback }
            throw error
        }
    }

    private func finish(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            state.isFetching = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Returns when the fetch under way has ended, or the task is cancelled. Whoever waited looks again: if the fetch failed, the
    /// first of them tries, so that one caller's cancellation is nobody else's.
    private func waitForFetch() async {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil || !state.isFetching { return true }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelledEarly.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume()
        }
        _ = state.withLock { $0.cancelledEarly.remove(id) }
    }
}
