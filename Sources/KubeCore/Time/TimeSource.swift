/// Time as a value that comes in: the system's in the executables, a manual one in tests.
///
/// Code below the executables never sleeps or reads a clock in any other way, so 40 virtual minutes take milliseconds.
package protocol TimeSource: Sendable {
    /// The wall clock: for what is written into objects, never for measuring.
    func now() -> Timestamp
    /// A monotonic clock with an arbitrary start: for measuring and for deadlines.
    func uptime() -> Duration
    /// Returns after the duration. Errors: `.cancelled`, as soon as the task is.
    func sleep(for duration: Duration) async throws(KubeError)
}
