import FoundationEssentials

/// The machine's own clocks.
package struct SystemTime: TimeSource {
    private let start = ContinuousClock.now

    package init() {}

    package func now() -> Timestamp {
        let time = Date().timeIntervalSince1970
        let seconds = time.rounded(.down)
        return Timestamp(seconds: Int64(seconds), nanoseconds: Int32((time - seconds) * 1_000_000_000))
    }

    package func uptime() -> Duration { ContinuousClock.now - start }

    package func sleep(for duration: Duration) async throws(KubeError) {
        do {
            try await Task.sleep(for: duration, clock: .continuous)
        } catch {
            throw KubeError(.cancelled, "cancelled while waiting")
        }
    }
}
