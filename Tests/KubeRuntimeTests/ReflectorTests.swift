import KubeClient
import KubeCore
import KubeRuntime
import Logging
import Synchronization
import TestSupport
import Testing

/// A reflector of colours under virtual time, with everything it told.
private struct Subject: Sendable {
    let collection: FakeCollection
    let store: Store<String>
    let changes: Changes
    let reflector: Reflector<String>
    let time: ManualTime

    init(_ collection: FakeCollection, _ time: ManualTime, seed: UInt64 = 1, configure: (inout ReflectorSettings) -> Void = { _ in }) {
        let changes = Changes()
        self.collection = collection
        self.changes = changes
        self.time = time
        store = Store("colors", indexes: ["color": { _, color in [color] }]) { changes.add($0) }
        var settings = ReflectorSettings()
        configure(&settings)
        reflector = Reflector(
            KubeAPI(collection), ObjectDecoder(of: ConfigMap.self) { $0.data?["color"] }, into: store, settings: settings, time: time,
            random: .seeded(seed), metrics: .none, logger: .silent)
    }

    var colors: [String: String] { Dictionary(uniqueKeysWithValues: store.snapshot.map { ($0.key.name, $0.value) }) }

    func waitUntilEqual(within limit: Duration = .seconds(600)) async throws {
        try await time.wait(upTo: limit, for: "the store equals the collection") { colors == collection.colors }
    }
}

final class Changes: Sendable {
    private let log = Mutex<[Change<String>]>([])

    var all: [Change<String>] { log.withLock { $0 } }

    /// What one would believe who heard of the changes alone.
    var replayed: [String: String] {
        var colors: [String: String] = [:]
        for change in all { colors[change.key.name] = change.new }
        return colors
    }

    func add(_ change: Change<String>) { log.withLock { $0.append(change) } }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

struct ReflectorTests {
    /// Runs the reflector beside the body.
    private func reflecting(
        _ collection: FakeCollection, configure: @escaping @Sendable (inout ReflectorSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (Subject) async throws -> Void
    ) throws {
        try withVirtualTime { time in
            let subject = Subject(collection, time, configure: configure)
            try await running([{ try await subject.reflector.run() }]) { try await body(subject) }
            #expect(subject.changes.replayed == subject.colors)
        }
    }

    @Test func `what exists is read by WatchList and what happens then is followed on the same stream`() throws {
        let collection = FakeCollection()
        collection.put("a", "red")
        collection.put("b", "blue")
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            #expect(subject.colors == ["a": "red", "b": "blue"])
            collection.put("a", "green")
            collection.put("c", "red")
            collection.remove("b")
            try await subject.waitUntilEqual()
            #expect(collection.story == ["watchlist@"])
            #expect(
                subject.changes.all == [
                    .added(key("a"), "red"), .added(key("b"), "blue"), .updated(key("a"), old: "red", new: "green"),
                    .added(key("c"), "red"), .deleted(key("b"), "blue"),
                ])
            #expect(subject.store.keys(in: "color", "red") == [key("c")])
            #expect(subject.store.revision == collection.revision)
        }
    }

    @Test func `a server without WatchList is read by pages and never asked again`() throws {
        let collection = FakeCollection(supportsWatchList: false)
        for index in 0..<7 { collection.put("n\(index)", "red") }
        try reflecting(collection, configure: { $0.pageSize = 3 }) { subject in
            try await subject.store.waitUntilSynced()
            #expect(subject.colors.count == 7)
            #expect(subject.time.uptime() == .zero)
            try await subject.time.sleep(for: .seconds(2))
            collection.compact()
            collection.cut(KubeError(.unreachable, "reset"))
            collection.changeSomethingElse(5)
            collection.compact()
            try await subject.time.sleep(for: .seconds(10))
            #expect(
                collection.story == [
                    "watchlist@", "list@", "page", "page", "watch@107", "watch@107", "list@107", "page", "page", "watch@112",
                ])
        }
    }

    @Test func `a list that breaks off leaves no trace`() throws {
        let collection = FakeCollection(supportsWatchList: false)
        for index in 0..<4 { collection.put("n\(index)", "red") }
        collection.fail([{ _ in nil }, { _ in nil }, { _ in .failure(500, reason: "InternalError") }])
        try reflecting(collection, configure: { $0.pageSize = 2 }) { subject in
            try await subject.time.sleep(for: .milliseconds(500))
            #expect(!subject.store.hasSynced)
            #expect(subject.changes.all.isEmpty)
            try await subject.store.waitUntilSynced()
            #expect(subject.colors.count == 4)
            #expect(collection.story == ["watchlist@", "list@", "page", "list@", "page"])
        }
    }

    @Test func `initial events that break off leave no trace`() throws {
        let collection = FakeCollection()
        collection.put("a", "red")
        let half = BodyPipe()
        half.send([
            "type": "ADDED", "object": ["metadata": ["name": "x", "namespace": "ns", "resourceVersion": "1"], "data": ["color": "odd"]],
        ])
        half.finish()
        collection.fail([{ _ in KubeResponse(status: 200, body: half.body) }])
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            #expect(subject.colors == ["a": "red"])
            #expect(subject.changes.all == [.added(key("a"), "red")])
            #expect(subject.time.uptime() >= .milliseconds(800))
        }
    }

    @Test func `the end of a stream leads to a watch from the last revision and to no list`() throws {
        let collection = FakeCollection()
        collection.put("a", "red")
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            for color in ["green", "blue", "black"] {
                try await subject.time.sleep(for: .seconds(60))
                collection.put("a", color)
                collection.cut()
            }
            try await subject.waitUntilEqual()
            #expect(collection.story == ["watchlist@", "watch@102", "watch@103", "watch@104"])
        }
    }

    @Test func `an event cut in the middle of its frame comes whole with the next watch`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(5))
            collection.send("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"na")
            collection.cut(KubeError(.unreachable, "connection reset by peer"))
            collection.put("a", "red")
            try await subject.waitUntilEqual(within: .seconds(2))
            #expect(subject.changes.all == [.added(key("a"), "red")])
        }
    }

    @Test(arguments: [true, false])
    func `a forgotten revision leads to a list that is not older, and to deletions for what went meanwhile`(asEvent: Bool) throws {
        let collection = FakeCollection()
        for name in ["a", "b", "c"] { collection.put(name, "red") }
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(5))
            if asEvent {
                collection.mute(true)
            } else {
                collection.cut()
            }
            collection.remove("a")
            collection.put("b", "blue")
            collection.put("d", "red")
            collection.compact()
            collection.mute(false)
            if asEvent {
                collection.send(
                    "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"too old resource version: 1 (284)\",\"reason\":\"Expired\",\"code\":410}}\n"
                )
            }
            try await subject.waitUntilEqual()
            #expect(
                Array(subject.changes.all.dropFirst(3)) == [
                    .deleted(key("a"), "red"), .updated(key("b"), old: "red", new: "blue"), .added(key("d"), "red"),
                ])
            #expect(collection.story == (asEvent ? ["watchlist@", "watchlist@103"] : ["watchlist@", "watch@103", "watchlist@103"]))
        }
    }

    @Test func `a server that lost its newest state is believed after all`() throws {
        let collection = FakeCollection(supportsWatchList: false)
        collection.put("a", "red")
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(2))
            collection.fail([
                { _ in .failure(410, reason: "Expired") },
                { _ in .failure(504, reason: "Timeout", message: "Too large resource version: 101, current: 50") },
            ])
            collection.cut()
            try await subject.time.sleep(for: .seconds(30))
            #expect(collection.story == ["watchlist@", "list@", "watch@101", "watch@101", "list@101", "list@", "watch@101"])
        }
    }

    @Test func `a throttled watch is tried again when the server asked, without a list`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(5))
            collection.fail(
                times: 2, with: .failure(429, reason: "TooManyRequests", headers: [HeaderField("Retry-After", "40")]))
            collection.cut()
            collection.put("a", "red")
            try await subject.time.sleep(for: .seconds(79))
            #expect(subject.colors.isEmpty)
            try await subject.waitUntilEqual(within: .seconds(2))
            #expect(collection.story == ["watchlist@", "watch@100", "watch@100", "watch@100"])
        }
    }

    @Test func `refusals are waited out with growing pauses up to half a minute and its jitter`() throws {
        let collection = FakeCollection()
        try withVirtualTime { time in
            let subject = Subject(collection, time)
            let times = Mutex<[Duration]>([])
            let refusal: FakeCollection.Fault = { (_) throws(KubeError) in
                times.withLock { $0.append(time.uptime()) }
                throw KubeError(.unreachable, "connection refused")
            }
            try await running([{ try await subject.reflector.run() }]) {
                try await subject.store.waitUntilSynced()
                try await time.sleep(for: .seconds(1))
                collection.fail(Array(repeating: refusal, count: 12))
                collection.cut()
                collection.put("a", "red")
                try await subject.waitUntilEqual(within: .seconds(600))
            }
            let seen = times.withLock { $0 }
            let pauses = zip(seen.dropFirst(), seen).map { $0 - $1 }
            #expect(pauses.count == 11)
            for (index, pause) in pauses.enumerated() {
                let plain = min(Duration.milliseconds(800) * (1 << index), .seconds(30))
                #expect(pause >= plain && pause <= plain * 2)
            }
            #expect(!collection.story.dropFirst().contains { $0.hasPrefix("list") || $0.hasPrefix("watchlist") })
        }
    }

    @Test func `a bookmark moves the revision from which the next watch starts`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            collection.changeSomethingElse(50)
            try await subject.time.sleep(for: .seconds(60))
            collection.sendBookmark()
            collection.compact()
            collection.cut()
            try await subject.time.sleep(for: .seconds(5))
            #expect(collection.story == ["watchlist@", "watch@150"])
            #expect(subject.store.hasSeen("150"))
            #expect(!subject.store.hasSeen("151"))
        }
    }

    @Test func `silence longer than a bookmark interval ends the watch and a new one catches up`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(20))
            collection.mute(true)
            collection.put("a", "red")
            try await subject.time.sleep(for: .seconds(60))
            #expect(subject.colors.isEmpty)
            collection.mute(false)
            try await subject.waitUntilEqual(within: .seconds(15))
            #expect(subject.time.uptime() >= .seconds(90))
            #expect(collection.story == ["watchlist@", "watch@100"])
        }
    }

    @Test func `bookmarks alone keep a watch alive`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            for _ in 0..<8 {
                try await subject.time.sleep(for: .seconds(60))
                collection.sendBookmark()
            }
            #expect(collection.story == ["watchlist@"])
        }
    }

    @Test func `an unknown event is skipped and what follows is heard`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            collection.send("{\"type\":\"RENAMED\",\"object\":{\"metadata\":{\"name\":\"x\"}}}\n")
            collection.put("a", "red")
            try await subject.waitUntilEqual()
            #expect(collection.story == ["watchlist@"])
        }
    }

    @Test func `an object that cannot be understood keeps its last good value and holds up nobody`() throws {
        let collection = FakeCollection()
        collection.put("a", "red")
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            collection.send(
                "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"a\",\"namespace\":\"ns\",\"resourceVersion\":\"101\"},\"data\":[1]}}\n"
            )
            collection.put("b", "blue")
            try await subject.waitUntilEqual()
            #expect(subject.colors == ["a": "red", "b": "blue"])
            #expect(collection.story == ["watchlist@"])
        }
    }

    @Test func `a frame that is no event ends the watch, and the next one goes on`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(3))
            collection.send("<html>\n")
            collection.put("a", "red")
            try await subject.waitUntilEqual()
            #expect(collection.story == ["watchlist@", "watch@100"])
        }
    }

    @Test func `an event that comes twice is one change`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            collection.put("a", "red")
            collection.repeatLastEvent()
            collection.remove("a")
            collection.repeatLastEvent()
            try await subject.time.sleep(for: .seconds(1))
            #expect(subject.changes.all == [.added(key("a"), "red"), .deleted(key("a"), "red")])
        }
    }

    @Test func `each watch asks for its own end between five and ten minutes`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            for _ in 0..<30 {
                try await subject.time.sleep(for: .seconds(2))
                collection.cut()
            }
            let timeouts = collection.requests.compactMap { request in
                request.query.first { $0.name == "timeoutSeconds" }.flatMap { Int($0.value) }
            }
            #expect(timeouts.count >= 30)
            #expect(timeouts.allSatisfy { (300...600).contains($0) })
            #expect(Set(timeouts).count > 20)
        }
    }

    @Test func `a server that closes every watch at once is not asked in a loop`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            let empty: FakeCollection.Fault = { _ in KubeResponse(status: 200, body: KubeBody([])) }
            collection.fail(Array(repeating: empty, count: 1000))
            collection.cut()
            try await subject.time.sleep(for: .seconds(120))
            #expect(collection.requests.count < 15)
        }
    }

    @Test func `cancelling ends the reflector and its stream`() throws {
        let collection = FakeCollection()
        let error = try withVirtualTime { time in
            let subject = Subject(collection, time)
            return await withTaskGroup(of: KubeError?.self) { group in
                group.addTask { do { try await subject.reflector.run(); return nil } catch { return error as? KubeError } }
                do { try await subject.store.waitUntilSynced() } catch { Issue.record(error) }
                #expect(collection.openWatches == 1)
                group.cancelAll()
                return await group.next() ?? nil
            }
        }
        #expect(error?.code == .cancelled)
        #expect(collection.openWatches == 0)
    }

    /// Whatever breaks in whatever order: once it stops breaking, the store equals the collection, and the changes told the same.
    @Test(arguments: 0..<60)
    func `after any series of faults the store is equal again`(seed: Int) throws {
        let collection = FakeCollection(supportsWatchList: seed.isMultiple(of: 2))
        let random = RandomSource.seeded(UInt64(seed) + 77)
        @Sendable func draw(_ count: Int) -> Int { Int(random.fraction() * Double(count)) }
        try reflecting(collection, configure: { $0.pageSize = 3 }) { subject in
            for step in 0..<80 {
                switch draw(14) {
                case 0...4: collection.put("n\(draw(9))", "c\(step)")
                case 5, 6:
                    if let name = collection.colors.keys.sorted().first { collection.remove(name) }
                case 7: collection.cut()
                case 8: collection.cut(KubeError(.unreachable, "reset"))
                case 9: collection.refuse(times: 1 + draw(3))
                case 10: collection.fail(times: 1 + draw(2), with: .failure(429, reason: "TooManyRequests"))
                case 11:
                    collection.compact()
                    collection.cut()
                case 12: collection.fail([{ _ in .failure(500, reason: "InternalError") }])
                default: collection.repeatLastEvent()
                }
                try await subject.time.sleep(for: .milliseconds(draw(40_000)))
            }
            collection.stopFailing()
            // Two pauses at most: one for the watch, one for the list after its 410.
            try await subject.waitUntilEqual(within: .seconds(121))
            #expect(subject.store.hasSynced)
        }
    }
}
