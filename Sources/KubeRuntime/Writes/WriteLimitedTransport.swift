package import KubeCore
import Synchronization

/// Holds writes back to a rate that is polite; reads pass freely. Waiting ends with the task.
///
/// Leases must not go through it: a renewal that waits its turn is a leadership lost.
package final class WriteLimitedTransport: KubeTransport {
    private let next: any KubeTransport
    private let time: any TimeSource
    private let bucket: Mutex<TokenBucket>

    /// Defaults: 20 a second after a burst of 100.
    package init(_ next: any KubeTransport, perSecond: Double = 20, burst: Int = 100, time: any TimeSource) {
        self.next = next
        self.time = time
        bucket = Mutex(TokenBucket(perSecond: perSecond, burst: burst))
    }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        if request.method != .get {
            let now = time.uptime()
            let wait = bucket.withLock { $0.take(now: now) }
            if wait > .zero { try await time.sleep(for: wait) }
        }
        return try await next.send(request)
    }
}
