package import KubeClient
package import KubeCore
package import Logging
import Synchronization

/// Lets one of several candidates work at a time, by a Lease.
///
/// Guarantees:
/// - The body runs only while this candidate renews the lease; when it cannot for `renewDeadline`, or somebody else has it, the
///   body is cancelled, awaited, and `run` throws `.leadershipLost`.
/// - Only the local monotonic clock decides; a candidate takes over when the record has not moved for the holder's lease duration.
/// - When the body ends or `run` is cancelled, the lease is given back after the body has ended, so that the next one starts at once.
///
/// Assumptions: this is no fencing. A holder that was stopped and goes on may send one more write before it notices; so every
/// write is guarded by uid or resourceVersion, and `fenced` refuses those begun after the lease ran out.
/// Errors: `.leadershipLost`, `.cancelled`, and the body's.
package final class LeaderElector: Sendable {
    private let client: KubeAPI
    private let key: ObjectKey
    private let identity: String
    private let settings: ElectionSettings
    private let time: any TimeSource
    private let random: RandomSource
    private let metrics: RuntimeMetrics
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var observation: LeaseObservation
        /// Until when, on the monotonic clock, nobody else can have taken the lease.
        var heldUntil: Duration?
    }

    /// `identity` must differ between candidates: the pod's name and uid.
    package init(
        _ client: KubeAPI, lease key: ObjectKey, identity: String, settings: ElectionSettings = ElectionSettings(),
        time: any TimeSource, random: RandomSource = .system, metrics: RuntimeMetrics, logger: Logger
    ) {
        self.client = client
        self.key = key
        self.identity = identity
        self.settings = settings
        self.time = time
        self.random = random
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "lease"] = .stringConvertible(key)
        logger[metadataKey: "identity"] = .string(identity)
        self.logger = logger
        state = Mutex(State(observation: LeaseObservation(identity: identity)))
    }

    /// Whether nobody else can have the lease now, as far as the local clock tells.
    package var isLeader: Bool {
        let now = time.uptime()
        return state.withLock { $0.heldUntil.map { now < $0 } ?? false }
    }

    /// Who has the lease, as last seen; empty for nobody.
    package var holder: String { state.withLock { $0.observation.holder } }

    /// Waits for the lease, runs the body while it is held, and gives it back.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async throws(KubeError) -> Value) async throws(KubeError) -> Value {
        metrics.leading(key.name, false)
        try await acquire()
        logger.notice("became leader")
        metrics.leading(key.name, true)
        let outcome = await hold(while: body)
        metrics.leading(key.name, false)
        if case .failure(let error) = outcome, error.code == .leadershipLost {
            logger.error("lost the leadership", metadata: ["reason": .string(error.message)])
        } else {
            await uncancelled { await self.release() }
        }
        return try outcome.get()
    }

    // MARK: Acquiring

    private func acquire() async throws(KubeError) {
        logger.info("waiting for the lease")
        var lastHolder: String?
        while true {
            do throws(KubeError) {
                if try await time.run(for: settings.renewDeadline, { () async throws(KubeError) in try await self.claim() }) == true {
                    return
                }
            } catch {
                if error.isCancelled { throw error }
                logger.warning("the lease could not be taken", metadata: ["error": .string(error.message)])
            }
            let holder = holder
            if holder != lastHolder, holder != identity { logger.info("another leads", metadata: ["holder": .string(holder)]) }
            lastHolder = holder
            try await time.sleep(for: settings.retryPeriod * (1 + settings.jitter * random.fraction()))
        }
    }

    /// One try to take or renew the lease: true when it is ours, false when another has it.
    private func claim() async throws(KubeError) -> Bool {
        let start = time.uptime()
        // A lease that we hold is renewed by what we know of it; a conflict shows when that is not the truth any more.
        if state.withLock({ $0.observation.holder == identity && $0.heldUntil != nil }) {
            do throws(KubeError) {
                return try await write(since: start)
            } catch {
                guard error.code == .conflict || error.code == .notFound else { throw error }
            }
        }
        let seen = try await client.get(Lease.self, key)
        let now = time.uptime()
        let isFree = state.withLock { state in
            state.observation.see(seen, at: now)
            return state.observation.isFree(at: now, ownDuration: settings.leaseDuration)
        }
        guard isFree else { return false }
        do throws(KubeError) {
            return try await write(since: start)
        } catch {
            // Another candidate was faster.
            guard error.code == .conflict || error.code == .alreadyExists else { throw error }
            return false
        }
    }

    private func write(since start: Duration) async throws(KubeError) -> Bool {
        let claim = state.withLock { $0.observation.claimed(key: key, duration: settings.leaseDuration, now: time.now()) }
        let isNew = claim.metadata.resourceVersion == nil
        let written = isNew ? try await client.create(claim) : try await client.update(claim)
        let now = time.uptime()
        state.withLock { state in
            state.observation.see(written, at: now)
            // From before the request: others count from when they see it, which is later.
            state.heldUntil = start + settings.leaseDuration
        }
        return true
    }

    // MARK: Holding

    private enum End<Value: Sendable>: Sendable { case body(Result<Value, KubeError>), lost(KubeError) }

    private func hold<Value: Sendable>(
        while body: @escaping @Sendable () async throws(KubeError) -> Value
    ) async -> Result<Value, KubeError> {
        await withTaskGroup(of: End<Value>.self) { group in
            group.addTask(name: "leader's work") {
                do throws(KubeError) { return .body(.success(try await body())) } catch { return .body(.failure(error)) }
            }
            group.addTask(name: "lease renewal") { .lost(await self.renew()) }
            guard let first = await group.next() else { return .failure(KubeError(.cancelled, "cancelled")) }
            group.cancelAll()
            switch first {
            case .body(let result): return result
            case .lost(let error):
                for await end in group {
                    // A cancelled renewal says nothing; the body's own word counts.
                    if error.isCancelled, case .body(let result) = end { return result }
                }
                return .failure(error)
            }
        }
    }

    /// Renews until that is not possible any more, and says why.
    private func renew() async -> KubeError {
        var deadline = time.uptime() + settings.renewDeadline
        var lastError = KubeError(.timedOut, "the API server does not answer")
        do throws(KubeError) {
            while true {
                try await time.sleep(for: max(.zero, min(settings.retryPeriod, deadline - time.uptime())))
                let rest = deadline - time.uptime()
                guard rest > .zero else {
                    return KubeError(.leadershipLost, "the lease was not renewed for \(settings.renewDeadline): \(lastError.message)")
                }
                let start = time.uptime()
                do throws(KubeError) {
                    let isOurs = try await time.run(for: rest) { () async throws(KubeError) in try await self.claim() }
                    if isOurs == false {
                        state.withLock { $0.heldUntil = nil }
                        return KubeError(.leadershipLost, "\(holder) has taken the lease")
                    }
                    if isOurs == true { deadline = start + settings.renewDeadline }
                } catch {
                    if error.isCancelled { throw error }
                    lastError = error
                    logger.warning("the lease could not be renewed yet", metadata: ["error": .string(error.message)])
                }
            }
        } catch {
            return error
        }
    }

    /// Best effort: who waits finds out at the latest when the lease runs out.
    private func release() async {
        let claim = state.withLock { state in
            state.heldUntil = nil
            return state.observation.released(now: time.now())
        }
        guard let claim else { return }
        do throws(KubeError) {
            let released = try await time.run(for: settings.retryPeriod * 2) { () async throws(KubeError) in
                try await self.client.update(claim)
            }
            guard released != nil else { return logger.warning("the lease was not given back in time") }
            logger.notice("gave the lease back")
        } catch {
            logger.warning("the lease was not given back", metadata: ["error": .string(error.message)])
        }
    }
}

package struct ElectionSettings: Sendable {
    /// client-go's 15, 10 and 2 s. How long others wait before they take over.
    package var leaseDuration: Duration = .seconds(15)
    /// How long the leader tries before it gives up by itself; less than the lease's duration.
    package var renewDeadline: Duration = .seconds(10)
    package var retryPeriod: Duration = .seconds(2)
    /// A waiting candidate pauses retryPeriod × (1 ... 1 + jitter).
    package var jitter = 1.2

    package init() {}
}
