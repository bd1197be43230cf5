/// A rate with a burst: `take` says how long to wait for the next token.
package struct TokenBucket: Sendable {
    package let perSecond: Double
    package let burst: Double
    private var tokens: Double
    private var lastRefill: Duration?

    package init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = Double(burst)
        tokens = Double(burst)
    }

    /// Reserves one token; the wait is zero when one is there. Reservations are kept in order and never given back.
    package mutating func take(now: Duration) -> Duration {
        if let lastRefill { tokens = min(burst, tokens + (now - lastRefill).inSeconds * perSecond) }
        lastRefill = now
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / perSecond)
    }

    /// Takes a token only if one is there.
    package mutating func takeIfAvailable(now: Duration) -> Bool {
        if let lastRefill { tokens = min(burst, tokens + (now - lastRefill).inSeconds * perSecond) }
        lastRefill = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}

extension Duration {
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
