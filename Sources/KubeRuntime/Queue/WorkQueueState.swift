/// A queue of keys that need a look, as a pure value.
///
/// Guarantees: a key is ready at most once; a key that is being worked on is never handed out a second time, and comes back
/// after it when it was added meanwhile; delays keep the earliest deadline of a key and end when the key is handed out.
package struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    private var ready: [Key] = []
    private var head = 0
    /// Wanted: ready, or to be ready once the work in hand on the same key is done.
    private var dirty: Set<Key> = []
    private var processing: Set<Key> = []
    private var delayed = DelayQueue<Key>()
    private var failures: [Key: Int] = [:]
    private var readySince: [Key: Duration] = [:]
    private var retries: RetryDelays
    package private(set) var isShutDown = false

    package init(retries: RetryDelays = RetryDelays()) { self.retries = retries }

    /// Keys waiting for a worker.
    package var depth: Int { ready.count - head }
    package var inHand: Int { processing.count }
    package var waiting: Int { delayed.count }
    package var isDrained: Bool { isShutDown && processing.isEmpty }

    /// True when the key was not wanted yet.
    @discardableResult
    package mutating func add(_ key: Key, now: Duration) -> Bool {
        guard !isShutDown, dirty.insert(key).inserted else { return false }
        readySince[key] = now
        if !processing.contains(key) { ready.append(key) }
        return true
    }

    package mutating func add(_ key: Key, after delay: Duration, now: Duration) {
        guard !isShutDown else { return }
        if delay <= .zero { add(key, now: now) } else { delayed.add(key, at: now + delay) }
    }

    /// Adds the key after its back-off, which grows with each call until `forget`. `atLeast`: what a server asked for.
    package mutating func backOff(_ key: Key, atLeast: Duration = .zero, now: Duration) {
        let count = failures[key, default: 0]
        failures[key] = count + 1
        add(key, after: max(atLeast, retries.next(failures: count, now: now)), now: now)
    }

    package mutating func forget(_ key: Key) { failures[key] = nil }

    package func failures(of key: Key) -> Int { failures[key] ?? 0 }

    /// Makes due keys ready; gives when the next one will be due, and how many have become ready.
    package mutating func wakeDue(now: Duration) -> (next: Duration?, woken: Int) {
        var woken = 0
        while !isShutDown, let key = delayed.popDue(now: now) {
            if add(key, now: now) { woken += 1 }
        }
        return (isShutDown ? nil : delayed.next(), woken)
    }

    /// Whether a delayed key is due before `deadline`, or at all when that is nil.
    mutating func isDue(before deadline: Duration?) -> Bool { delayed.isDue(before: deadline) }

    /// Hands out the next key and how long it was ready.
    package mutating func take(now: Duration) -> (key: Key, waited: Duration)? {
        guard !isShutDown, head < ready.count else { return nil }
        let key = ready[head]
        head += 1
        if head > 1024, head * 2 > ready.count {
            ready.removeFirst(head)
            head = 0
        }
        dirty.remove(key)
        delayed.remove(key)
        processing.insert(key)
        let waited = readySince.removeValue(forKey: key).map { now - $0 } ?? .zero
        return (key, waited)
    }

    /// The work on a key has ended, however it went.
    package mutating func done(_ key: Key) {
        processing.remove(key)
        if dirty.contains(key), !isShutDown { ready.append(key) }
    }

    /// Nothing is handed out or taken in any more; work in hand may finish.
    package mutating func shutDown() {
        isShutDown = true
        ready = []
        head = 0
    }
}

/// How long a key waits after its failures: exponential per key, and a bucket that all keys share; the longer of the two.
package struct RetryDelays: Sendable {
    package let base: Duration
    package let limit: Duration
    private var bucket: TokenBucket

    /// The defaults are client-go's: 5 ms × 2ⁿ up to 1,000 s, and 10 a second after a burst of 100.
    package init(base: Duration = .milliseconds(5), limit: Duration = .seconds(1000), perSecond: Double = 10, burst: Int = 100) {
        self.base = base
        self.limit = limit
        bucket = TokenBucket(perSecond: perSecond, burst: burst)
    }

    mutating func next(failures: Int, now: Duration) -> Duration {
        let own = failures < 30 ? min(base * (1 << failures), limit) : limit
        return max(own, bucket.take(now: now))
    }
}
