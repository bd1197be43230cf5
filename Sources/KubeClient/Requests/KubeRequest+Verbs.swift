package import KubeCore

/// Every verb of the API as a pure function from what is wanted to the request that asks for it.
extension KubeRequest {
    package static func get(_ type: ResourceType, _ key: ObjectKey, subresource: String? = nil) -> KubeRequest {
        KubeRequest(method: .get, path: type.path(namespace: key.namespace, name: key.name, subresource: subresource))
    }

    package static func list(_ type: ResourceType, _ selection: Selection, _ options: ListOptions = ListOptions()) -> KubeRequest {
        var query = selection.query
        if let limit = options.limit { query.append(QueryItem("limit", String(limit))) }
        if let token = options.continueToken, !token.isEmpty {
            // The token carries its revision; naming another one beside it is refused.
            query.append(QueryItem("continue", token))
        } else if let revision = options.resourceVersion {
            query.append(QueryItem("resourceVersion", revision))
            if let match = options.match { query.append(QueryItem("resourceVersionMatch", match.rawValue)) }
        }
        return KubeRequest(method: .get, path: type.path(namespace: selection.namespace), query: query, timeout: .seconds(60))
    }

    package static func watch(_ type: ResourceType, _ selection: Selection, _ options: WatchOptions = WatchOptions()) -> KubeRequest {
        var query = [QueryItem("watch", "true")] + selection.query
        query.append(QueryItem("allowWatchBookmarks", "true"))
        if options.sendInitialEvents {
            query.append(QueryItem("sendInitialEvents", "true"))
            query.append(QueryItem("resourceVersionMatch", ListOptions.Match.notOlderThan.rawValue))
        }
        if let revision = options.resourceVersion { query.append(QueryItem("resourceVersion", revision)) }
        if let seconds = options.timeoutSeconds { query.append(QueryItem("timeoutSeconds", String(seconds))) }
        return KubeRequest(
            method: .get, path: type.path(namespace: selection.namespace), query: query, timeout: nil, idleTimeout: options.idleTimeout)
    }

    package static func create(
        _ type: ResourceType, namespace: String, _ object: JSONValue, _ options: WriteOptions = WriteOptions()
    ) -> KubeRequest {
        write(.post, type.path(namespace: namespace), object, options)
    }

    package static func update(
        _ type: ResourceType, _ key: ObjectKey, subresource: String? = nil, _ object: JSONValue, _ options: WriteOptions = WriteOptions()
    ) -> KubeRequest {
        write(.put, type.path(namespace: key.namespace, name: key.name, subresource: subresource), object, options)
    }

    package static func patch(
        _ type: ResourceType, _ key: ObjectKey, subresource: String? = nil, _ patch: Patch, _ options: WriteOptions = WriteOptions()
    ) -> KubeRequest {
        let path = type.path(namespace: key.namespace, name: key.name, subresource: subresource)
        return write(.patch, path, patch.content, options, contentType: patch.format.rawValue)
    }

    /// Server-side apply; `force` takes over fields that others own.
    package static func apply(
        _ type: ResourceType, _ key: ObjectKey, subresource: String? = nil, _ object: JSONValue, force: Bool,
        _ options: WriteOptions = WriteOptions()
    ) -> KubeRequest {
        let path = type.path(namespace: key.namespace, name: key.name, subresource: subresource)
        var request = write(.patch, path, object, options, contentType: "application/apply-patch+yaml")
        request.query.append(QueryItem("force", force ? "true" : "false"))
        return request
    }

    package static func delete(_ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions) -> KubeRequest {
        KubeRequest(
            method: .delete, path: type.path(namespace: key.namespace, name: key.name), contentType: "application/json",
            body: options.content.serialized)
    }

    package static func evict(_ pod: ObjectKey, uid: String?, gracePeriodSeconds: Int64?, dryRun: Bool = false) -> KubeRequest {
        var options: JSONValue = [:]
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        if let gracePeriodSeconds { options["gracePeriodSeconds"] = .integer(gracePeriodSeconds) }
        if dryRun { options["dryRun"] = ["All"] }
        let eviction: JSONValue = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)], "deleteOptions": options,
        ]
        return KubeRequest(
            method: .post, path: Pod.type.path(namespace: pod.namespace, name: pod.name, subresource: "eviction"),
            contentType: "application/json", body: eviction.serialized)
    }

    private static func write(
        _ method: Method, _ path: String, _ content: JSONValue, _ options: WriteOptions, contentType: String = "application/json"
    ) -> KubeRequest {
        var query: [QueryItem] = []
        if let manager = options.fieldManager { query.append(QueryItem("fieldManager", manager)) }
        if options.dryRun { query.append(QueryItem("dryRun", "All")) }
        return KubeRequest(method: method, path: path, query: query, contentType: contentType, body: content.serialized)
    }
}
