package import KubeCore

/// What a candidate knows of a lease, as a pure value: whose it is, and since when it has not moved by the candidate's own clock.
///
/// Times written into the lease by others are never compared with any clock here: clocks of two machines differ.
package struct LeaseObservation: Sendable {
    package let identity: String
    package private(set) var lease: Lease?
    /// When the record last changed under our eyes, on the monotonic clock.
    package private(set) var changedAt: Duration = .zero

    package init(identity: String) { self.identity = identity }

    package mutating func see(_ seen: Lease?, at uptime: Duration) {
        if seen?.spec != lease?.spec || lease == nil || seen == nil { changedAt = uptime }
        lease = seen
    }

    package var holder: String { lease?.spec?.holderIdentity ?? "" }

    /// Whether the lease may be taken: nobody has it, we have it, or its holder has not renewed it for its own duration.
    package func isFree(at uptime: Duration, ownDuration: Duration) -> Bool {
        guard !holder.isEmpty, holder != identity else { return true }
        let duration = lease?.spec?.leaseDurationSeconds.map { Duration.seconds($0) } ?? ownDuration
        return uptime >= changedAt + duration
    }

    /// The lease as we would write it now: to take it, or to renew it when it is ours already.
    package func claimed(key: ObjectKey, duration: Duration, now: Timestamp) -> Lease {
        let isOurs = holder == identity
        var claim = lease ?? Lease(metadata: ObjectMeta(name: key.name, namespace: key.namespace), spec: nil)
        let transitions = claim.spec?.leaseTransitions ?? 0
        claim.spec = Lease.Spec(
            holderIdentity: identity, leaseDurationSeconds: Int(duration.components.seconds),
            acquireTime: isOurs ? claim.spec?.acquireTime ?? MicroTime(now) : MicroTime(now), renewTime: MicroTime(now),
            leaseTransitions: lease == nil ? 0 : isOurs ? transitions : transitions + 1)
        return claim
    }

    /// The lease given back; nil when it is not ours.
    package func released(now: Timestamp) -> Lease? {
        guard var released = lease, holder == identity else { return nil }
        released.spec?.holderIdentity = ""
        released.spec?.leaseDurationSeconds = 1
        released.spec?.renewTime = MicroTime(now)
        return released
    }
}
