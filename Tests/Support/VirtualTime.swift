package import KubeCore
import Synchronization

package struct VirtualTimeError: Error, CustomStringConvertible {
    package var description: String
}

/// Runs `body` and every task below it under one stepping executor, and moves its clock only when no job is left.
///
/// The body may start children freely (task groups, `async let`), but nothing on another executor or thread.
/// Errors: what the body throws; `VirtualTimeError` when `limit` of virtual time has passed, when everything waits and nobody
/// sleeps, or when tasks keep running without the clock moving. It says who sleeps.
@discardableResult
package func withVirtualTime<Value: Sendable>(
    limit: Duration = .seconds(24 * 3600), time: ManualTime = ManualTime(),
    _ body: @escaping @Sendable (ManualTime) async throws -> Value
) throws -> Value {
    let executor = SteppingExecutor()
    let outcome = Outcome<Value>()
    let task = Task(name: "body", executorPreference: executor) {
        do {
            outcome.set(.success(try await body(time)))
        } catch {
            outcome.set(.failure(error))
        }
    }
    do {
        try drive(executor, time, until: { outcome.value != nil }, limit: limit)
    } catch {
        // Let what can be cancelled end, so that one failing test leaves nothing behind for the next.
        task.cancel()
        var rest = 1_000_000
        while outcome.value == nil, rest > 0, executor.runNext() { rest -= 1 }
        throw error
    }
    while executor.runNext() {}
    guard let result = outcome.value else { throw VirtualTimeError(description: "the body did not end") }
    return try result.get()
}

private func drive(
    _ executor: SteppingExecutor, _ time: ManualTime, until isDone: () -> Bool, limit: Duration
) throws(VirtualTimeError) {
    let mostJobsAtOnce = 20_000_000
    var jobs = 0
    while !isDone() {
        if executor.runNext() {
            jobs += 1
            guard jobs < mostJobsAtOnce else {
                throw VirtualTimeError(description: "\(jobs) jobs ran at \(time.uptime()) and the clock never moved: something spins")
            }
            continue
        }
        jobs = 0
        guard let deadline = time.nextDeadline else {
            throw VirtualTimeError(description: "at \(time.uptime()) every task waits for another and nobody sleeps")
        }
        guard deadline <= limit else {
            throw VirtualTimeError(description: "not done after \(limit) of virtual time; sleeping:\n\(time.sleepers)")
        }
        _ = time.wakeNext()
    }
}

private final class Outcome<Value: Sendable>: Sendable {
    private let state = Mutex<Result<Value, any Error>?>(nil)

    var value: Result<Value, any Error>? { state.withLock { $0 } }

    func set(_ result: Result<Value, any Error>) { state.withLock { $0 = result } }
}

/// Runs long-lived parts beside a body and cancels them when it ends.
///
/// Errors: the body's first, else the first error of a part that is not a cancellation.
package func running<Value: Sendable>(
    _ parts: [@Sendable () async throws -> Void], while body: @Sendable () async throws -> Value
) async throws -> Value {
    let (value, failure) = try await withThrowingTaskGroup(of: (any Error)?.self) { group in
        for (index, part) in parts.enumerated() {
            group.addTask(name: "part \(index)") {
                do {
                    try await part()
                    return nil
                } catch {
                    return error
                }
            }
        }
        let value = try await body()
        group.cancelAll()
        var failure: (any Error)?
        for try await error in group where !isCancellation(error) { failure = failure ?? error }
        return (value, failure)
    }
    if let failure { throw failure }
    return value
}

private func isCancellation(_ error: (any Error)?) -> Bool {
    error is CancellationError || (error as? KubeError)?.isCancelled == true
}

extension TimeSource {
    /// Looks again every virtual 100 ms until the condition holds. Errors: `VirtualTimeError` after `duration`.
    package func wait(
        upTo duration: Duration = .seconds(600), every interval: Duration = .milliseconds(100), for what: String = "the condition",
        _ condition: () async throws -> Bool
    ) async throws {
        let deadline = uptime() + duration
        while true {
            if try await condition() { return }
            guard uptime() < deadline else { throw VirtualTimeError(description: "\(what) did not hold within \(duration)") }
            try await sleep(for: interval)
        }
    }
}
