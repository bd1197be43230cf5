import KubeClient
import KubeCore
import KubeRuntime
import Synchronization
import TestSupport
import Testing

/// What may go wrong on a stream, and what may not follow from it.
struct ReflectorFaultTests {
    @Test func `silence after a bookmark ends the watch and a new one catches up`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(60))
            collection.sendBookmark()
            try await subject.time.sleep(for: .seconds(20))
            collection.mute(true)
            collection.put("a", "red")
            try await subject.time.sleep(for: .seconds(120))
            #expect(subject.colors.isEmpty)
            collection.mute(false)
            try await subject.waitUntilEqual(within: .seconds(15))
            #expect(subject.time.uptime() >= .seconds(210))
            #expect(collection.story == ["watchlist@", "watch@100"])
        }
    }

    @Test func `a read that stops half-way is begun anew`() throws {
        let collection = FakeCollection()
        collection.put("a", "red")
        let stalled = BodyPipe()
        stalled.send(["type": "ADDED", "object": ["metadata": ["name": "a", "namespace": "ns"], "data": ["color": "old"]]])
        collection.fail([{ _ in KubeResponse(status: 200, body: stalled.body) }])
        try reflecting(collection) { subject in
            try await subject.waitUntilEqual(within: .seconds(160))
            #expect(subject.time.uptime() >= .seconds(150) && collection.story == ["watchlist@", "watchlist@"])
        }
    }

    @Test func `a watch that is silent from its start is a quiet one, until it should have ended`() throws {
        let collection = FakeCollection()
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            try await subject.time.sleep(for: .seconds(320))
            #expect(collection.story == ["watchlist@"], "no server owes a bookmark before anything is newer than the watch")
            let asked = collection.requests[0].query.first { $0.name == "timeoutSeconds" }.flatMap { Int64($0.value) }
            let timeout = Duration.seconds(try #require(asked))
            #expect(collection.requests[0].idleTimeout ?? .zero > timeout, "the transport waits no less")
            collection.mute(true)
            collection.put("a", "red")
            collection.mute(false)
            try await subject.waitUntilEqual(within: .seconds(340))
            #expect(subject.time.uptime() >= timeout + .seconds(30) && subject.time.uptime() < timeout + .seconds(60))
            #expect(collection.story == ["watchlist@", "watch@100"])
        }
    }

    @Test func `a server that begins with what exists and never says that this was all is read by pages in the end`() throws {
        let collection = FakeCollection()
        collection.put("a", "red")
        let unfinished: FakeCollection.Fault = { (_) throws(KubeError) in
            let half = BodyPipe()
            half.send(["type": "BOOKMARK", "object": ["metadata": ["resourceVersion": "101"]]])
            half.finish()
            return KubeResponse(status: 200, body: half.body)
        }
        collection.fail([unfinished, unfinished, unfinished])
        try reflecting(collection) { subject in
            try await subject.store.waitUntilSynced()
            collection.put("b", "blue")
            try await subject.waitUntilEqual()
            #expect(collection.story == ["watchlist@", "watchlist@", "watchlist@", "list@", "watch@101"])
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
            #expect(subject.changes.all == [.added(colorKey("a"), "red"), .deleted(colorKey("a"), "red")])
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
    @Test(arguments: Seeds.first(60))
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
