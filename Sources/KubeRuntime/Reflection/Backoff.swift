/// Growing pauses with jitter, forgotten after a quiet time.
package struct Backoff: Sendable {
    package let base: Duration
    package let limit: Duration
    /// A pause is drawn from d ... d × (1 + jitter).
    package let jitter: Double
    package let resetAfter: Duration
    private var step = 0
    private var lastUse: Duration?

    /// The defaults are client-go's for reflectors: 0.8 to 30 s, forgotten after 2 min.
    package init(
        base: Duration = .milliseconds(800), limit: Duration = .seconds(30), jitter: Double = 1, resetAfter: Duration = .seconds(120)
    ) {
        self.base = base
        self.limit = limit
        self.jitter = jitter
        self.resetAfter = resetAfter
    }

    /// The next pause. `now` is the monotonic clock, `random` in 0 ..< 1.
    package mutating func next(now: Duration, random: Double) -> Duration {
        if let lastUse, now - lastUse > resetAfter { step = 0 }
        let plain = step < 30 ? min(base * (1 << step), limit) : limit
        step += 1
        let pause = plain * (1 + jitter * random)
        // Counted from when the pause is over, so that a long one does not forget itself.
        lastUse = now + pause
        return pause
    }
}
