package import KubeClient
package import KubeCore
package import Logging
import Synchronization

/// Keeps a store equal to a collection of the API server.
///
/// Guarantees:
/// - The first read is the newest state; a later one is never older than what was seen before, unless the server lost it.
/// - A collection is read whole or not at all: a read that breaks off leaves the store as it was.
/// - Between reads it follows a watch from the last revision; refusals and cut streams are retried there, and only a forgotten
///   revision (410) leads to a new read.
/// - An object that cannot be decoded keeps its last good value and is reported; it never stops the others.
///
/// Errors: `run` ends by cancellation alone; whatever the server or network does is waited out (0.8 to 30 s, with jitter).
package final class Reflector<Value: Sendable & Equatable>: Sendable {
    private let client: KubeAPI
    private let decoder: ObjectDecoder<Value>
    private let selection: Selection
    private let store: Store<Value>
    private let settings: ReflectorSettings
    private let time: any TimeSource
    private let random: RandomSource
    private let metrics: RuntimeMetrics
    private let logger: Logger
    private let progress: Mutex<Progress>

    private struct Progress {
        var state: ReflectorState
        /// When bytes last came, on the monotonic clock.
        var lastReceived = Duration.zero
        /// How long nothing may come on the watch that runs.
        var silenceLimit = Duration.zero
    }

    package init(
        _ client: KubeAPI, _ decoder: ObjectDecoder<Value>, _ selection: Selection = .everything, into store: Store<Value>,
        settings: ReflectorSettings = ReflectorSettings(), time: any TimeSource, random: RandomSource = .system, metrics: RuntimeMetrics,
        logger: Logger
    ) {
        self.client = client
        self.decoder = decoder
        self.selection = selection
        self.store = store
        self.settings = settings
        self.time = time
        self.random = random
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "resource"] = .string(decoder.type.qualifiedPlural)
        self.logger = logger
        progress = Mutex(Progress(state: ReflectorState(usesWatchList: settings.usesWatchList)))
    }

    package func run() async throws(KubeError) {
        var backoff = settings.backoff
        while true {
            let ending = await pass()
            guard !Task.isCancelled else { throw KubeError(.cancelled, "cancelled") }
            let recovery = recover(from: ending)
            if case .afterPause(let least) = recovery.next {
                let pause = backoff.next(now: time.uptime(), random: random.fraction())
                try await time.sleep(for: max(least, pause))
            }
        }
    }

    private enum Ending: Sendable {
        /// A read is complete; a watch follows.
        case read
        case endOfStream(wasIdle: Bool)
        case failed(KubeError)
    }

    private func recover(from ending: Ending) -> ReflectorState.Recovery {
        let recovery: ReflectorState.Recovery
        switch ending {
        case .read: return ReflectorState.Recovery(next: .now, reason: "read")
        case .endOfStream(let wasIdle): recovery = progress.withLock { $0.state.ended(wasIdle: wasIdle) }
        case .failed(let error):
            recovery = progress.withLock { $0.state.failed(error) }
            let isOrdinary = ["gone", "no-watch-list", "throttled", "future-revision", "silent"].contains(recovery.reason)
            logger.log(
                level: isOrdinary ? .info : .warning, "watching is interrupted",
                metadata: ["reason": .string(recovery.reason), "error": .string(error.message)])
        }
        metrics.watchRestarted(resource: decoder.type.qualifiedPlural, reason: recovery.reason)
        return recovery
    }

    /// One request chain: a read by pages, or one watch.
    private func pass() async -> Ending {
        let state = progress.withLock { $0.state }
        switch state.phase {
        case .reading(let source) where !state.usesWatchList:
            do throws(KubeError) {
                try await readPages(source)
                return .read
            } catch {
                return .failed(error)
            }
        case .reading(let source):
            var revision: String?
            if case .notOlderThan(let last) = source { revision = last }
            return await watch(WatchOptions(resourceVersion: revision, sendInitialEvents: true))
        case .watching(let revision):
            return await watch(WatchOptions(resourceVersion: revision))
        }
    }

    // MARK: Reading by pages

    private func readPages(_ source: ReflectorState.Source) async throws(KubeError) {
        var options = ListOptions(limit: settings.pageSize)
        if case .notOlderThan(let revision) = source {
            options.resourceVersion = revision
            options.match = .notOlderThan
        }
        var values: [ObjectKey: Value] = [:]
        while true {
            let page = try await client.list(decoder.type, selection, options) { (item) throws(KubeError) in
                let object = try decode(item)
                guard let value = object.value else { return }
                let shared = store.shared(object.key, value)
                values[shared.key] = shared.value
            }
            guard let token = page.continueToken else {
                return synced(values, at: page.resourceVersion)
            }
            options.continueToken = token
        }
    }

    private func synced(_ values: [ObjectKey: Value], at revision: String) {
        progress.withLock { $0.state.advance(to: revision) }
        store.replace(with: values, at: revision)
        logger.debug("read the whole collection", metadata: ["objects": .stringConvertible(values.count), "revision": .string(revision)])
    }

    private func decode(_ bytes: ArraySlice<UInt8>) throws(KubeError) -> DecodedObject<Value> {
        do throws(KubeError) {
            return try decoder.decode(bytes)
        } catch {
            return try rescue(.json(bytes), from: error)
        }
    }

    /// An undecodable object stays as it is known, if it is known.
    private func rescue(_ bytes: ObjectBytes, from error: KubeError) throws(KubeError) -> DecodedObject<Value> {
        let header = try ObjectHeader(bytes)
        logger.error(
            "an object cannot be understood and keeps its last value",
            metadata: ["object": .stringConvertible(header.key), "error": .string(error.message)])
        metrics.objectUndecodable(resource: decoder.type.qualifiedPlural)
        return DecodedObject(key: header.key, revision: header.revision, value: store[header.key])
    }

    // MARK: Watching

    /// The watch beside a watchdog that ends it after too long a silence, whatever the transport does.
    ///
    /// Silence is no fault by itself: a server bookmarks nothing until its cache has seen something newer than the watch's start, which
    /// may take longer than a watch lasts. It ends each watch by itself after the time that was asked for, so until then only a dead
    /// connection is looked for, by TCP. But a server that has sent one bookmark sends the next after a minute, newer or not.
    private func watch(_ options: WatchOptions) async -> Ending {
        var options = options
        let timeout = random.duration(in: settings.watchTimeout)
        options.timeoutSeconds = Int(timeout.components.seconds)
        options.idleTimeout = timeout + settings.overrun
        let request = options
        let start = time.uptime()
        progress.withLock { progress in
            progress.lastReceived = start
            progress.silenceLimit = options.sendInitialEvents ? settings.silence : timeout + settings.overrun
        }
        return await withTaskGroup(of: Ending?.self) { group in
            group.addTask(name: "watch \(decoder.type.plural)") {
                do throws(KubeError) { return try await self.follow(request, since: start) } catch { return .failed(error) }
            }
            group.addTask(name: "watchdog of \(decoder.type.plural)") { await self.noticeSilence() }
            while let ending = await group.next() {
                guard let ending else { continue }
                group.cancelAll()
                return ending
            }
            return .failed(KubeError(.cancelled, "cancelled"))
        }
    }

    private func noticeSilence() async -> Ending? {
        do throws(KubeError) {
            while true {
                let (last, limit) = progress.withLock { ($0.lastReceived, $0.silenceLimit) }
                let silence = time.uptime() - last
                guard silence < limit else { return .failed(KubeError(.timedOut, "nothing came for \(silence), not even a bookmark")) }
                // The limit may shrink meanwhile, never below this.
                try await time.sleep(for: min(limit - silence, settings.silence))
            }
        } catch {
            return nil
        }
    }

    private func follow(_ options: WatchOptions, since start: Duration) async throws(KubeError) -> Ending {
        var events = try await client.watch(
            decoder.type, selection, options,
            offersProtobuf: decoder.decodeProtobuf != nil && progress.withLock { $0.state.offersProtobuf },
            decode: { [decoder] (bytes) throws(KubeError) in try decoder(bytes) },
            rescue: { [self] (bytes, error) throws(KubeError) in try rescue(bytes, from: error) })
        var initial: [ObjectKey: Value]? = options.sendInitialEvents ? [:] : nil
        let isFirst = store.count == 0
        var isEmpty = true
        while let event = try await events.next() {
            let now = time.uptime()
            progress.withLock { $0.lastReceived = now }
            isEmpty = false
            switch event {
            case .added(let object), .modified(let object):
                guard initial != nil else {
                    take(object, object.value)
                    continue
                }
                if let value = object.value, !isFirst {
                    let shared = store.shared(object.key, value)
                    initial?[shared.key] = shared.value
                } else {
                    initial?[object.key] = object.value
                }
            case .deleted(let object):
                if initial != nil { initial?[object.key] = nil } else { take(object, nil) }
            case .bookmark(let revision, let endsInitialEvents):
                if let values = initial {
                    guard endsInitialEvents else { continue }
                    initial = nil
                    synced(values, at: revision)
                    progress.withLock { $0.silenceLimit = options.idleTimeout }
                } else {
                    progress.withLock { progress in
                        progress.state.advance(to: revision)
                        progress.silenceLimit = settings.silence
                    }
                    store.saw(revision)
                }
            case .error(let error): throw error
            case .unknown(let type):
                logger.error("an event of an unknown type is skipped", metadata: ["type": .string(type)])
            }
        }
        return .endOfStream(wasIdle: isEmpty && time.uptime() - start < .seconds(1))
    }

    private func take(_ object: DecodedObject<Value>, _ value: Value?) {
        // An object without a revision says nothing about where to go on.
        let revision = object.revision.isEmpty ? nil : object.revision
        if let revision { progress.withLock { $0.state.advance(to: revision) } }
        store.set(object.key, to: value, at: revision)
    }
}

package struct ReflectorSettings: Sendable {
    /// Read by WatchList where the server can.
    package var usesWatchList = true
    /// Objects a page where it cannot.
    package var pageSize = 500
    /// Drawn anew for each watch, so that thousands of clients do not come back at once.
    package var watchTimeout: ClosedRange<Duration> = .seconds(300) ... .seconds(600)
    /// How long nothing may come while the collection is being read and once bookmarks come: above two of the server's bookmark
    /// intervals, which are about a minute.
    package var silence: Duration = .seconds(150)
    /// How long after its own timeout a watch may go on without a word.
    package var overrun: Duration = .seconds(30)
    package var backoff = Backoff()

    package init() {}
}
