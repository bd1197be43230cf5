/// Keys with deadlines, earliest first; each key at most once, with the earliest deadline it was given.
struct DelayQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var deadline: Duration
        var sequence: UInt64
        var key: Key

        func isBefore(_ other: Entry) -> Bool { (deadline, sequence) < (other.deadline, other.sequence) }
    }

    /// A binary heap; entries whose deadline is no longer the key's are stale and skipped.
    private var heap: [Entry] = []
    private var current: [Key: Current] = [:]
    private var sequence: UInt64 = 0

    private struct Current: Sendable {
        var deadline: Duration
        var sequence: UInt64
    }

    var count: Int { current.count }

    func deadline(of key: Key) -> Duration? { current[key]?.deadline }

    mutating func add(_ key: Key, at deadline: Duration) {
        if let known = current[key], known.deadline <= deadline { return }
        sequence += 1
        current[key] = Current(deadline: deadline, sequence: sequence)
        push(Entry(deadline: deadline, sequence: sequence, key: key))
    }

    mutating func remove(_ key: Key) { current[key] = nil }

    /// The earliest deadline.
    mutating func next() -> Duration? {
        dropStale()
        return heap.first?.deadline
    }

    /// Whether there is a deadline before this one, or any when it is nil.
    mutating func isDue(before deadline: Duration?) -> Bool {
        guard let next = next() else { return false }
        return deadline.map { next < $0 } ?? true
    }

    /// Takes the earliest key whose deadline has come.
    mutating func popDue(now: Duration) -> Key? {
        dropStale()
        guard let first = heap.first, first.deadline <= now else { return nil }
        pop()
        remove(first.key)
        return first.key
    }

    private mutating func dropStale() {
        while let first = heap.first, current[first.key]?.sequence != first.sequence { pop() }
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[smallest]) {
                smallest = child
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
