/// The time limits of one transfer that libcurl does not keep, or keeps too loosely. Pure: the time comes in.
///
/// libcurl's LOW_SPEED_TIME fires late and counts a slow reader as a slow server; this one does neither.
struct Watchdog {
    enum Verdict: Hashable {
        case total
        case idle
    }

    private let deadline: ContinuousClock.Instant?
    private let idleTimeout: Duration?
    /// When a byte moved last, `nil` while no byte is due: while connecting, and while the reader is the slow one.
    private var lastMove: ContinuousClock.Instant?

    init(totalTimeout: Duration?, idleTimeout: Duration?, startingAt now: ContinuousClock.Instant) {
        deadline = totalTimeout.map { now.advanced(by: $0) }
        self.idleTimeout = idleTimeout
    }

    /// Bytes moved, or are due from now on.
    mutating func sawMove(at now: ContinuousClock.Instant) {
        lastMove = now
    }

    /// No bytes are due until the next move.
    mutating func suspend() {
        lastMove = nil
    }

    /// When to look again, if nothing moves until then.
    var nextCheck: ContinuousClock.Instant? {
        guard let idleTimeout, let lastMove else { return deadline }
        let idleDeadline = lastMove.advanced(by: idleTimeout)
        return deadline.map { min($0, idleDeadline) } ?? idleDeadline
    }

    func verdict(at now: ContinuousClock.Instant) -> Verdict? {
        if let deadline, now >= deadline { return .total }
        if let idleTimeout, let lastMove, now >= lastMove.advanced(by: idleTimeout) { return .idle }
        return nil
    }
}
