package import KubeClient
package import KubeCore
package import Logging

/// Writes Events, best effort: recording never blocks and never fails, sending happens in `run`.
///
/// Guarantees: see `EventBook`. An Event that cannot be stored is dropped after a few tries and counted.
package final class EventRecorder: Sendable {
    private struct State: Sendable {
        var book: EventBook
        var isDraining = false
    }

    private enum Turn: Sendable { case send(EventBook.Sending), wait(until: Duration?), end }

    private let client: KubeAPI
    private let state: Monitor<State>
    private let time: any TimeSource
    private let metrics: RuntimeMetrics
    private let logger: Logger

    /// `controller`: `nodeaudit.dev/operator`; `instance`: the pod's name.
    package init(
        _ client: KubeAPI, controller: String, instance: String, limits: EventBook.Limits = EventBook.Limits(),
        time: any TimeSource, metrics: RuntimeMetrics, logger: Logger
    ) {
        self.client = client
        state = Monitor(State(book: EventBook(controller: controller, instance: instance, limits: limits)))
        self.time = time
        self.metrics = metrics
        self.logger = logger
    }

    package func record(_ event: RecordedEvent) {
        let now = time.now()
        let uptime = time.uptime()
        let dropped = state.change { state in
            state.book.record(event, now: now, uptime: uptime)
            return state.book.takeDropped()
        }
        if dropped > 0 { metrics.eventsDropped(dropped) }
    }

    /// Lets `run` end once everything that is due has been tried.
    package func drain() { state.change { $0.isDraining = true } }

    /// Errors: `.cancelled`; what was not sent then is lost.
    package func run() async throws(KubeError) {
        while true {
            let uptime = time.uptime()
            let turn: Turn = state.withLock { state in
                let (sending, wakeAt) = state.book.next(uptime: uptime)
                if let sending { return .send(sending) }
                return state.isDraining ? .end : .wait(until: wakeAt)
            }
            switch turn {
            case .send(let sending): try await send(sending)
            case .wait(let deadline):
                try await state.wait(until: deadline, by: time) { $0.isDraining || $0.book.isDue(before: deadline) }
            case .end: return
            }
        }
    }

    private func send(_ sending: EventBook.Sending) async throws(KubeError) {
        var failure: KubeError?
        do throws(KubeError) {
            let stored: Bool? = try await time.run(for: .seconds(10)) { () async throws(KubeError) in
                switch sending {
                case .create(_, _, let event): _ = try await self.client.create(event)
                case .patch(_, _, let key, let series):
                    let time = series.lastObservedTime.timestamp.rfc3339(fractionDigits: 6)
                    let content: JSONValue = [
                        "series": ["count": .integer(Int64(series.count)), "lastObservedTime": .string(time)]
                    ]
                    _ = try await self.client.patch(Event.type, key, .merge(content))
                }
                return true
            }
            if stored == nil { failure = KubeError(.timedOut, "no answer within 10 s") }
        } catch {
            if error.isCancelled, Task.isCancelled { throw error }
            failure = error
        }
        let uptime = time.uptime()
        let error = failure
        let dropped = state.change { state in
            state.book.sent(sending, error: error, uptime: uptime)
            return state.book.takeDropped()
        }
        if dropped > 0 { metrics.eventsDropped(dropped) }
        if let error { logger.debug("an event was not stored", metadata: ["error": .string(error.message)]) }
    }
}
