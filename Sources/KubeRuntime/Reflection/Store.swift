package import KubeCore

/// The objects of one kind as last seen, in the slim form that the operator keeps.
///
/// Guarantees: a list replaces everything at once, with a deletion for each object that is gone. `onChange` is called after the
/// change is visible, once per real difference, in the order in which the server sent them, from one task; it must not block.
/// Assumptions: one reflector feeds it.
package final class Store<Value: Sendable & Equatable>: Sendable {
    package typealias Terms = StoreContents<Value>.Terms

    /// For messages and metrics.
    package let name: String
    private let contents: Monitor<StoreContents<Value>>
    private let onChange: @Sendable (Change<Value>) -> Void

    /// `indexes`: by name, the terms under which an object is found again.
    package init(
        _ name: String, indexes: [String: Terms] = [:], onChange: @escaping @Sendable (Change<Value>) -> Void = { _ in }
    ) {
        self.name = name
        contents = Monitor(StoreContents(indexes: indexes))
        self.onChange = onChange
    }

    package subscript(key: ObjectKey) -> Value? { contents.withLock { $0[key] } }

    package var count: Int { contents.withLock { $0.count } }

    /// Everything at one moment, as a copy.
    package var snapshot: [ObjectKey: Value] { contents.withLock { $0.values } }

    /// The keys under a term of an index, sorted.
    package func keys(in index: String, _ term: String) -> [ObjectKey] { contents.withLock { $0.keys(in: index, term) } }

    /// The objects under a term of an index, sorted by key.
    package func values(in index: String, _ term: String) -> [(key: ObjectKey, value: Value)] {
        contents.withLock { contents in
            contents.keys(in: index, term).compactMap { key in contents[key].map { (key, $0) } }
        }
    }

    package func count(in index: String, _ term: String) -> Int { contents.withLock { $0.count(in: index, term) } }

    /// The same object with the key and, if it is equal, the value that are here already: a collection that is read again shares the
    /// memory of the one that it replaces, in place of being there twice.
    package func shared(_ key: ObjectKey, _ value: Value) -> (key: ObjectKey, value: Value) {
        contents.withLock { contents in
            guard let known = contents.entry(key) else { return (key, value) }
            return (known.key, known.value == value ? known.value : value)
        }
    }

    // MARK: Feeding

    package func set(_ key: ObjectKey, to value: Value?, at revision: String?) {
        let change = contents.change { $0.set(key, to: value, at: revision) }
        if let change { onChange(change) }
    }

    package func replace(with values: [ObjectKey: Value], at revision: String) {
        contents.change { $0.replace(with: values, at: revision) }.forEachChange(onChange)
        contents.change { $0.announced() }
    }

    package func saw(_ revision: String) { contents.change { $0.saw(revision) } }
}

/// What can be waited for before work starts, and asked how far it has seen.
package protocol RevisionedCache: Sendable {
    var name: String { get }
    var hasSynced: Bool { get }
    /// The newest revision seen; nil before the first list.
    var revision: String? { get }
    /// Errors: `.cancelled`.
    func waitUntilSynced() async throws(KubeError)
    /// Returns once `revision` has been passed. Errors: `.cancelled`.
    func waitUntilSeen(_ revision: String) async throws(KubeError)
}

extension RevisionedCache {
    /// Whether the cache shows at least the state that a write at `revision` left.
    package func hasSeen(_ revision: String) -> Bool { Self.isPassed(revision, by: self.revision) }

    /// Revisions are compared as numbers, as Kubernetes 1.35 and newer document; others count as passed when they are equal.
    static func isPassed(_ wanted: String, by seen: String?) -> Bool {
        guard let seen else { return false }
        guard let wantedNumber = UInt64(wanted), let seenNumber = UInt64(seen) else { return wanted == seen }
        return seenNumber >= wantedNumber
    }
}

extension Store: RevisionedCache {
    /// The first read is complete and `onChange` has been told all of it.
    package var hasSynced: Bool { contents.withLock { $0.hasAnnounced } }

    package var revision: String? { contents.withLock { $0.revision } }

    package func waitUntilSynced() async throws(KubeError) { try await contents.wait { $0.hasAnnounced ? () : nil } }

    package func waitUntilSeen(_ revision: String) async throws(KubeError) {
        try await contents.wait { Self.isPassed(revision, by: $0.revision) ? () : nil }
    }
}
