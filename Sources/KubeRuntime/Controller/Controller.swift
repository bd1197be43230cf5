package import KubeCore
package import Logging

/// Keeps looking at keys until each is settled: the one place where work is retried.
///
/// Guarantees: a key is never looked at by two workers at once; an error leads to a later look, after the key's back-off and
/// not before the server's `Retry-After`; one failing key does not hold up the others.
package final class Controller<Key: Hashable & Sendable & CustomStringConvertible>: Sendable {
    package typealias Reconcile = @Sendable (Key) async throws(KubeError) -> Outcome

    package let name: String
    package let queue: WorkQueue<Key>
    private let workers: Int
    private let caches: [any RevisionedCache]
    private let time: any TimeSource
    private let metrics: RuntimeMetrics
    private let logger: Logger
    private let reconcile: Reconcile

    /// `caches` must have synced before the first look.
    package init(
        _ name: String, queue: WorkQueue<Key>, workers: Int = 1, after caches: [any RevisionedCache] = [], time: any TimeSource,
        metrics: RuntimeMetrics, logger: Logger, reconcile: @escaping Reconcile
    ) {
        self.name = name
        self.queue = queue
        self.workers = workers
        self.caches = caches
        self.time = time
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "controller"] = .string(name)
        self.logger = logger
        self.reconcile = reconcile
    }

    /// Takes no more work; `run` returns once the looks in hand have ended by themselves.
    package func drain() { queue.shutDown() }

    /// Errors: `.cancelled`. Looks in hand are cancelled with it, unless `drain` came first and they ended in time.
    package func run() async throws(KubeError) {
        for cache in caches {
            if !cache.hasSynced { logger.info("waiting for a cache", metadata: ["cache": .string(cache.name)]) }
            try await cache.waitUntilSynced()
        }
        logger.info("started", metadata: ["workers": .stringConvertible(workers)])
        metrics.workers(controller: name, active: 0)
        let outcomes = await withTaskGroup(of: KubeError?.self) { group in
            group.addTask(name: "queue \(self.queue.name)") {
                do throws(KubeError) {
                    try await self.queue.run()
                    return nil
                } catch {
                    return error
                }
            }
            for index in 0..<workers {
                group.addTask(name: "\(self.name) worker \(index)") {
                    do throws(KubeError) {
                        try await self.work()
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var first: KubeError?
            for await error in group { first = first ?? error }
            return first
        }
        if let outcomes { throw outcomes }
        logger.info("drained")
    }

    private func work() async throws(KubeError) {
        while let key = try await queue.next() {
            defer { queue.done(key) }
            await look(at: key)
        }
    }

    private func look(at key: Key) async {
        let start = time.uptime()
        let result: String
        do throws(KubeError) {
            switch try await reconcile(key) {
            case .settled:
                queue.forget(key)
                result = "success"
            case .lookAgain(let delay):
                queue.forget(key)
                queue.add(key, after: delay)
                result = "requeue_after"
            case .backOff:
                queue.backOff(key)
                result = "requeue"
            }
        } catch {
            if error.isCancelled, Task.isCancelled { return }
            queue.backOff(key, atLeast: error.retryAfter ?? .zero)
            result = "error"
            logger.log(
                level: error.code == .conflict ? .debug : .error, "a look failed and will be repeated",
                metadata: [
                    "key": .string(key.description), "code": .string(error.code.rawValue), "error": .string(error.message),
                ])
        }
        let seconds = (time.uptime() - start).inSeconds
        metrics.reconciled(controller: name, result: result, seconds: seconds)
        metrics.worked(queue.name, seconds: seconds)
    }
}
