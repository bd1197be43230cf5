package import KubeCore
import Synchronization

/// The door for controllers that play the cluster: synchronous and without encoding.
extension SimulatedAPIServer {
    /// The revision of the last write.
    package var revision: Int64 { state.withLock { $0.store.revision } }

    package func get(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? { get(ObjectReference(type, key)) }

    package func get(_ reference: ObjectReference) -> JSONValue? {
        state.withLock { $0.store.object($0.storage(of: reference.resource), reference.key)?.value }
    }

    /// The objects in the order of a list request.
    package func list(_ type: ResourceType, namespace: String? = nil, selector: LabelSelector? = nil) -> [JSONValue] {
        let objects = state.withLock { state in
            state.store.tables[state.storage(of: GroupResource(type))]?.list(namespace: namespace) ?? []
        }
        guard let selector, !selector.requirements.isEmpty else { return objects.map(\.value) }
        let requirements = selector.requirements.map(SelectorRequirement.init)
        return objects.filter { object in requirements.allSatisfy { $0.matches(object.labels) } }.map(\.value)
    }

    package func keys(_ type: ResourceType) -> [ObjectKey] {
        state.withLock { state in
            (state.store.tables[state.storage(of: GroupResource(type))]?.list(namespace: nil) ?? []).map(\.key)
        }
    }

    /// How many objects there are.
    package func count(_ type: ResourceType) -> Int {
        state.withLock { $0.store.tables[$0.storage(of: GroupResource(type))]?.objects.count ?? 0 }
    }

    /// Creates the object where its metadata says; `manager` turns the bookkeeping of managed fields on, which costs time.
    @discardableResult
    package func create(_ type: ResourceType, _ object: JSONValue, manager: String? = nil) throws(KubeError) -> JSONValue {
        let context = WriteContext(now: time.now(), manager: manager)
        return try withState { state throws(KubeError) in
            let definition = try state.definition(of: type)
            return try state.create(definition, object, namespace: object["metadata"]?["namespace"]?.string ?? "", context)
        }
    }

    /// Reads, changes and writes in one step, so it cannot conflict; nil when there is no such object.
    /// As over HTTP, `status` stays as it was for kinds with a status subresource, and a change of nothing writes nothing.
    @discardableResult
    package func update(
        _ type: ResourceType, _ key: ObjectKey, manager: String? = nil, _ change: (inout JSONValue) -> Void
    ) throws(KubeError) -> JSONValue? {
        try update(type, key, subresource: nil, manager: manager, change)
    }

    /// The same through the status subresource: all but `spec` is taken for built-in kinds, `status` alone for custom ones.
    @discardableResult
    package func updateStatus(
        _ type: ResourceType, _ key: ObjectKey, manager: String? = nil, _ change: (inout JSONValue) -> Void
    ) throws(KubeError) -> JSONValue? {
        try update(type, key, subresource: "status", manager: manager, change)
    }

    private func update(
        _ type: ResourceType, _ key: ObjectKey, subresource: String?, manager: String?, _ change: (inout JSONValue) -> Void
    ) throws(KubeError) -> JSONValue? {
        let context = WriteContext(now: time.now(), manager: manager)
        return try withState { state throws(KubeError) in
            let definition = try state.definition(of: type)
            guard let current = state.store.object(definition.storage, key) else { return nil }
            var value = current.value
            change(&value)
            return try state.replace(definition, current, with: value, subresource: subresource, context)
        }
    }

    /// Deletes as a client would: finalizers and grace periods hold the object. Nil when there is no such object, else the object as
    /// it was left or as it was last.
    @discardableResult
    package func delete(
        _ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions = DeleteOptions()
    ) throws(KubeError) -> JSONValue? {
        let context = WriteContext(now: time.now(), manager: nil)
        return try withState { state throws(KubeError) in
            let definition = try state.definition(of: type)
            guard let current = state.store.object(definition.storage, key) else { return nil }
            return try state.delete(definition, current, options, context).object
        }
    }

    /// Names what changes, from everything that exists on.
    package func subscribe(to types: [ResourceType]) -> ObjectSubscription {
        let identifier = state.withLock { state in
            let resources = types.map { state.storage(of: GroupResource($0)) }
            return state.store.subscribe(to: Set(resources))
        }
        return ObjectSubscription(server: self, identifier: identifier)
    }

    /// Deletes dependents whose owners are gone, lets waiting owners go and empties terminating namespaces, as far as due now.
    /// Returns whether anything was written; call again until it was not to let whole chains go at once.
    @discardableResult
    package func collectGarbage() -> Bool {
        let context = WriteContext(now: time.now(), manager: nil)
        return state.withLock { $0.collectGarbage(context) }
    }

    /// Forgets all history: watches and continue tokens of older revisions are answered `410 Expired`.
    package func compact() {
        state.withLock { $0.store.compact() }
    }

    /// Lets the revision counter move as writes elsewhere in a cluster would.
    package func skipRevisions(_ count: Int64) {
        state.withLock { $0.store.skipRevisions(count) }
    }

    /// `Mutex.withLock` with a typed error.
    func withState<Value: Sendable>(_ body: (inout ClusterState) throws(KubeError) -> Value) throws(KubeError) -> Value {
        let result: Result<Value, KubeError> = state.withLock { state in
            do throws(KubeError) {
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// Who wants to hear of changes. Ends with its last reference.
package final class ObjectSubscription: Sendable {
    private let server: SimulatedAPIServer
    private let identifier: Int

    init(server: SimulatedAPIServer, identifier: Int) {
        self.server = server
        self.identifier = identifier
    }

    deinit {
        server.state.withLock { [identifier] in $0.store.unsubscribe(identifier) }
    }

    /// What changed since the last call, in order of first change; waits until that is something. One caller at a time.
    /// Errors: `.cancelled`, as soon as the task is.
    package func next() async throws(KubeError) -> [ObjectReference] {
        while true {
            if Task.isCancelled { throw KubeError(.cancelled, "cancelled while waiting for changes") }
            let changed = take()
            if !changed.isEmpty { return changed }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    server.state.withLock { $0.store.wait(subscription: identifier, continuation) }
                    // Cancelled before it was registered: the handler has come and gone.
                    if Task.isCancelled { server.state.withLock { $0.store.stopWaiting(subscription: identifier) } }
                }
            } onCancel: {
                server.state.withLock { $0.store.stopWaiting(subscription: identifier) }
            }
        }
    }

    /// What changed since the last call, without waiting.
    package func take() -> [ObjectReference] {
        server.state.withLock { $0.store.takeChanged(identifier) }
    }
}
