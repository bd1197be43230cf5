import KubeClient
import KubeCore
import KubeRuntime
import Logging
import Synchronization
import TestSupport
import Testing

/// Looks at keys and remembers when.
private final class Looks: Sendable {
    struct Look: Equatable {
        var key: String
        var at: Duration
    }

    private struct State {
        var looks: [Look] = []
        var inHand: Set<String> = []
        var mostAtOnce = 0
        var overlapped = false
    }

    private let state = Mutex(State())

    var all: [Look] { state.withLock { $0.looks } }
    var times: [Duration] { all.map(\.at) }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }
    var overlapped: Bool { state.withLock { $0.overlapped } }

    func begin(_ key: String, _ time: ManualTime) {
        let now = time.uptime()
        state.withLock { state in
            state.looks.append(Look(key: key, at: now))
            if !state.inHand.insert(key).inserted { state.overlapped = true }
            state.mostAtOnce = max(state.mostAtOnce, state.inHand.count)
        }
    }

    func end(_ key: String) { state.withLock { _ = $0.inHand.remove(key) } }
}

struct ControllerTests {
    /// Runs a controller whose looks take `duration` and end as `outcome` says.
    private func controlling(
        workers: Int = 1, taking duration: Duration = .zero, after caches: [any RevisionedCache] = [],
        outcome: @escaping @Sendable (String, Int) throws(KubeError) -> Outcome,
        _ body: @escaping @Sendable (Controller<String>, Looks, ManualTime) async throws -> Void
    ) throws {
        try withVirtualTime { time in
            let looks = Looks()
            let queue = WorkQueue<String>("test", time: time, metrics: .none)
            let controller = Controller("test", queue: queue, workers: workers, after: caches, time: time, metrics: .none, logger: .silent)
            {
                (key) async throws(KubeError) -> Outcome in
                looks.begin(key, time)
                defer { looks.end(key) }
                try await time.sleep(for: duration)
                return try outcome(key, looks.all.count { $0.key == key })
            }
            try await running([{ try await controller.run() }]) { try await body(controller, looks, time) }
        }
    }

    @Test func `a key that is settled is left alone until it is added again`() throws {
        try controlling(outcome: { (_, _) throws(KubeError) in .settled }) { controller, looks, time in
            controller.queue.add("a")
            try await time.sleep(for: .seconds(3600))
            #expect(looks.times == [.zero])
            controller.queue.add("a")
            try await time.sleep(for: .seconds(1))
            #expect(looks.times == [.zero, .seconds(3600)])
        }
    }

    @Test func `a later look comes when it was asked for`() throws {
        try controlling(outcome: { (_, _) throws(KubeError) in .lookAgain(after: .seconds(30)) }) { controller, looks, time in
            controller.queue.add("a")
            try await time.sleep(for: .seconds(100))
            #expect(looks.times == [.zero, .seconds(30), .seconds(60), .seconds(90)])
        }
    }

    @Test(arguments: [Outcome.settled, .lookAgain(after: .seconds(1))])
    func `failing looks come back with growing pauses and one success forgets them`(success: Outcome) throws {
        try controlling(outcome: { (_, count) throws(KubeError) in
            guard count == 5 || count > 6 else { throw KubeError(.internalError, "no") }
            return count == 5 ? success : .settled
        }) { controller, looks, time in
            controller.queue.add("a")
            try await time.sleep(for: .milliseconds(1075))
            if success == .settled { controller.queue.add("a") }
            try await time.sleep(for: .seconds(100))
            let pauses = zip(looks.times.dropFirst(), looks.times).map { $0 - $1 }
            #expect(
                pauses == [.milliseconds(5), .milliseconds(10), .milliseconds(20), .milliseconds(40), .seconds(1), .milliseconds(5)])
        }
    }

    @Test func `the server's Retry-After is obeyed`() throws {
        try controlling(outcome: { (_, count) throws(KubeError) in
            guard count > 1 else { throw KubeError(.tooManyRequests, "slow down", retryAfter: .seconds(17)) }
            return .settled
        }) { controller, looks, time in
            controller.queue.add("a")
            try await time.sleep(for: .seconds(100))
            #expect(looks.times == [.zero, .seconds(17)])
        }
    }

    @Test func `several workers work at once and never on one key`() throws {
        try controlling(workers: 4, taking: .seconds(10), outcome: { (_, _) throws(KubeError) in .settled }) { controller, looks, time in
            for _ in 0..<50 {
                for key in ["a", "b", "c", "d", "e", "f"] { controller.queue.add(key) }
                try await time.sleep(for: .seconds(3))
            }
            try await time.sleep(for: .seconds(60))
            #expect(looks.mostAtOnce == 4)
            #expect(!looks.overlapped)
            #expect(controller.queue.isIdle)
            for key in ["a", "b", "c", "d", "e", "f"] { #expect(looks.all.count { $0.key == key } >= 8) }
        }
    }

    @Test func `one failing key does not hold up the others`() throws {
        try controlling(outcome: { (key, _) throws(KubeError) in
            if key == "bad" { throw KubeError(.internalError, "no") }
            return .settled
        }) { controller, looks, time in
            controller.queue.add("bad")
            for index in 0..<20 { controller.queue.add("good\(index)") }
            try await time.sleep(for: .milliseconds(1))
            #expect(looks.all.count { $0.key != "bad" } == 20)
        }
    }

    @Test func `nothing is looked at before the caches have synced`() throws {
        let store = Store<String>("late")
        try controlling(after: [store], outcome: { (_, _) throws(KubeError) in .settled }) { controller, looks, time in
            controller.queue.add("a")
            try await time.sleep(for: .seconds(60))
            #expect(looks.all.isEmpty)
            store.replace(with: [:], at: "1")
            try await time.sleep(for: .seconds(1))
            #expect(looks.times == [.seconds(60)])
        }
    }

    @Test func `draining lets the looks in hand end and begins no other`() throws {
        try withVirtualTime { time in
            let ended = Mutex<[String]>([])
            let queue = WorkQueue<String>("test", time: time, metrics: .none)
            let controller = Controller("test", queue: queue, workers: 2, time: time, metrics: .none, logger: .silent) {
                (key) async throws(KubeError) -> Outcome in
                try await time.sleep(for: .seconds(10))
                ended.withLock { $0.append(key) }
                return .lookAgain(after: .seconds(1))
            }
            async let run: Void = controller.run()
            for key in ["a", "b", "c", "d"] { queue.add(key) }
            try await time.sleep(for: .seconds(5))
            controller.drain()
            try await run
            #expect(time.uptime() == .seconds(10))
            #expect(ended.withLock { $0 } == ["a", "b"])
        }
    }

    @Test func `cancelling ends the looks in hand`() throws {
        try controlling(taking: .seconds(1000), outcome: { (_, _) throws(KubeError) in .settled }) { controller, _, time in
            controller.queue.add("a")
            try await time.sleep(for: .seconds(1))
        }
    }

    @Test func `a delay that becomes the earliest while the queue waits is kept to`() throws {
        try controlling(outcome: { (_, _) throws(KubeError) in .settled }) { controller, looks, time in
            controller.queue.add("late", after: .seconds(100))
            try await time.sleep(for: .seconds(10))
            controller.queue.add("early", after: .seconds(20))
            controller.queue.add("late", after: .seconds(50))
            try await time.sleep(for: .seconds(200))
            #expect(looks.all == [Looks.Look(key: "early", at: .seconds(30)), Looks.Look(key: "late", at: .seconds(60))])
        }
    }
}
