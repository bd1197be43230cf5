import KubeCore

extension ClusterState {
    /// One pass of the garbage collector and the namespace controller over what is due. Returns whether it wrote anything.
    mutating func collectGarbage(_ context: WriteContext) -> Bool {
        let before = store.revision
        for reference in garbage.takeDue() {
            guard let object = store.object(reference.resource, reference.key), let definition = registry[reference.resource] else {
                continue
            }
            if object.isDeleting {
                release(definition, object, context)
            }
            if let current = store.object(reference.resource, reference.key), !(current.metadata["ownerReferences"]?.array?.isEmpty ?? true)
            {
                judge(definition, current, context)
            }
        }
        return store.revision != before
    }

    private enum Ownership { case absent, solid, waiting }

    private func ownership(_ owner: JSONValue, of object: StoredObject) -> Ownership {
        guard
            let definition = registry.definition(apiVersion: owner["apiVersion"]?.string ?? "", kind: owner["kind"]?.string ?? "")
        else { return .solid }
        let namespace = definition.type.isNamespaced ? object.key.namespace : ""
        guard let found = store.object(definition.storage, ObjectKey(namespace: namespace, name: owner["name"]?.string ?? "")),
            found.uid == owner["uid"]?.string
        else { return .absent }
        let isWaiting = found.isDeleting && found.metadata["finalizers"]?.array?.contains("foregroundDeletion") == true
        return isWaiting ? .waiting : .solid
    }

    /// Deletes an object whose owners are gone or wait for it; drops references to owners that are gone beside ones that are not.
    private mutating func judge(_ definition: ResourceDefinition, _ object: StoredObject, _ context: WriteContext) {
        let owners = object.metadata["ownerReferences"]?.array ?? []
        let judged = owners.map { ($0, ownership($0, of: object)) }
        if judged.contains(where: { $0.1 == .solid }) {
            let kept = judged.filter { $0.1 == .solid }.map(\.0)
            if kept.count < owners.count { rewrite(definition, object) { $0["ownerReferences"] = .array(kept) } }
            return
        }
        guard !object.isDeleting else { return }
        let hasDependents = garbage.dependents[object.uid] != nil
        let isWaitedFor = judged.contains { $0.1 == .waiting }
        let propagation: DeleteOptions.Propagation = isWaitedFor && hasDependents ? .foreground : .background
        collect(definition, object, DeleteOptions(propagation: propagation, uid: object.uid), context)
    }

    private mutating func collect(
        _ definition: ResourceDefinition, _ object: StoredObject, _ options: DeleteOptions, _ context: WriteContext
    ) {
        do throws(KubeError) {
            _ = try delete(definition, object, options, context)
        } catch {
            // Refused, for instance because somebody else was quicker: the object comes up again when it changes.
        }
    }

    /// What a deleting object waits for: dependents to go, dependents to be set free, a namespace or a kind to be emptied.
    private mutating func release(_ definition: ResourceDefinition, _ object: StoredObject, _ context: WriteContext) {
        let reference = ObjectReference(definition.storage, object.key)
        let finalizers = object.metadata["finalizers"]?.array ?? []
        let dependents = garbage.dependents[object.uid] ?? []
        if finalizers.contains("orphan") {
            for dependent in dependents.sorted() {
                guard let child = store.object(dependent.resource, dependent.key), let kind = registry[dependent.resource] else { continue }
                let kept = (child.metadata["ownerReferences"]?.array ?? []).filter { $0["uid"]?.string != object.uid }
                rewrite(kind, child) { $0["ownerReferences"] = kept.isEmpty ? nil : .array(kept) }
            }
            removeFinalizer("orphan", definition, object.key)
        } else if finalizers.contains("foregroundDeletion") {
            let isBlocked = dependents.contains { dependent in
                let owners = store.object(dependent.resource, dependent.key)?.metadata["ownerReferences"]?.array ?? []
                return owners.contains { $0["uid"]?.string == object.uid && $0["blockOwnerDeletion"] == true }
            }
            if isBlocked {
                // The last dependent's end brings it up again.
                garbage.wait(reference, uid: object.uid)
            } else {
                garbage.stopWaiting(uid: object.uid)
                removeFinalizer("foregroundDeletion", definition, object.key)
            }
        }
        if definition.storage == .namespaces { empty(definition, object, context) }
        if finalizers.contains(.string(Self.cleanupFinalizer)) { emptyKind(definition, object, context) }
    }

    static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    private mutating func empty(_ definition: ResourceDefinition, _ namespace: StoredObject, _ context: WriteContext) {
        var isEmpty = true
        for kind in registry.all where kind.type.isNamespaced && kind.storage == kind.groupResource {
            for object in store.tables[kind.storage]?.list(namespace: namespace.key.name) ?? [] {
                if !object.isDeleting { collect(kind, object, DeleteOptions(propagation: .background), context) }
                if store.object(kind.storage, object.key) != nil { isEmpty = false }
            }
        }
        guard isEmpty, var value = store.object(definition.storage, namespace.key)?.value else {
            garbage.enqueue(ObjectReference(definition.storage, namespace.key))
            return
        }
        let finalizers = value["spec"]?["finalizers"]?.array ?? []
        guard finalizers.contains("kubernetes") else { return }
        value.updateMember("spec") { $0["finalizers"] = .array(finalizers.filter { $0 != "kubernetes" }) }
        finish(definition, namespace.key, value)
    }

    private mutating func emptyKind(_ definition: ResourceDefinition, _ crd: StoredObject, _ context: WriteContext) {
        var isEmpty = true
        let names = crd.value["spec"]
        let resource = GroupResource(group: names?["group"]?.string ?? "", resource: names?["names"]?["plural"]?.string ?? "")
        if let kind = registry[resource] {
            for object in store.tables[kind.storage]?.list() ?? [] {
                if !object.isDeleting { collect(kind, object, DeleteOptions(propagation: .background), context) }
                if store.object(kind.storage, object.key) != nil { isEmpty = false }
            }
        }
        if isEmpty {
            removeFinalizer(Self.cleanupFinalizer, definition, crd.key)
        } else {
            garbage.enqueue(ObjectReference(definition.storage, crd.key))
        }
    }

    private mutating func removeFinalizer(_ finalizer: String, _ definition: ResourceDefinition, _ key: ObjectKey) {
        guard var value = store.object(definition.storage, key)?.value else { return }
        value.updateMetadata { metadata in
            let left = (metadata["finalizers"]?.array ?? []).filter { $0.string != finalizer }
            metadata["finalizers"] = left.isEmpty ? nil : .array(left)
        }
        finish(definition, key, value)
    }

    /// Stores the object, or removes it when nothing holds it any longer.
    private mutating func finish(_ definition: ResourceDefinition, _ key: ObjectKey, _ value: JSONValue) {
        guard let current = store.object(definition.storage, key) else { return }
        if isFinished(value, definition) { remove(definition, current) } else { commit(definition, key, value) }
    }

    private mutating func rewrite(_ definition: ResourceDefinition, _ object: StoredObject, _ change: (inout JSONValue) -> Void) {
        var value = object.value
        value.updateMetadata(change)
        commit(definition, object.key, value)
    }
}
