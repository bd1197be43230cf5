import KubeCore

/// Every table of the cluster under one revision counter, and who waits for what.
///
/// Assumption: it is only touched while the server's lock is held. Waiters are handed to `takeReady` and resumed after it:
/// resuming takes the task's own lock, under which a cancellation handler waits for the server's.
struct ObjectStore: Sendable {
    private(set) var tables: [GroupResource: ObjectTable] = [:]
    /// The revision of the last write. It starts at 1, as etcd's does.
    private(set) var revision: Int64 = 1
    let window: Int
    private var waiters: [GroupResource: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var subscriptions: [Int: SubscriptionState] = [:]
    private var lastIdentifier = 0
    private var ready: [CheckedContinuation<Void, Never>] = []

    init(window: Int) { self.window = window }

    private struct SubscriptionState {
        var resources: Set<GroupResource>
        var changed: [ObjectReference] = []
        var pending: Set<ObjectReference> = []
        var waiter: CheckedContinuation<Void, Never>?

        mutating func mark(_ reference: ObjectReference) {
            if pending.insert(reference).inserted { changed.append(reference) }
        }
    }

    // MARK: Tables

    mutating func open(_ resource: GroupResource) {
        if tables[resource] == nil { tables[resource] = ObjectTable(floor: revision, window: window) }
    }

    /// Ends the table and every watch of it.
    mutating func close(_ resource: GroupResource) {
        tables[resource] = nil
        wake(resource)
    }

    func object(_ resource: GroupResource, _ key: ObjectKey) -> StoredObject? { tables[resource]?[key] }

    // MARK: Writes

    /// The revision that the next write will have.
    var nextRevision: Int64 { revision + 1 }

    @discardableResult
    mutating func put(_ resource: GroupResource, _ key: ObjectKey, _ value: JSONValue) -> StoredObject {
        revision += 1
        let object = StoredObject(key: key, revision: revision, value: value.withResourceVersion(revision))
        tables[resource, default: ObjectTable(floor: revision - 1, window: window)].put(object)
        notify(ObjectReference(resource, key))
        return object
    }

    /// Removes an object; watchers see `value` with the deletion's revision.
    @discardableResult
    mutating func remove(_ resource: GroupResource, _ key: ObjectKey, last value: JSONValue) -> StoredObject {
        revision += 1
        let object = StoredObject(key: key, revision: revision, value: value.withResourceVersion(revision))
        tables[resource]?.remove(object)
        notify(ObjectReference(resource, key))
        return object
    }

    /// A write elsewhere in the cluster: the counter moves, no served object does.
    mutating func skipRevisions(_ count: Int64) { revision += max(0, count) }

    /// A consistent read of a kind.
    mutating func confirm(_ resource: GroupResource) { tables[resource]?.confirm(revision) }

    mutating func compact() {
        for resource in tables.keys { tables[resource]?.compact(to: revision) }
    }

    // MARK: Waiting

    private mutating func notify(_ reference: ObjectReference) {
        wake(reference.resource)
        for identifier in subscriptions.keys.sorted() {
            guard subscriptions[identifier]?.resources.contains(reference.resource) == true else { continue }
            subscriptions[identifier]?.mark(reference)
            if let waiter = subscriptions[identifier]?.waiter { ready.append(waiter) }
            subscriptions[identifier]?.waiter = nil
        }
    }

    private mutating func wake(_ resource: GroupResource) {
        guard let waiting = waiters.removeValue(forKey: resource) else { return }
        for identifier in waiting.keys.sorted() { if let waiter = waiting[identifier] { ready.append(waiter) } }
    }

    /// Whom to resume once the lock is let go.
    mutating func takeReady() -> [CheckedContinuation<Void, Never>] {
        if ready.isEmpty { return [] }
        defer { ready = [] }
        return ready
    }

    mutating func makeIdentifier() -> Int {
        lastIdentifier += 1
        return lastIdentifier
    }

    /// Keeps the continuation until the table changes; resumes it at once when it has changed since `revision`.
    mutating func wait(
        for resource: GroupResource, after revision: Int64, as identifier: Int, _ continuation: CheckedContinuation<Void, Never>
    ) {
        if let table = tables[resource], table.latest <= revision {
            waiters[resource, default: [:]][identifier] = continuation
        } else {
            ready.append(continuation)
        }
    }

    mutating func stopWaiting(for resource: GroupResource, as identifier: Int) {
        if let waiter = waiters[resource]?.removeValue(forKey: identifier) { ready.append(waiter) }
        if waiters[resource]?.isEmpty == true { waiters[resource] = nil }
    }

    // MARK: Subscriptions

    mutating func subscribe(to resources: Set<GroupResource>) -> Int {
        let identifier = makeIdentifier()
        var state = SubscriptionState(resources: resources)
        for resource in resources.sorted() {
            for key in tables[resource]?.order ?? [] { state.mark(ObjectReference(resource, key)) }
        }
        subscriptions[identifier] = state
        return identifier
    }

    mutating func takeChanged(_ identifier: Int) -> [ObjectReference] {
        defer {
            subscriptions[identifier]?.changed = []
            subscriptions[identifier]?.pending = []
        }
        return subscriptions[identifier]?.changed ?? []
    }

    mutating func wait(subscription identifier: Int, _ continuation: CheckedContinuation<Void, Never>) {
        guard let state = subscriptions[identifier], state.changed.isEmpty, state.waiter == nil else {
            ready.append(continuation)
            return
        }
        subscriptions[identifier]?.waiter = continuation
    }

    mutating func stopWaiting(subscription identifier: Int) {
        if let waiter = subscriptions[identifier]?.waiter { ready.append(waiter) }
        subscriptions[identifier]?.waiter = nil
    }

    mutating func unsubscribe(_ identifier: Int) {
        stopWaiting(subscription: identifier)
        subscriptions[identifier] = nil
    }
}

extension JSONValue {
    func withResourceVersion(_ revision: Int64) -> JSONValue {
        var value = self
        value.updateMetadata { $0["resourceVersion"] = .string(String(revision)) }
        return value
    }

    /// Changes the metadata in place.
    mutating func updateMetadata(_ change: (inout JSONValue) -> Void) {
        guard case .object(var members) = self else { return }
        self = .null
        var metadata = members["metadata"] ?? .object([:])
        change(&metadata)
        members["metadata"] = metadata
        self = .object(members)
    }
}
