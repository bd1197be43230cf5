package import KubeCore

/// What a store holds, as a pure value: objects by key, indexes over them, and how far it has seen.
package struct StoreContents<Value: Sendable & Equatable>: Sendable {
    /// The terms under which an object is found again, such as a pod's node.
    package typealias Terms = @Sendable (ObjectKey, Value) -> [String]

    package private(set) var values: [ObjectKey: Value] = [:]
    package private(set) var hasSynced = false
    /// The changes of the first read have been told: only now may work start that relies on them.
    package private(set) var hasAnnounced = false
    /// The newest revision seen, in objects, bookmarks and lists.
    package private(set) var revision: String?
    private let indexers: [String: Terms]
    private var indexes: [String: [String: Set<ObjectKey>]] = [:]

    package init(indexes indexers: [String: Terms] = [:]) { self.indexers = indexers }

    /// Puts, or removes with nil. The change is nil when nothing differs.
    package mutating func set(_ key: ObjectKey, to new: Value?, at revision: String?) -> Change<Value>? {
        if let revision { self.revision = revision }
        let old = values[key]
        guard old != new else { return nil }
        reindex(key, from: old, to: new)
        values[key] = new
        switch (old, new) {
        case (nil, let new?): return .added(key, new)
        case (let old?, let new?): return .updated(key, old: old, new: new)
        case (let old?, nil): return .deleted(key, old)
        case (nil, nil): return nil
        }
    }

    /// Replaces everything at once. The changes lead from what was to what is, in the order of the keys.
    package mutating func replace(with new: [ObjectKey: Value], at revision: String) -> [Change<Value>] {
        var keys = Set(values.keys)
        keys.formUnion(new.keys)
        var changes: [Change<Value>] = []
        for key in keys.sorted() {
            if let change = set(key, to: new[key], at: nil) { changes.append(change) }
        }
        self.revision = revision
        hasSynced = true
        return changes
    }

    package mutating func announced() { hasAnnounced = true }

    package mutating func saw(_ revision: String) { self.revision = revision }

    package func keys(in index: String, _ term: String) -> [ObjectKey] {
        (indexes[index]?[term] ?? []).sorted()
    }

    /// How many objects stand under each term.
    package func count(in index: String, _ term: String) -> Int { indexes[index]?[term]?.count ?? 0 }

    private mutating func reindex(_ key: ObjectKey, from old: Value?, to new: Value?) {
        for (index, terms) in indexers {
            let before = old.map { terms(key, $0) } ?? []
            let after = new.map { terms(key, $0) } ?? []
            guard before != after else { continue }
            for term in before {
                indexes[index]?[term]?.remove(key)
                if indexes[index]?[term]?.isEmpty == true { indexes[index]?[term] = nil }
            }
            for term in after { indexes[index, default: [:]][term, default: []].insert(key) }
        }
    }
}
