package import KubeCore

/// Keys that need a look, handed to workers; see `WorkQueueState` for the laws.
///
/// Assumptions: `run` runs beside the workers, else delayed keys never come due.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    package let name: String
    private enum Answer: Sendable { case key(Key, waited: Duration, depth: Int), end }

    private let state: Monitor<WorkQueueState<Key>>
    private let time: any TimeSource
    private let metrics: RuntimeMetrics

    package init(_ name: String, retries: RetryDelays = RetryDelays(), time: any TimeSource, metrics: RuntimeMetrics) {
        self.name = name
        state = Monitor(WorkQueueState(retries: retries))
        self.time = time
        self.metrics = metrics
    }

    package var depth: Int { state.withLock { $0.depth } }
    package var isShutDown: Bool { state.withLock { $0.isShutDown } }

    /// Nothing ready, in hand or waiting for a moment; for tests.
    package var isIdle: Bool { state.withLock { $0.depth == 0 && $0.inHand == 0 && $0.waiting == 0 } }

    /// A look as soon as a worker is free. Never blocks; adding a key twice is one look.
    package func add(_ key: Key) {
        let now = time.uptime()
        let (isNew, depth) = state.change { ($0.add(key, now: now), $0.depth) }
        if isNew { metrics.queued(name, depth: depth) }
    }

    /// A look after the delay, or earlier when asked for earlier.
    package func add(_ key: Key, after delay: Duration) {
        let now = time.uptime()
        state.change { $0.add(key, after: delay, now: now) }
    }

    /// A look after the key's own back-off: 5 ms × 2ⁿ up to 1,000 s.
    package func backOff(_ key: Key, atLeast: Duration = .zero) {
        let now = time.uptime()
        state.change { $0.backOff(key, atLeast: atLeast, now: now) }
        metrics.retried(name)
    }

    /// The key's back-off starts anew.
    package func forget(_ key: Key) { state.withLock { $0.forget(key) } }

    /// The next key, or nil when the queue is shut down. Who takes a key must say `done` for it. Errors: `.cancelled`.
    package func next() async throws(KubeError) -> Key? {
        let time = time
        let answer: Answer = try await state.wait { state in
            if state.isShutDown { return .end }
            return state.take(now: time.uptime()).map { .key($0.key, waited: $0.waited, depth: state.depth) }
        }
        guard case .key(let key, let waited, let depth) = answer else { return nil }
        metrics.dequeued(name, depth: depth, waitedSeconds: waited.inSeconds)
        return key
    }

    package func done(_ key: Key) { state.change { $0.done(key) } }

    /// Workers get nil from now on; what they have in hand may finish.
    package func shutDown() { state.change { $0.shutDown() } }

    /// Makes delayed keys ready when their time comes. Ends when the queue is shut down. Errors: `.cancelled`.
    package func run() async throws(KubeError) {
        while true {
            let now = time.uptime()
            let (next, woken, depth) = state.change { state in
                let due = state.wakeDue(now: now)
                return (due.next, due.woken, state.depth)
            }
            for _ in 0..<woken { metrics.queued(name, depth: depth) }
            if isShutDown { return }
            try await state.wait(until: next, by: time) { $0.isShutDown || $0.isDue(before: next) }
        }
    }
}
