import KubeCore

struct DeleteOutcome: Sendable {
    /// As it was left, or as it was last.
    var object: JSONValue
    var isDeleted: Bool
}

extension ClusterState {
    mutating func delete(
        _ definition: ResourceDefinition, _ current: StoredObject, _ options: DeleteOptions, _ context: WriteContext
    ) throws(KubeError) -> DeleteOutcome {
        try check(options, definition, current)
        if definition.storage == .namespaces { return try deleteNamespace(definition, current, options, context) }
        var object = current.value
        let wasDeleting = current.isDeleting
        setGarbageFinalizers(&object, options)
        if definition.storage == .customResourceDefinitions { holdForCleanup(&object, at: context.now) }
        if let grace = gracePeriod(of: object, definition, options), grace > 0 {
            let running = object["metadata"]?["deletionGracePeriodSeconds"]?.integer
            if wasDeleting, grace >= running ?? 0 { return DeleteOutcome(object: current.value, isDeleted: false) }
            let start = wasDeleting ? requestTime(of: object) ?? context.now : context.now
            mark(&object, at: start + .seconds(grace), grace: grace)
            return keep(definition, current, object, context)
        }
        if object["metadata"]?["finalizers"]?.array?.isEmpty ?? true {
            if !context.isDryRun { remove(definition, current) }
            return DeleteOutcome(object: current.value, isDeleted: true)
        }
        if !wasDeleting || object["metadata"]?["deletionGracePeriodSeconds"]?.integer != 0 {
            mark(&object, at: context.now, grace: 0)
        }
        return keep(definition, current, object, context)
    }

    private mutating func keep(
        _ definition: ResourceDefinition, _ current: StoredObject, _ object: JSONValue, _ context: WriteContext
    ) -> DeleteOutcome {
        if object == current.value || context.isDryRun { return DeleteOutcome(object: object, isDeleted: false) }
        return DeleteOutcome(object: commit(definition, current.key, object).value, isDeleted: false)
    }

    func check(_ options: DeleteOptions, _ definition: ResourceDefinition, _ current: StoredObject) throws(KubeError) {
        if let uid = options.uid, uid != current.uid {
            throw .conflict(
                definition.kindForMessages, current.key.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(current.uid)). "
                    + "The object might have been deleted and then recreated")
        }
        if let version = options.resourceVersion, version != String(current.revision) {
            throw .conflict(
                definition.kindForMessages, current.key.name,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record (\(current.revision)). "
                    + "The object might have been modified")
        }
    }

    /// The first deletion moves the generation of kinds that have one.
    private func mark(_ object: inout JSONValue, at time: Timestamp, grace: Int64) {
        object.updateMetadata { metadata in
            if metadata["deletionTimestamp"] == nil, let generation = metadata["generation"]?.integer {
                metadata["generation"] = .integer(generation + 1)
            }
            metadata["deletionTimestamp"] = .string(time.description)
            metadata["deletionGracePeriodSeconds"] = .integer(grace)
        }
    }

    private func requestTime(of object: JSONValue) -> Timestamp? {
        guard let text = object["metadata"]?["deletionTimestamp"]?.string, let end = Timestamp(text) else { return nil }
        return end + .seconds(-(object["metadata"]?["deletionGracePeriodSeconds"]?.integer ?? 0))
    }

    /// Seconds that a pod may take to end; nil for kinds without graceful deletion.
    private func gracePeriod(of object: JSONValue, _ definition: ResourceDefinition, _ options: DeleteOptions) -> Int64? {
        guard definition.storage == .pods else { return nil }
        // A pod that never ran or has ended has nothing to do gracefully.
        if object["spec"]?["nodeName"]?.string?.isEmpty ?? true { return 0 }
        if let phase = object["status"]?["phase"]?.string, phase == "Succeeded" || phase == "Failed" { return 0 }
        if let grace = options.gracePeriodSeconds { return max(0, grace) }
        return object["spec"]?["terminationGracePeriodSeconds"]?.integer ?? 30
    }

    private func setGarbageFinalizers(_ object: inout JSONValue, _ options: DeleteOptions) {
        guard let propagation = options.propagation else { return }
        var finalizers = (object["metadata"]?["finalizers"]?.array ?? []).filter { $0 != "foregroundDeletion" && $0 != "orphan" }
        if propagation == .foreground { finalizers.append("foregroundDeletion") }
        if propagation == .orphan { finalizers.append("orphan") }
        object.updateMetadata { $0["finalizers"] = finalizers.isEmpty ? nil : .array(finalizers) }
    }

    /// A kind goes after its objects.
    private func holdForCleanup(_ object: inout JSONValue, at now: Timestamp) {
        let finalizers = object["metadata"]?["finalizers"]?.array ?? []
        guard object["metadata"]?["deletionTimestamp"] == nil, !finalizers.contains(.string(Self.cleanupFinalizer)) else { return }
        object.updateMetadata { $0["finalizers"] = .array(finalizers + [.string(Self.cleanupFinalizer)]) }
        object.updateMember("status") { status in
            let terminating: JSONValue = [
                "type": "Terminating", "status": "True", "lastTransitionTime": .string(now.description),
                "reason": "InstanceDeletionPending",
                "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will be initiated as soon as possible",
            ]
            status["conditions"] = .array((status["conditions"]?.array ?? []) + [terminating])
        }
    }

    private mutating func deleteNamespace(
        _ definition: ResourceDefinition, _ current: StoredObject, _ options: DeleteOptions, _ context: WriteContext
    ) throws(KubeError) -> DeleteOutcome {
        if ["default", "kube-system", "kube-public"].contains(current.key.name) {
            throw .forbidden(.namespaces, current.key.name, "this namespace may not be deleted")
        }
        var object = current.value
        setGarbageFinalizers(&object, options)
        if !current.isDeleting {
            object.updateMetadata { $0["deletionTimestamp"] = .string(context.now.description) }
            object["status"] = ["phase": "Terminating"]
        }
        let isHeld =
            !(object["metadata"]?["finalizers"]?.array?.isEmpty ?? true) || !(object["spec"]?["finalizers"]?.array?.isEmpty ?? true)
        if isHeld { return keep(definition, current, object, context) }
        if !context.isDryRun { remove(definition, current) }
        return DeleteOutcome(object: current.value, isDeleted: true)
    }
}
