package import KubeCore

/// Lets durations pass faster than they do: a minute of back-off in a second, with the wall clock as it is.
///
/// What is written into objects carries real times, so ages look right; whoever measures by them sees real durations.
package struct AcceleratedTime: TimeSource {
    private let base: any TimeSource
    private let speed: Int

    /// `speed` 10: ten seconds pass in one. Values below 1 count as 1.
    package init(_ base: any TimeSource, speed: Int) {
        self.base = base
        self.speed = max(1, speed)
    }

    package func now() -> Timestamp { base.now() }
    package func uptime() -> Duration { base.uptime() * speed }
    package func sleep(for duration: Duration) async throws(KubeError) { try await base.sleep(for: duration / speed) }
}
