package import KubeCore

extension KubeAPI {
    /// Errors: `.alreadyExists`.
    package func create<Object: KubeResource>(
        _ object: Object, _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> Object {
        let content = try object.writtenForm()
        return try Object(
            json: try await bytes(for: .create(Object.type, namespace: object.key.namespace, content, managed(options))))
    }

    /// Replaces the object. Errors: `.conflict` when it changed since the resourceVersion that `object` carries.
    package func update<Object: KubeResource>(
        _ object: Object, _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> Object {
        try Object(json: try await bytes(for: .update(Object.type, object.key, try object.writtenForm(), managed(options))))
    }

    /// Replaces the status alone, through the subresource.
    package func updateStatus<Object: KubeResource>(
        _ object: Object, _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> Object {
        let content = try object.writtenForm()
        return try Object(
            json: try await bytes(for: .update(Object.type, object.key, subresource: "status", content, managed(options))))
    }

    package func patch<Object: KubeResource>(
        _ kind: Object.Type = Object.self, _ key: ObjectKey, subresource: String? = nil, _ patch: Patch,
        _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> Object {
        try Object(json: try await bytes(for: .patch(Object.type, key, subresource: subresource, patch, managed(options))))
    }

    package func patch(
        _ type: ResourceType, _ key: ObjectKey, subresource: String? = nil, _ patch: Patch, _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> JSONValue {
        try await json(for: .patch(type, key, subresource: subresource, patch, managed(options)))
    }

    /// Server-side apply: the fields in `object` become ours, those we applied before and left out go.
    ///
    /// Errors: `.conflict` without `force` when others own a field; the Status names them.
    package func apply<Object: KubeResource>(
        _ object: Object, force: Bool, _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> Object {
        let content = try object.writtenForm()
        return try Object(json: try await bytes(for: .apply(Object.type, object.key, content, force: force, managed(options))))
    }

    /// The same with the object as JSON, in and out; name and namespace stand in its metadata.
    package func apply(
        _ type: ResourceType, _ object: JSONValue, subresource: String? = nil, force: Bool, _ options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> JSONValue {
        let key = ObjectKey(
            namespace: object["metadata"]?["namespace"]?.string ?? "", name: object["metadata"]?["name"]?.string ?? "")
        return try await json(for: .apply(type, key, subresource: subresource, object, force: force, managed(options)))
    }

    /// Errors: `.conflict` when the object is not at the wanted resourceVersion.
    package func delete(_ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions = DeleteOptions()) async throws(KubeError)
        -> Deletion
    {
        do {
            let answer = try await json(for: .delete(type, key, options))
            if answer["kind"]?.string == "Status" { return .deleted }
            // The object itself: kept by finalizers or for its grace period, else this was its last state.
            let isKept = answer["metadata"]?["deletionTimestamp"] != nil
            return isKept ? .deleting(revision: answer["metadata"]?["resourceVersion"]?.string) : .deleted
        } catch  where error.isAbsence {
            return .absent
        } catch  where error.code == .conflict && options.uid != nil && options.resourceVersion == nil {
            return .replaced
        }
    }

    /// Asks for the deletion of a pod within its disruption budgets.
    package func evict(
        _ pod: ObjectKey, uid: String?, gracePeriodSeconds: Int64? = nil, dryRun: Bool = false
    ) async throws(KubeError) -> Eviction {
        do {
            _ = try await bytes(for: .evict(pod, uid: uid, gracePeriodSeconds: gracePeriodSeconds, dryRun: dryRun))
            return .evicted
        } catch  where error.isAbsence {
            return .absent
        } catch  where error.code == .conflict && uid != nil {
            return .replaced
        } catch {
            let causes = error.status?.details?.causes ?? []
            if let cause = causes.first(where: { $0.reason == "NamespaceTerminating" }) {
                return .namespaceTerminating(message: cause.message ?? error.message)
            }
            if error.code == .tooManyRequests, let cause = causes.first(where: { $0.reason == "DisruptionBudget" }) {
                return .blocked(message: cause.message ?? error.message, retryAfter: error.retryAfter)
            }
            if error.code == .internalError, error.message.contains("more than one PodDisruptionBudget") {
                return .coveredTwice(message: error.message)
            }
            throw error
        }
    }
}

extension KubeResource {
    /// The object as it may be sent. What is kept of managedFields has no field sets, and the server would take their absence for
    /// a wish to own nothing; left out, they stay as they are.
    fileprivate func writtenForm() throws(KubeError) -> JSONValue {
        var object = self
        object.metadata.managedFields = nil
        return try object.jsonValue()
    }
}
