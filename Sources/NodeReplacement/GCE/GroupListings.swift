import KubeCore
import Synchronization

/// What groups said lately about their instances, so that several nodes of one group cost one listing.
final class GroupListings: Sendable {
    struct Listing: Sendable {
        var takenAt: Duration
        var instances: [String: ManagedInstance]
    }

    private let age: Duration
    private let listings = Mutex<[GCEGroup: Listing]>([:])

    init(age: Duration) { self.age = age }

    func fresh(_ group: GCEGroup, at now: Duration) -> Listing? {
        listings.withLock { listings in
            guard let listing = listings[group], now - listing.takenAt < age else { return nil }
            return listing
        }
    }

    func keep(_ listing: Listing, of group: GCEGroup) {
        listings.withLock { listings in
            listings = listings.filter { listing.takenAt - $0.value.takenAt < age }
            listings[group] = listing
        }
    }

    /// After every change that was asked for.
    func forget(_ group: GCEGroup) { listings.withLock { $0[group] = nil } }
}
