import KubeClient
import KubeCore
import KubeRuntime
import Logging
import Synchronization
import TestSupport
import Testing

/// Several candidates for one lease, and who worked when.
final class Election: Sendable {
    let server = FakeObjects()
    let time: ManualTime
    private let working = Mutex<(now: Set<String>, mostAtOnce: Int, log: [String])>(([], 0, []))

    init(_ time: ManualTime) { self.time = time }

    var leaders: Set<String> { working.withLock { $0.now } }
    var mostAtOnce: Int { working.withLock { $0.mostAtOnce } }
    var log: [String] { working.withLock { $0.log } }
    var holder: String? { server.object("nodeaudit")?["spec"]?["holderIdentity"]?.string }

    func candidate(_ identity: String, through transport: (any KubeTransport)? = nil) -> LeaderElector {
        LeaderElector(
            KubeAPI(transport ?? server), lease: ObjectKey(namespace: "system", name: "nodeaudit"), identity: identity, time: time,
            random: .seeded(identity.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }), metrics: .none, logger: .silent)
    }

    /// Works until cancelled, or for a while.
    func work(_ identity: String, for duration: Duration = .seconds(1_000_000)) async throws(KubeError) {
        working.withLock { state in
            state.now.insert(identity)
            state.mostAtOnce = max(state.mostAtOnce, state.now.count)
            state.log.append("\(identity) begins")
        }
        defer {
            working.withLock { state in
                state.now.remove(identity)
                state.log.append("\(identity) ends")
            }
        }
        try await time.sleep(for: duration)
    }
}

/// A candidate's own line to the server, which can be cut.
final class Line: KubeTransport {
    private let next: any KubeTransport
    private let isCut = Mutex(false)
    private let time: ManualTime

    init(_ next: any KubeTransport, _ time: ManualTime) {
        self.next = next
        self.time = time
    }

    func cut(_ cut: Bool) { isCut.withLock { $0 = cut } }

    func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        if isCut.withLock({ $0 }) {
            try await time.sleep(for: .seconds(3))
            throw KubeError(.unreachable, "no route to host")
        }
        return try await next.send(request)
    }
}
