package import KubeCore
import Synchronization

/// Makes an API server go wrong by rules: the n-th request that a rule is for, and the times of compaction.
///
/// Guarantee: deterministic; each rule counts for itself, and all that meet at one request happen to it.
package final class FaultSchedule: Sendable {
    private let rules: [FaultRule]
    private let server: SimulatedAPIServer
    private let time: any TimeSource
    private let counts: Mutex<[Int]>

    /// Starts at once; durations are those of the clock.
    package init(_ rules: [FaultRule], server: SimulatedAPIServer, time: any TimeSource) {
        self.rules = rules
        self.server = server
        self.time = time
        counts = Mutex(Array(repeating: 0, count: rules.count))
        server.injectFaults { [weak self] request in self?.fault(for: request) }
    }

    private func fault(for request: RequestAttributes) -> Fault? {
        let revision = server.revision
        return counts.withLock { counts in
            var fault: Fault?
            for (index, rule) in rules.enumerated() where rule.concerns(request) {
                counts[index] += 1
                guard counts[index] % rule.every == 0 else { continue }
                var combined = fault ?? Fault()
                combined.add(rule.kind, revision: revision)
                fault = combined
            }
            return fault
        }
    }

    /// What happens by itself and not to a request: runs until cancelled, or ends at once when there is nothing of that kind.
    package func run() async throws(KubeError) {
        let intervals = rules.compactMap { rule in
            if case .compaction(let interval) = rule.kind { interval } else { nil }
        }
        guard let interval = intervals.min() else { return }
        while true {
            try await time.sleep(for: interval)
            server.compact()
        }
    }
}

extension Fault {
    fileprivate mutating func add(_ kind: FaultRule.Kind, revision: Int64) {
        switch kind {
        case .latency(let duration): delay = (delay ?? .zero) + duration
        case .tooManyRequests(let seconds): answer = Fault.tooManyRequests(retryAfterSeconds: seconds).answer
        case .serverError(let code): answer = Fault.serverError(code).answer
        case .lostReply: lostReply = Fault.lostReply().lostReply
        case .cut(let frames): cutAfterFrames = frames
        case .lateBookmarks(let duration): bookmarkDelay = duration
        case .lag(let count): readsAsOf = max(1, revision - count)
        case .compaction: break
        }
    }
}
