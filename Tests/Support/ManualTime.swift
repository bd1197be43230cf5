package import KubeCore
import Synchronization

/// A clock that moves only when told. Sleepers wake in order of their deadline, then of their arrival.
package final class ManualTime: TimeSource {
    private struct Sleeper {
        var id: UInt64
        var deadline: Duration
        var taskName: String
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var uptime = Duration.zero
        var wallOffset = Duration.zero
        var nextID: UInt64 = 0
        var sleepers: [Sleeper] = []
        /// Cancelled before they had registered.
        var cancelledEarly: Set<UInt64> = []
    }

    private let start: Timestamp
    private let state = Mutex(State())

    package init(start: Timestamp = Timestamp(seconds: 1_767_225_600)) { self.start = start }

    package func now() -> Timestamp { state.withLock { start + $0.uptime + $0.wallOffset } }

    package func uptime() -> Duration { state.withLock { $0.uptime } }

    package func sleep(for duration: Duration) async throws(KubeError) {
        guard !Task.isCancelled else { throw KubeError(.cancelled, "cancelled while waiting") }
        guard duration > .zero else { return }
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        let name = Task.name ?? "unnamed"
        let wokeInTime = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let wasCancelled = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return true }
                    let sleeper = Sleeper(id: id, deadline: state.uptime + duration, taskName: name, continuation: continuation)
                    let index = state.sleepers.firstIndex { $0.deadline > sleeper.deadline } ?? state.sleepers.endIndex
                    state.sleepers.insert(sleeper, at: index)
                    return false
                }
                if wasCancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Bool, Never>? = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelledEarly.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index).continuation
            }
            continuation?.resume(returning: false)
        }
        _ = state.withLock { $0.cancelledEarly.remove(id) }
        guard wokeInTime else { throw KubeError(.cancelled, "cancelled while waiting") }
    }

    /// When the next sleeper wants to wake.
    package var nextDeadline: Duration? { state.withLock { $0.sleepers.first?.deadline } }

    /// Moves to the deadline of the first sleeper and wakes it alone; false when nobody sleeps.
    package func wakeNext() -> Bool {
        let sleeper: Sleeper? = state.withLock { state in
            guard !state.sleepers.isEmpty else { return nil }
            let sleeper = state.sleepers.removeFirst()
            state.uptime = max(state.uptime, sleeper.deadline)
            return sleeper
        }
        sleeper?.continuation.resume(returning: true)
        return sleeper != nil
    }

    /// Lets time pass without anybody noticing, as for a process that was stopped: sleepers wake late, in order.
    package func jump(by duration: Duration) { state.withLock { $0.uptime += duration } }

    /// Sets the wall clock forward or back; the monotonic clock does not notice.
    package func shiftWallClock(by duration: Duration) { state.withLock { $0.wallOffset += duration } }

    /// Who sleeps until when, for messages.
    package var sleepers: String {
        state.withLock { state in
            let lines = state.sleepers.prefix(20).map { "  \($0.taskName) until \($0.deadline)" }
            let rest = state.sleepers.count > 20 ? "\n  and \(state.sleepers.count - 20) more" : ""
            return state.sleepers.isEmpty ? "  nobody" : lines.joined(separator: "\n") + rest
        }
    }
}
