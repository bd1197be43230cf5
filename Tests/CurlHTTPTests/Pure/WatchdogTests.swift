import Testing

@testable import CurlHTTP

@Suite struct WatchdogTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test func `without limits it never bites`() {
        var watchdog = Watchdog(totalTimeout: nil, idleTimeout: nil, startingAt: start)
        watchdog.sawMove(at: start)
        #expect(watchdog.nextCheck == nil && watchdog.verdict(at: after(1_000_000)) == nil)
    }

    @Test func `idleness counts from the last move, and not before the first`() {
        var watchdog = Watchdog(totalTimeout: nil, idleTimeout: .seconds(10), startingAt: start)
        #expect(watchdog.nextCheck == nil && watchdog.verdict(at: after(100)) == nil)
        watchdog.sawMove(at: after(100))
        #expect(watchdog.nextCheck == after(110))
        #expect(watchdog.verdict(at: after(109)) == nil && watchdog.verdict(at: after(110)) == .idle)
    }

    @Test func `a slow reader is not idleness`() {
        var watchdog = Watchdog(totalTimeout: .seconds(500), idleTimeout: .seconds(10), startingAt: start)
        watchdog.sawMove(at: start)
        watchdog.suspend()
        #expect(watchdog.nextCheck == after(500) && watchdog.verdict(at: after(400)) == nil)
    }

    @Test func `the total limit holds whatever moves, and the earlier limit is looked at first`() {
        var watchdog = Watchdog(totalTimeout: .seconds(15), idleTimeout: .seconds(10), startingAt: start)
        watchdog.sawMove(at: start)
        #expect(watchdog.nextCheck == after(10))
        watchdog.sawMove(at: after(9))
        #expect(watchdog.nextCheck == after(15))
        watchdog.sawMove(at: after(15))
        #expect(watchdog.verdict(at: after(15)) == .total)
    }

    @Test(arguments: [
        (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(200), 200), (.microseconds(200_001), 201), (.seconds(3), 3000),
        (.seconds(Int64.max), Int(Int32.max) * 1000),
    ])
    func `milliseconds are rounded up and never overflow`(_ duration: Duration, _ milliseconds: Int) {
        #expect(duration.wholeMilliseconds == milliseconds)
    }
}
