/// What is due when: entries come out by time, then in the order in which they were put in.
struct Timetable<Entry: Sendable>: Sendable {
    private struct Row: Sendable {
        var due: Duration
        var order: UInt64
        var entry: Entry

        func precedes(_ other: Row) -> Bool { due == other.due ? order < other.order : due < other.due }
    }

    /// A binary heap.
    private var rows: [Row] = []
    private var nextOrder: UInt64 = 0

    var first: Duration? { rows.first?.due }

    mutating func add(_ entry: Entry, at due: Duration) {
        rows.append(Row(due: due, order: nextOrder, entry: entry))
        nextOrder += 1
        var index = rows.count - 1
        while index > 0, rows[index].precedes(rows[(index - 1) / 2]) {
            rows.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out the first entry when it is due.
    mutating func next(dueAt now: Duration) -> Entry? {
        guard let first = rows.first, first.due <= now else { return nil }
        let last = rows.removeLast()
        if !rows.isEmpty {
            rows[0] = last
            sink(0)
        }
        return first.entry
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < rows.count && rows[child].precedes(rows[smallest]) {
                smallest = child
            }
            if smallest == index { return }
            rows.swapAt(index, smallest)
            index = smallest
        }
    }
}
