import KubeCore
import Synchronization
import TestSupport
import Testing

@testable import KubeRuntime

struct WorkQueueStateTests {
    @Test func `a key added many times is one look`() {
        var queue = WorkQueueState<String>()
        for _ in 0..<10 { queue.add("a", now: .zero) }
        queue.add("b", now: .zero)
        #expect(queue.take(now: .zero)?.key == "a")
        #expect(queue.take(now: .zero)?.key == "b")
        #expect(queue.take(now: .zero) == nil)
    }

    @Test func `a key in hand is not handed out again, and comes back after it when it was added meanwhile`() {
        var queue = WorkQueueState<String>()
        queue.add("a", now: .zero)
        _ = queue.take(now: .zero)
        queue.add("a", now: .zero)
        #expect(queue.take(now: .zero) == nil)
        queue.done("a")
        #expect(queue.take(now: .zero)?.key == "a")
        queue.done("a")
        #expect(queue.take(now: .zero) == nil)
    }

    @Test func `of several delays the earliest counts`() {
        var queue = WorkQueueState<String>()
        queue.add("a", after: .seconds(10), now: .zero)
        queue.add("a", after: .seconds(5), now: .zero)
        queue.add("a", after: .seconds(20), now: .zero)
        queue.add("b", after: .seconds(7), now: .zero)
        #expect(queue.wakeDue(now: .seconds(4)).next == .seconds(5))
        #expect(queue.take(now: .seconds(4)) == nil)
        #expect(queue.wakeDue(now: .seconds(7)).woken == 2)
        #expect(queue.take(now: .seconds(7))?.key == "a")
        #expect(queue.take(now: .seconds(7))?.key == "b")
        queue.done("a")
        #expect(queue.wakeDue(now: .seconds(60)).woken == 0)
    }

    @Test func `a look makes an earlier wish for a later look void`() {
        var queue = WorkQueueState<String>()
        queue.add("a", after: .seconds(10), now: .zero)
        queue.add("a", now: .zero)
        _ = queue.take(now: .zero)
        queue.done("a")
        #expect(queue.wakeDue(now: .seconds(60)).woken == 0)
    }

    @Test func `the back-off of a key doubles from 5 ms to 1000 s and starts anew when forgotten`() {
        var queue = WorkQueueState<String>(retries: RetryDelays(perSecond: 1e9, burst: 1_000_000))
        var now = Duration.zero
        for attempt in 0..<24 {
            queue.backOff("a", now: now)
            let expected = min(Duration.milliseconds(5) * (1 << attempt), .seconds(1000))
            let next = queue.wakeDue(now: now).next
            #expect(next.map { $0 - now } == expected)
            now += expected
            _ = queue.wakeDue(now: now)
            _ = queue.take(now: now)
            queue.done("a")
        }
        queue.forget("a")
        queue.backOff("a", now: now)
        #expect(queue.wakeDue(now: now).next == now + .milliseconds(5))
    }

    @Test func `what the server asked for is waited at least`() {
        var queue = WorkQueueState<String>()
        queue.backOff("a", atLeast: .seconds(30), now: .zero)
        #expect(queue.wakeDue(now: .zero).next == .seconds(30))
    }

    @Test func `all keys share one bucket of retries`() {
        var queue = WorkQueueState<Int>()
        for key in 0..<200 { queue.backOff(key, now: .zero) }
        // The burst of 100 waits its own 5 ms; the rest comes at 10 a second.
        #expect(queue.wakeDue(now: .milliseconds(5)).woken == 100)
        #expect(queue.wakeDue(now: .seconds(5)).woken == 50)
        #expect(queue.wakeDue(now: .seconds(10)).woken == 50)
    }

    @Test func `a queue that was shut down hands out nothing and is drained when the work in hand is done`() {
        var queue = WorkQueueState<String>()
        for key in ["a", "b"] { queue.add(key, now: .zero) }
        _ = queue.take(now: .zero)
        queue.shutDown()
        #expect(queue.take(now: .zero) == nil)
        queue.add("c", now: .zero)
        #expect(!queue.isDrained)
        queue.done("a")
        #expect(queue.isDrained)
        #expect(queue.take(now: .zero) == nil)
    }

    /// Against a slow model: sets and a list of deadlines.
    @Test(arguments: Seeds.first(50))
    func `every key that was wanted is handed out, never twice at once, and in fair order`(seed: Int) {
        let random = RandomSource.seeded(UInt64(seed))
        func draw(_ count: Int) -> Int { Int(random.fraction() * Double(count)) }
        var queue = WorkQueueState<Int>()
        var now = Duration.zero
        var wanted: Set<Int> = []
        var inHand: Set<Int> = []
        var deadlines: [Int: Duration] = [:]
        for _ in 0..<2000 {
            let key = draw(12)
            switch draw(6) {
            case 0, 1:
                queue.add(key, now: now)
                wanted.insert(key)
            case 2:
                let delay = Duration.milliseconds(1 + draw(500))
                queue.add(key, after: delay, now: now)
                deadlines[key] = min(deadlines[key] ?? (now + delay), now + delay)
            case 3:
                if let (taken, _) = queue.take(now: now) {
                    #expect(wanted.contains(taken) && !inHand.contains(taken))
                    wanted.remove(taken)
                    deadlines[taken] = nil
                    inHand.insert(taken)
                } else {
                    #expect(wanted.subtracting(inHand).isEmpty)
                }
            case 4:
                if let key = inHand.sorted().first {
                    queue.done(key)
                    inHand.remove(key)
                }
            default:
                now += .milliseconds(draw(200))
                let next = queue.wakeDue(now: now).next
                for (key, deadline) in deadlines where deadline <= now {
                    wanted.insert(key)
                    deadlines[key] = nil
                }
                #expect(next == deadlines.values.min())
            }
        }
        #expect(queue.depth == wanted.subtracting(inHand).count)
    }
}

struct TokenBucketTests {
    @Test func `a burst passes at once and the rest at the rate`() {
        var bucket = TokenBucket(perSecond: 2, burst: 3)
        let waits = (0..<7).map { _ in bucket.take(now: .zero) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(500), .seconds(1), .milliseconds(1500), .seconds(2)])
        #expect(bucket.take(now: .seconds(100)) == .zero)
    }

    @Test func `a bucket never holds more than its burst`() {
        var bucket = TokenBucket(perSecond: 10, burst: 2)
        #expect(bucket.take(now: .seconds(1000)) == .zero)
        #expect(bucket.take(now: .seconds(2000)) == .zero)
        #expect(bucket.take(now: .seconds(2000)) == .zero)
        #expect(bucket.take(now: .seconds(2000)) > .zero)
    }
}
