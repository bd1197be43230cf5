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

    package subscript(key: ObjectKey) -> Value? { values[key] }

    package var count: Int { values.count }

    /// With the key as it is kept, whose text others share.
    package func entry(_ key: ObjectKey) -> (key: ObjectKey, value: Value)? { values.index(forKey: key).map { values[$0] } }

    /// Puts, or removes with nil. The change is nil when nothing differs.
    package mutating func set(_ key: ObjectKey, to new: Value?, at revision: String?) -> Change<Value>? {
        if let revision { self.revision = revision }
        let old = values[key]
        guard let change = Change(key, from: old, to: new) else { return nil }
        reindex(key, from: old, to: new)
        values[key] = new
        return change
    }

    /// Replaces everything at once.
    package mutating func replace(with new: [ObjectKey: Value], at revision: String) -> Replacement<Value> {
        let replacement = Replacement(old: values, new: new)
        values = new
        if !indexers.isEmpty {
            replacement.forEachChange { reindex($0.key, from: $0.old, to: $0.new) }
        }
        self.revision = revision
        hasSynced = true
        return replacement
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

/// What a whole new collection changed. The changes are made one by one when they are told, since together they would be a second
/// copy of the collection.
package struct Replacement<Value: Sendable & Equatable>: Sendable {
    let old: [ObjectKey: Value]
    let new: [ObjectKey: Value]

    /// The changes that lead from what was to what is, in the order of the keys.
    package func forEachChange(_ tell: (Change<Value>) -> Void) {
        var keys = Array(new.keys)
        for key in old.keys where new[key] == nil { keys.append(key) }
        keys.sort()
        for key in keys {
            if let change = Change(key, from: old[key], to: new[key]) { tell(change) }
        }
    }
}
