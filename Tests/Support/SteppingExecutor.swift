import Synchronization

/// Runs the jobs of its tasks one at a time, first come first served, on whatever thread calls `runNext`.
///
/// Tasks that prefer it, their children and the default actors they enter leave every job here, so a run is the same each time.
/// Quiescent means `runNext` returns false. Jobs must come from tasks of this executor: nothing waits for other threads.
package final class SteppingExecutor: TaskExecutor {
    private struct State: Sendable {
        var jobs: [UnownedJob] = []
        var head = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Runs the oldest job to its next suspension; false when there is none.
    package func runNext() -> Bool {
        let job: UnownedJob? = state.withLock { state in
            guard state.head < state.jobs.count else { return nil }
            let job = state.jobs[state.head]
            state.head += 1
            if state.head == state.jobs.count {
                state.jobs.removeAll(keepingCapacity: true)
                state.head = 0
            } else if state.head > 4096 {
                state.jobs.removeFirst(state.head)
                state.head = 0
            }
            return job
        }
        guard let job else { return false }
        job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }
}
