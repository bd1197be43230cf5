package import KubeCore

/// Refuses writes that begin when the lease has run out by the local clock, so that a process that was stopped for a while
/// and goes on in mid-work sends nothing more.
package struct FencedTransport: KubeTransport {
    private let next: any KubeTransport
    private let elector: LeaderElector

    package init(_ next: any KubeTransport, by elector: LeaderElector) {
        self.next = next
        self.elector = elector
    }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        guard request.method == .get || elector.isLeader else {
            throw KubeError(.leadershipLost, "\(request.method.rawValue) \(request.path) was not sent: the lease has run out")
        }
        return try await next.send(request)
    }
}
