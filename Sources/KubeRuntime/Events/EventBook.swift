package import KubeCore

/// What was recorded and not sent yet, as a pure value: repeats become a series of one Event.
///
/// Guarantees: memory is bounded by `Limits`; what does not fit is dropped and counted, oldest news last.
package struct EventBook: Sendable {
    package struct Limits: Sendable {
        /// Different events remembered at a time.
        package var remembered = 1024
        /// Repeats within this time belong to one series (client-go's 6 min).
        package var seriesGap: Duration = .seconds(360)
        /// A series is written at most this often.
        package var seriesInterval: Duration = .seconds(60)
        /// New events about one object: a burst, then one each five minutes (client-go's filter).
        package var burstPerObject = 25
        package var perSecondPerObject = 1.0 / 300
        package var attempts = 3
        package var retryDelay: Duration = .seconds(5)

        package init() {}
    }

    /// One request to be sent.
    package enum Sending: Sendable, Equatable {
        case create(RecordedEvent, id: String, Event)
        case patch(RecordedEvent, id: String, key: ObjectKey, Event.Series)
    }

    private struct Entry: Sendable {
        /// Distinguishes this Event from an earlier one with the same words.
        var id: String
        var first: Timestamp
        var last: Timestamp
        var lastUptime: Duration
        var count = 1
        var isCreated = false
        var attempts = 0
        var sentCount = 0
        var sentAt: Duration?
    }

    private let limits: Limits
    private let controller: String
    private let instance: String
    private var entries: [RecordedEvent: Entry] = [:]
    private var due = DelayQueue<RecordedEvent>()
    private var budgets: [ObjectReference: TokenBucket] = [:]
    private var sequence: UInt64 = 0
    /// Events that were not kept since the last look.
    package private(set) var dropped = 0

    package init(controller: String, instance: String, limits: Limits = Limits()) {
        self.controller = controller
        self.instance = instance
        self.limits = limits
    }

    package var unsent: Int { due.count }

    package mutating func record(_ event: RecordedEvent, now: Timestamp, uptime: Duration) {
        if var entry = entries[event], uptime - entry.lastUptime < limits.seriesGap {
            entry.count += 1
            entry.last = now
            entry.lastUptime = uptime
            entries[event] = entry
            if entry.isCreated { due.add(event, at: max(uptime, (entry.sentAt ?? uptime) + limits.seriesInterval)) }
            return
        }
        forgetOld(uptime)
        let isKnown = entries[event] != nil
        guard isKnown || entries.count < limits.remembered else {
            dropped += 1
            return
        }
        var budget = budgets[event.regarding] ?? TokenBucket(perSecond: limits.perSecondPerObject, burst: limits.burstPerObject)
        let isAllowed = budget.takeIfAvailable(now: uptime)
        budgets[event.regarding] = budget
        guard isAllowed else {
            dropped += 1
            return
        }
        sequence += 1
        entries[event] = Entry(id: Self.id(now, sequence), first: now, last: now, lastUptime: uptime)
        due.add(event, at: uptime)
    }

    /// The next request that is due, or when there will be one.
    package mutating func next(uptime: Duration) -> (sending: Sending?, wakeAt: Duration?) {
        while let event = due.popDue(now: uptime) {
            guard let entry = entries[event] else { continue }
            guard entry.isCreated else { return (.create(event, id: entry.id, object(event, entry)), nil) }
            guard entry.count > entry.sentCount else { continue }
            let series = Event.Series(count: entry.count, lastObservedTime: MicroTime(entry.last))
            return (.patch(event, id: entry.id, key: key(event, entry), series), nil)
        }
        return (nil, due.next())
    }

    /// How the sending went; nil: it was stored.
    package mutating func sent(_ sending: Sending, error: KubeError?, uptime: Duration) {
        let (event, id) =
            switch sending {
            case .create(let event, let id, _), .patch(let event, let id, _, _): (event, id)
            }
        guard var entry = entries[event], entry.id == id else { return }
        defer { entries[event] = entry }
        switch (sending, error?.code) {
        case (.create, nil), (.create, .alreadyExists):
            entry.isCreated = true
            entry.attempts = 0
            entry.sentAt = uptime
            entry.sentCount = 1
            if entry.count > 1 { due.add(event, at: uptime + limits.seriesInterval) }
        case (.patch(_, _, _, let series), nil):
            entry.attempts = 0
            entry.sentAt = uptime
            entry.sentCount = series.count
            if entry.count > series.count { due.add(event, at: uptime + limits.seriesInterval) }
        case (.patch, .notFound):
            // The server keeps Events for about an hour: tell it again.
            entry.isCreated = false
            due.add(event, at: uptime)
        default:
            entry.attempts += 1
            guard error?.isTransient == true, entry.attempts < limits.attempts else {
                dropped += 1
                // A later repeat starts anew.
                entry.lastUptime = uptime - limits.seriesGap
                return
            }
            due.add(event, at: uptime + max(limits.retryDelay * (1 << (entry.attempts - 1)), error?.retryAfter ?? .zero))
        }
    }

    /// Whether something is to be sent before `deadline`, or at all when that is nil.
    mutating func isDue(before deadline: Duration?) -> Bool { due.isDue(before: deadline) }

    package mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }

    private mutating func forgetOld(_ uptime: Duration) {
        guard entries.count >= limits.remembered || budgets.count > limits.remembered else { return }
        let gap = limits.seriesGap
        entries = entries.filter { uptime - $0.value.lastUptime < gap }
        let named = Set(entries.keys.map(\.regarding))
        budgets = budgets.filter { named.contains($0.key) }
    }

    private static func id(_ now: Timestamp, _ sequence: UInt64) -> String {
        let nanoseconds = UInt64(bitPattern: now.seconds) &* 1_000_000_000 &+ UInt64(now.nanoseconds) &+ sequence
        return String(nanoseconds, radix: 16)
    }

    /// Events about cluster-scoped objects live in `default`.
    private func key(_ event: RecordedEvent, _ entry: Entry) -> ObjectKey {
        let namespace = event.regarding.namespace ?? ""
        let name = event.regarding.name ?? ""
        return ObjectKey(namespace: namespace.isEmpty ? "default" : namespace, name: "\(name.prefix(230)).\(entry.id)")
    }

    private func object(_ event: RecordedEvent, _ entry: Entry) -> Event {
        let key = key(event, entry)
        var object = Event(metadata: ObjectMeta(name: key.name, namespace: key.namespace))
        object.eventTime = MicroTime(entry.first)
        object.reportingController = controller
        object.reportingInstance = String(instance.prefix(128))
        object.action = event.action
        object.reason = event.reason
        object.regarding = event.regarding
        object.note = event.note
        object.type = event.kind.rawValue
        return object
    }
}
