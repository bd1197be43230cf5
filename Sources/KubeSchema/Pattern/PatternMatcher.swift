/// Runs all ways through a program at once, one scalar at a time (a Pike machine without captures).
struct PatternMatcher {
    private let program: PatternProgram
    private var threads: [Int] = []
    private var following: [Int] = []
    /// The step in which an instruction was last added, so that none runs twice in one.
    private var lastAdded: [Int]

    init(_ program: PatternProgram) {
        self.program = program
        lastAdded = Array(repeating: -1, count: program.instructions.count)
    }

    func matches(_ text: String) -> Bool {
        var matcher = self
        return matcher.run(text)
    }

    private mutating func run(_ text: String) -> Bool {
        var previous: Unicode.Scalar?
        var iterator = text.unicodeScalars.makeIterator()
        var current = iterator.next()
        var step = 0
        while true {
            if step == 0 || !program.isAnchored, add(0, isNext: false, step: step, previous, current) { return true }
            guard let scalar = current, !(threads.isEmpty && program.isAnchored) else { return false }
            let next = iterator.next()
            following.removeAll(keepingCapacity: true)
            for thread in threads {
                guard case .consume(let set) = program.instructions[thread], program.sets[set].contains(scalar.value) else { continue }
                if add(thread + 1, isNext: true, step: step + 1, scalar, next) { return true }
            }
            swap(&threads, &following)
            (previous, current) = (scalar, next)
            step += 1
        }
    }

    /// Follows everything that takes no scalar; true when the end is reached.
    private mutating func add(
        _ start: Int, isNext: Bool, step: Int, _ previous: Unicode.Scalar?, _ next: Unicode.Scalar?
    ) -> Bool {
        var stack = [start]
        while let index = stack.popLast() {
            guard lastAdded[index] != step else { continue }
            lastAdded[index] = step
            switch program.instructions[index] {
            case .accept: return true
            case .consume: if isNext { following.append(index) } else { threads.append(index) }
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assert(let assertion): if Self.holds(assertion, previous, next) { stack.append(index + 1) }
            }
        }
        return false
    }

    private static func holds(_ assertion: PatternAssertion, _ previous: Unicode.Scalar?, _ next: Unicode.Scalar?) -> Bool {
        switch assertion {
        case .textStart: previous == nil
        case .textEnd: next == nil
        case .lineStart: previous == nil || previous == "\n"
        case .lineEnd: next == nil || next == "\n"
        case .wordBoundary: isWord(previous) != isWord(next)
        case .noWordBoundary: isWord(previous) == isWord(next)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        switch scalar {
        case .some("0"..."9"), .some("A"..."Z"), .some("a"..."z"), .some("_"): true
        default: false
        }
    }
}
