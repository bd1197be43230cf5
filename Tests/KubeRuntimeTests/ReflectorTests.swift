import KubeClient
import KubeCore
import KubeRuntime
import Synchronization
import TestSupport
import Testing

struct ReflectorTests {
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
                    .added(colorKey("a"), "red"), .added(colorKey("b"), "blue"), .updated(colorKey("a"), old: "red", new: "green"),
                    .added(colorKey("c"), "red"), .deleted(colorKey("b"), "blue"),
                ])
            #expect(subject.store.keys(in: "color", "red") == [colorKey("c")])
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
            #expect(subject.changes.all == [.added(colorKey("a"), "red")])
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
            #expect(subject.changes.all == [.added(colorKey("a"), "red")])
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
                    .deleted(colorKey("a"), "red"), .updated(colorKey("b"), old: "red", new: "blue"), .added(colorKey("d"), "red"),
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
}
