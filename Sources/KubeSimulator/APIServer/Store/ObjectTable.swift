import KubeCore

/// All objects of one resource in etcd's order, with the latest part of their history.
///
/// Guarantees: every revision from `floor` on can be read and watched from; older ones are refused.
struct ObjectTable: Sendable {
    private(set) var objects: [ObjectKey: StoredObject] = [:]
    private(set) var order: [ObjectKey] = []
    private var history: [StoredChange] = []
    /// The oldest revision that new reads may ask for.
    private(set) var floor: Int64
    /// The oldest revision from which the history is complete: watches that run already read on from here after a compaction.
    private var retained: Int64
    /// The revision of the last change, or `floor` when there was none.
    private(set) var latest: Int64
    /// The last revision that a consistent read has made the watch cache of the kind wait for.
    private(set) var confirmed: Int64
    /// How many changes are kept.
    let window: Int

    init(floor: Int64, window: Int) {
        self.floor = floor
        retained = floor
        latest = floor
        confirmed = floor
        self.window = window
    }

    subscript(key: ObjectKey) -> StoredObject? { objects[key] }

    mutating func put(_ object: StoredObject) {
        let previous = objects.updateValue(object, forKey: object.key)
        if previous == nil { order.insert(object.key, at: position(of: object.key)) }
        record(StoredChange(revision: object.revision, kind: previous == nil ? .added : .modified, object: object, previous: previous))
    }

    /// Removes the object; `last` is what watchers see, with the deletion's revision.
    mutating func remove(_ last: StoredObject) {
        guard let previous = objects.removeValue(forKey: last.key) else { return }
        let index = position(of: last.key)
        if index < order.count, order[index] == last.key { order.remove(at: index) }
        record(StoredChange(revision: last.revision, kind: .deleted, object: last, previous: previous))
    }

    private mutating func record(_ change: StoredChange) {
        history.append(change)
        latest = change.revision
        if history.count > window * 2 {
            forget(history.count - window)
        }
    }

    private mutating func forget(_ count: Int) {
        guard count > 0 else { return }
        retained = history[count - 1].revision
        floor = max(floor, retained)
        history.removeFirst(count)
    }

    /// Somebody has read the newest state.
    mutating func confirm(_ revision: Int64) { confirmed = max(confirmed, revision) }

    /// How far a watch cache knows to be without having been told by etcd.
    var reached: Int64 { max(latest, confirmed) }

    /// Refuses what led to `revision` from now on, as compaction does.
    mutating func compact(to revision: Int64) { floor = max(floor, revision) }

    /// The changes after `revision`, oldest first, or nil when part of them is forgotten.
    func changes(after revision: Int64) -> ArraySlice<StoredChange>? {
        guard revision >= retained else { return nil }
        return history[firstIndex(after: revision)...]
    }

    private func firstIndex(after revision: Int64) -> Int {
        var low = 0
        var high = history.count
        while low < high {
            let middle = (low + high) / 2
            if history[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The objects in order, of one namespace when given, after the key `after` (a path as in continue tokens).
    func list(namespace: String? = nil, startingAt start: String? = nil) -> [StoredObject] {
        var range = order.startIndex..<order.endIndex
        if let namespace, !namespace.isEmpty {
            let first = position(ofPath: "\(namespace)/")
            // '0' follows '/' in ASCII, so this is the end of the namespace's keys.
            range = first..<position(ofPath: "\(namespace)0")
        }
        if let start { range = max(range.lowerBound, min(position(ofPath: start), range.upperBound))..<range.upperBound }
        return order[range].compactMap { objects[$0] }
    }

    /// The table as it was at `revision`, or nil when that is forgotten.
    func snapshot(at revision: Int64) -> ObjectTable? {
        guard revision >= floor, let later = changes(after: revision) else { return nil }
        var past = self
        past.latest = min(latest, revision)
        for change in later.reversed() {
            if let previous = change.previous {
                if past.objects.updateValue(previous, forKey: previous.key) == nil {
                    past.order.insert(previous.key, at: past.position(of: previous.key))
                }
            } else if past.objects.removeValue(forKey: change.object.key) != nil {
                past.order.remove(at: past.position(of: change.object.key))
            }
        }
        return past
    }

    private func position(of key: ObjectKey) -> Int {
        if let last = order.last, Self.precedes(last, key) { return order.count }
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(order[middle], key) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func position(ofPath path: String) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if order[middle].storagePath < path { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// etcd orders by the bytes of `namespace/name`.
    private static func precedes(_ left: ObjectKey, _ right: ObjectKey) -> Bool {
        left.namespace == right.namespace ? left.name < right.name : left.storagePath < right.storagePath
    }
}

extension ObjectKey {
    /// `namespace/name`, or the name alone: what continue tokens carry and etcd orders by.
    var storagePath: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}
