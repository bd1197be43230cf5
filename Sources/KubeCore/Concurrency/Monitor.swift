import Synchronization

/// State under a lock that tasks can wait on: each change lets every waiter look again.
///
/// Guarantees: no wake-up is lost, since looking and registering happen under one lock; waiters look in the order of their arrival.
package final class Monitor<State: Sendable>: Sendable {
    private struct Waiter {
        var id: UInt64
        /// True: look again. False: cancelled.
        var resume: @Sendable (Bool) -> Void
    }

    private enum Wake<Result: Sendable>: Sendable { case got(Result), look, cancelled }

    private struct Guarded {
        var state: State
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
        /// Cancelled before they had registered.
        var cancelledEarly: Set<UInt64> = []
    }

    private let guarded: Mutex<Guarded>

    package init(_ state: State) { guarded = Mutex(Guarded(state: state)) }

    /// Reads, or changes what nobody waits for.
    package func withLock<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        guarded.withLock { body(&$0.state) }
    }

    /// Changes the state and lets the waiters look.
    package func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, waiters) = guarded.withLock { guarded in
            let result = body(&guarded.state)
            defer { guarded.waiters = [] }
            return (result, guarded.waiters)
        }
        for waiter in waiters { waiter.resume(true) }
        return result
    }

    /// Returns as soon as `attempt` gives a value. Errors: `.cancelled`.
    package func wait<Result: Sendable>(_ attempt: @Sendable (inout State) -> Result?) async throws(KubeError) -> Result {
        while true {
            guard !Task.isCancelled else { throw KubeError(.cancelled, "cancelled while waiting") }
            switch await attemptOrSuspend(attempt) {
            case .got(let result): return result
            case .look: continue
            case .cancelled: throw KubeError(.cancelled, "cancelled while waiting")
            }
        }
    }

    private func attemptOrSuspend<Result: Sendable>(_ attempt: @Sendable (inout State) -> Result?) async -> Wake<Result> {
        let id = guarded.withLock { guarded in
            defer { guarded.nextID += 1 }
            return guarded.nextID
        }
        let wake = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Wake<Result>, Never>) in
                let answer: Wake<Result>? = guarded.withLock { guarded in
                    if guarded.cancelledEarly.remove(id) != nil { return .cancelled }
                    if let result = attempt(&guarded.state) { return .got(result) }
                    guarded.waiters.append(Waiter(id: id) { continuation.resume(returning: $0 ? .look : .cancelled) })
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = guarded.withLock { guarded in
                guard let index = guarded.waiters.firstIndex(where: { $0.id == id }) else {
                    guarded.cancelledEarly.insert(id)
                    return nil
                }
                return guarded.waiters.remove(at: index)
            }
            waiter?.resume(false)
        }
        guarded.withLock { _ = $0.cancelledEarly.remove(id) }
        return wake
    }
}

extension Monitor {
    /// Returns when the condition holds, or at `deadline` on the monotonic clock if there is one. Errors: `.cancelled`.
    package func wait(
        until deadline: Duration?, by time: any TimeSource, or condition: @escaping @Sendable (inout State) -> Bool
    ) async throws(KubeError) {
        let changed: @Sendable () async throws(KubeError) -> Void = { () async throws(KubeError) in
            try await self.wait { condition(&$0) ? () : nil }
        }
        guard let deadline else { return try await changed() }
        _ = try await time.run(for: max(.zero, deadline - time.uptime()), changed)
    }
}
