import KubeCore

/// What the garbage collector has to look at, kept up to date by every write: who depends on whom, and what became due.
struct GarbageQueue: Sendable {
    private(set) var dependents: [String: Set<ObjectReference>] = [:]
    private var owners: [ObjectReference: Set<String>] = [:]
    /// Objects whose deletion has begun.
    private var going: Set<ObjectReference> = []
    private var due: [ObjectReference] = []
    private var isDue: Set<ObjectReference> = []

    mutating func stored(_ reference: ObjectReference, _ value: JSONValue) {
        let metadata = value["metadata"]
        let references = metadata?["ownerReferences"]?.array ?? []
        if !references.isEmpty || owners[reference] != nil {
            let new = Set(references.compactMap { $0["uid"]?.string })
            let old = owners[reference] ?? []
            if new != old {
                for uid in old.subtracting(new) { forget(reference, of: uid) }
                for uid in new { dependents[uid, default: []].insert(reference) }
                owners[reference] = new.isEmpty ? nil : new
                enqueue(reference)
            }
        }
        guard metadata?["deletionTimestamp"] != nil else { return }
        enqueue(reference)
        // Its dependents are looked at once, when the deletion begins.
        guard going.insert(reference).inserted else { return }
        for dependent in (dependents[metadata?["uid"]?.string ?? ""] ?? []).sorted() { enqueue(dependent) }
    }

    mutating func removed(_ reference: ObjectReference, _ value: JSONValue) {
        going.remove(reference)
        for uid in (owners.removeValue(forKey: reference) ?? []).sorted() {
            forget(reference, of: uid)
            enqueueOwner(uid)
        }
        for dependent in (dependents[value["metadata"]?["uid"]?.string ?? ""] ?? []).sorted() { enqueue(dependent) }
    }

    /// Owners that wait for their dependents, by uid; they are found by reference when they are due.
    private(set) var waitingOwners: [String: ObjectReference] = [:]

    mutating func wait(_ reference: ObjectReference, uid: String) { waitingOwners[uid] = reference }
    mutating func stopWaiting(uid: String) { waitingOwners[uid] = nil }

    private mutating func enqueueOwner(_ uid: String) {
        if let reference = waitingOwners[uid] { enqueue(reference) }
    }

    private mutating func forget(_ reference: ObjectReference, of uid: String) {
        dependents[uid]?.remove(reference)
        if dependents[uid]?.isEmpty == true { dependents[uid] = nil }
    }

    mutating func enqueue(_ reference: ObjectReference) {
        if isDue.insert(reference).inserted { due.append(reference) }
    }

    mutating func takeDue() -> [ObjectReference] {
        defer {
            due = []
            isDue = []
        }
        return due
    }
}
