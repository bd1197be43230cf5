import KubeCore
import Synchronization

/// What groups said lately about their instances, so that several nodes of one group cost one listing.
final class GroupListings: Sendable {
    struct Listing: Sendable {
        var takenAt: Duration
        var instances: [String: ManagedInstance]
    }

    private struct State {
        var listings: [GCEGroup: Listing] = [:]
        /// When a change was last asked for: what was listed before, or at that moment, may not show it.
        var changed: [GCEGroup: Duration] = [:]
    }

    private let age: Duration
    private let state = Mutex(State())

    init(age: Duration) { self.age = age }

    func fresh(_ group: GCEGroup, at now: Duration) -> Listing? {
        state.withLock { state in
            guard let listing = state.listings[group], now - listing.takenAt < age else { return nil }
            return listing
        }
    }

    func keep(_ listing: Listing, of group: GCEGroup) {
        state.withLock { state in
            state.listings = state.listings.filter { listing.takenAt - $0.value.takenAt < age }
            state.changed = state.changed.filter { listing.takenAt - $0.value < age }
            if let changed = state.changed[group], listing.takenAt <= changed { return }
            state.listings[group] = listing
        }
    }

    /// After every change that was asked for; a listing under way at that moment is not kept either.
    func forget(_ group: GCEGroup, at now: Duration) {
        state.withLock { state in
            state.listings[group] = nil
            state.changed[group] = now
        }
    }
}
