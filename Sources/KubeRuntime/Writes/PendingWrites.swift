import KubeCore
import Synchronization

/// Remembers our own writes until the caches show them, so that no plan is made from a state before them.
///
/// `Owner` is what waits: a policy's or a node's key.
package final class PendingWrites<Owner: Hashable & Sendable>: Sendable {
    private struct Expectation: Sendable {
        var cache: any RevisionedCache
        var revision: String
    }

    private let expectations = Mutex<[Owner: [Expectation]]>([:])

    package init() {}

    /// A write by `owner` left an object at `revision`, which `cache` will show. Nil (nothing was stored) is ignored.
    package func record(_ revision: String?, in cache: any RevisionedCache, by owner: Owner) {
        guard let revision, !cache.hasSeen(revision) else { return }
        expectations.withLock { expectations in
            // Of several writes to one cache only the newest matters.
            let name = cache.name
            let known = expectations[owner]?.first { $0.cache.name == name }?.revision
            if let known, let old = UInt64(known), let new = UInt64(revision), old >= new { return }
            expectations[owner]?.removeAll { $0.cache.name == name }
            expectations[owner, default: []].append(Expectation(cache: cache, revision: revision))
        }
    }

    /// Whether the caches show all that `owner` wrote.
    package func areSeen(by owner: Owner) -> Bool { unseen(by: owner).isEmpty }

    /// The names of the caches that are behind, for a message.
    package func unseen(by owner: Owner) -> [String] {
        let pending = expectations.withLock { $0[owner] ?? [] }
        let unseen = pending.filter { !$0.cache.hasSeen($0.revision) }
        if unseen.count != pending.count {
            expectations.withLock { $0[owner]?.removeAll { $0.cache.hasSeen($0.revision) } }
            expectations.withLock { if $0[owner]?.isEmpty == true { $0[owner] = nil } }
        }
        return unseen.map(\.cache.name).sorted()
    }

    package func forget(_ owner: Owner) { expectations.withLock { $0[owner] = nil } }
}
