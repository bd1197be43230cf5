import KubeCore

/// What was applied, and what the server made of it: decides whether an object must be applied again.
///
/// Guarantees: an apply is due when the object is missing, once after a start, when the manifest changed, and when
/// fields that we own differ from what our last apply returned; never at rest, and never on a cache that is older than
/// our own last write. The same drift more than `contestLimit` times within `contestWindow` is contested: it waits.
package struct ApplyLedger: Sendable {
    package static let contestLimit = 3
    package static let contestWindow = Duration.seconds(600)

    package enum Verdict: Sendable, Hashable {
        case settled
        case apply(ApplyReason)
        /// Our own write is newer than what the watch has shown: look again when it arrives.
        case awaitingCache
        /// Somebody keeps changing it back: who, which fields, and for how long we wait.
        case contested(by: String?, paths: [String], retryAfter: Duration)
    }

    private struct Entry: Sendable {
        var manifest: JSONValue
        var returned: JSONValue
        var uid: String
        var resourceVersion: String
        var drifts: [Duration] = []
        /// The watch has shown this write or a later one.
        var seen = false
    }

    private var entries: [ObjectIdentity: Entry] = [:]

    package init() {}

    package func verdict(on manifest: Manifest, observed: ManagedObject?, uptime: Duration) -> Verdict {
        let entry = entries[manifest.identity]
        guard let observed else {
            // A deleted object is missing; one that we just made is only not seen yet.
            guard let entry, !entry.seen else { return .apply(.missing) }
            return .awaitingCache
        }
        guard let entry else { return .apply(.firstLook) }
        if observed.isDeleting { return .awaitingCache }
        if entry.manifest != manifest.value { return .apply(.intentChanged) }
        if observed.uid == entry.uid, Self.isOlder(observed.resourceVersion, than: entry.resourceVersion) { return .awaitingCache }
        let found = OwnedFields.projection(of: observed.value, onto: entry.manifest)
        let paths = OwnedFields.differences(entry.returned, found)
        if paths.isEmpty { return .settled }
        let recent = entry.drifts.filter { uptime - $0 < Self.contestWindow }
        if recent.count >= Self.contestLimit, let first = recent.first {
            return .contested(by: observed.lastEditor, paths: Array(paths.prefix(5)), retryAfter: first + Self.contestWindow - uptime)
        }
        return .apply(.drift(paths: Array(paths.prefix(5)), editor: observed.lastEditor))
    }

    /// Notes what an apply returned.
    package mutating func applied(_ manifest: Manifest, because reason: ApplyReason, returned: ManagedObject, uptime: Duration) {
        var entry = Entry(
            manifest: manifest.value, returned: OwnedFields.projection(of: returned.value, onto: manifest.value),
            uid: returned.uid, resourceVersion: returned.resourceVersion)
        entry.drifts = (entries[manifest.identity]?.drifts ?? []).filter { uptime - $0 < Self.contestWindow }
        if case .drift = reason { entry.drifts.append(uptime) }
        entries[manifest.identity] = entry
    }

    /// Notes that the watch has shown an object, so that its absence afterwards means that it is gone.
    package mutating func observed(_ object: ManagedObject) {
        guard let entry = entries[object.identity], !entry.seen else { return }
        if object.uid != entry.uid || !Self.isOlder(object.resourceVersion, than: entry.resourceVersion) {
            entries[object.identity]?.seen = true
        }
    }

    package mutating func forget(_ identity: ObjectIdentity) { entries[identity] = nil }

    /// Revisions are decimal numbers that grow (documented since Kubernetes 1.35, true before).
    static func isOlder(_ left: String, than right: String) -> Bool {
        guard let left = UInt64(left), let right = UInt64(right) else { return false }
        return left < right
    }
}
