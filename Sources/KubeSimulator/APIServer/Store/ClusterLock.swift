import Synchronization

/// The cluster's state behind its lock.
///
/// Guarantee: whom a change lets go on is resumed after the lock is let go, in order. Under the lock it could wait for the lock of a
/// task whose cancellation handler waits for this one.
final class ClusterLock: Sendable {
    private let state: Mutex<ClusterState>

    init(_ state: ClusterState) { self.state = Mutex(state) }

    func withLock<Value: Sendable>(_ body: (inout ClusterState) -> Value) -> Value {
        let (value, ready) = state.withLock { state in
            let value = body(&state)
            return (value, state.store.takeReady())
        }
        for continuation in ready { continuation.resume() }
        return value
    }
}
