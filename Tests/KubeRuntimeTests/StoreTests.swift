import KubeCore
import KubeRuntime
import Synchronization
import TestSupport
import Testing

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

struct StoreTests {
    /// Equal to others of its text, and still itself.
    private final class Note: Sendable, Equatable {
        let text: String

        init(_ text: String) { self.text = text }

        static func == (left: Note, right: Note) -> Bool { left.text == right.text }
    }

    @Test func `a value that is read again is the one that is kept already`() {
        let store = Store<Note>("notes")
        let (key, kept) = (ObjectKey(name: "a"), Note("same"))
        #expect(store.shared(key, kept).value === kept)
        store.set(key, to: kept, at: "1")
        #expect(store.shared(key, Note("same")).value === kept)
        let other = Note("other")
        #expect(store.shared(key, other).value === other && store[key] === kept)
    }

    @Test func `setting tells what really differs`() {
        var contents = StoreContents<String>()
        #expect(contents.set(key("a"), to: "1", at: "5") == .added(key("a"), "1"))
        #expect(contents.set(key("a"), to: "1", at: "6") == nil)
        #expect(contents.revision == "6")
        #expect(contents.set(key("a"), to: "2", at: "7") == .updated(key("a"), old: "1", new: "2"))
        #expect(contents.set(key("a"), to: nil, at: "8") == .deleted(key("a"), "2"))
        #expect(contents.set(key("a"), to: nil, at: "9") == nil)
        #expect(!contents.hasSynced)
    }

    @Test func `replacing tells deletions, additions and updates in the order of the keys`() {
        var contents = StoreContents<String>()
        for name in ["a", "b", "c"] { _ = contents.set(key(name), to: "1", at: "1") }
        let replacement = contents.replace(with: [key("b"): "2", key("c"): "1", key("d"): "1"], at: "9")
        var changes: [Change<String>] = []
        replacement.forEachChange { changes.append($0) }
        #expect(contents.values == [key("b"): "2", key("c"): "1", key("d"): "1"])
        #expect(changes == [.deleted(key("a"), "1"), .updated(key("b"), old: "1", new: "2"), .added(key("d"), "1")])
        #expect(contents.hasSynced && contents.revision == "9")
    }

    /// Against a scan of everything, after each of many random steps.
    @Test(arguments: 0..<20)
    func `an index finds exactly what a scan finds`(seed: Int) {
        let random = RandomSource.seeded(UInt64(seed))
        func draw(_ count: Int) -> Int { Int(random.fraction() * Double(count)) }
        let terms: @Sendable (ObjectKey, [Int]) -> [String] = { _, value in value.map { "t\($0)" } }
        var contents = StoreContents<[Int]>(indexes: ["terms": terms])
        for step in 0..<300 {
            if step % 50 == 49 {
                let some = contents.values.filter { _ in draw(2) == 0 }
                _ = contents.replace(with: some, at: "1")
            } else {
                let value = (0..<draw(4)).map { _ in draw(5) }
                _ = contents.set(key("k\(draw(15))"), to: draw(4) == 0 ? nil : value, at: "1")
            }
            for term in 0..<5 {
                let scanned = contents.values.filter { $0.value.contains(term) }.keys.sorted()
                #expect(contents.keys(in: "terms", "t\(term)") == scanned)
                #expect(contents.count(in: "terms", "t\(term)") == scanned.count)
            }
        }
    }

    @Test func `who waits for a revision goes on when it or a later one is seen`() throws {
        try withVirtualTime { time in
            let store = Store<String>("s")
            async let waiter: Void = store.waitUntilSeen("1000")
            try await time.sleep(for: .seconds(1))
            store.set(key("a"), to: "1", at: "999")
            #expect(!store.hasSeen("1000"))
            store.saw("1001")
            try await waiter
            #expect(store.hasSeen("1000"))
        }
    }

    @Test func `revisions are compared as numbers, others only for equality`() {
        let store = Store<String>("s")
        #expect(!store.hasSeen("1"))
        store.saw("10")
        #expect(store.hasSeen("9") && store.hasSeen("10") && !store.hasSeen("11"))
        store.saw("abc")
        #expect(store.hasSeen("abc") && !store.hasSeen("abd") && !store.hasSeen("1"))
    }
}
