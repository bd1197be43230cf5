import KubeCore

extension ClusterState {
    /// Creates an object that has been decoded and pruned. `namespace` is the request's.
    mutating func create(
        _ definition: ResourceDefinition, _ object: JSONValue, namespace: String, _ context: WriteContext
    ) throws(KubeError) -> JSONValue {
        var object = object
        object["apiVersion"] = .string(definition.type.apiVersion)
        object["kind"] = .string(definition.type.kind)
        object.updateMetadata { metadata in
            if case .object = metadata {} else { metadata = .object([:]) }
            for member in Self.systemMembers where member != "managedFields" { metadata[member] = nil }
            metadata["namespace"] = definition.type.isNamespaced ? .string(namespace) : nil
        }
        if definition.type.isNamespaced {
            if namespace.isEmpty { throw .badRequest("an empty namespace may not be set during creation") }
            try admit(definition, name: object["metadata"]?["name"]?.string ?? "", into: namespace)
        }
        definition.strategy.applyDefaults(&object)
        definition.normalize(&object)
        track(&object, replacing: nil, definition, subresource: nil, context)
        object.updateMetadata { metadata in
            if metadata["name"]?.string?.isEmpty ?? true, let base = metadata["generateName"]?.string, !base.isEmpty {
                metadata["name"] = .string(String(base.prefix(58)) + identity.nameSuffix())
            }
            metadata["uid"] = .string(identity.uid())
            metadata["creationTimestamp"] = .string(context.now.description)
            if definition.generation != .none { metadata["generation"] = 1 }
        }
        definition.strategy.prepareForCreate(&object, in: self)
        definition.normalize(&object)
        let name = object["metadata"]?["name"]?.string ?? ""
        let problems =
            metadataProblems(definition, object, replacing: nil) + definition.strategy.validate(object, replacing: nil, subresource: nil)
        if !problems.isEmpty { throw .invalid(definition.kindForMessages, name, problems) }
        let key = ObjectKey(namespace: definition.type.isNamespaced ? namespace : "", name: name)
        guard store.object(definition.storage, key) == nil else { throw .alreadyExists(definition.groupResource, name) }
        if context.isDryRun { return object }
        let created = commit(definition, key, object).value
        if definition.storage == .customResourceDefinitions { establish(definition, key, at: context.now) }
        return created
    }

    /// NamespaceLifecycle: nothing new in a namespace that is not there or on its way out.
    private func admit(_ definition: ResourceDefinition, name: String, into namespace: String) throws(KubeError) {
        guard let object = store.object(.namespaces, ObjectKey(name: namespace)) else { throw .notFound(.namespaces, namespace) }
        guard object.isDeleting else { return }
        let cause = Status.Cause(
            reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated", field: "metadata.namespace")
        throw .forbidden(
            definition.groupResource, name, "unable to create new content in namespace \(namespace) because it is being terminated",
            causes: [cause])
    }

    /// What only the server writes.
    static let systemMembers = [
        "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
        "managedFields",
    ]
}

extension ResourceDefinition {
    /// Kind and group, as `Invalid` messages name them.
    var kindForMessages: GroupResource { GroupResource(group: type.group, resource: type.kind) }
}
