import FoundationEssentials
package import KubeCore

/// One page of a list.
package struct ListPage<Item: Sendable>: Sendable {
    package var items: [Item]
    /// The revision at which the whole list was read: where a watch goes on.
    package var resourceVersion: String
    /// For the next page; nil at the end.
    package var continueToken: String?
    package var remaining: Int?
}

extension KubeAPI {
    /// The object, or nil when there is none of that name.
    package func get<Object: KubeResource>(_ kind: Object.Type = Object.self, _ key: ObjectKey) async throws(KubeError) -> Object? {
        guard let bytes = try await existing(.get(Object.type, key)) else { return nil }
        return try Object(json: bytes)
    }

    /// The object as the server wrote it, for what the typed form leaves out.
    package func get(_ type: ResourceType, _ key: ObjectKey, subresource: String? = nil) async throws(KubeError) -> JSONValue? {
        let request = KubeRequest.get(type, key, subresource: subresource)
        guard let bytes = try await existing(request) else { return nil }
        return try parse(bytes, answering: request)
    }

    package func list<Object: KubeResource>(
        _ kind: Object.Type = Object.self, _ selection: Selection = .everything, _ options: ListOptions = ListOptions()
    ) async throws(KubeError) -> ListPage<Object> {
        let bytes = try await bytes(for: .list(Object.type, selection, options), upTo: limits.list)
        return try Self.decodeList(bytes, of: Object.self)
    }

    /// All pages, at one revision. Errors: `.gone` when the pages took so long that the server forgot the revision.
    package func listAll<Object: KubeResource>(
        _ kind: Object.Type = Object.self, _ selection: Selection = .everything, pageSize: Int = 500
    ) async throws(KubeError) -> ListPage<Object> {
        var all = try await list(kind, selection, ListOptions(limit: pageSize))
        while let token = all.continueToken {
            let page = try await list(kind, selection, ListOptions(limit: pageSize, continueToken: token))
            all.items += page.items
            all.resourceVersion = page.resourceVersion
            all.continueToken = page.continueToken
        }
        return all
    }

    package func list(
        _ type: ResourceType, _ selection: Selection = .everything, _ options: ListOptions = ListOptions()
    ) async throws(KubeError) -> ListPage<JSONValue> {
        let request = KubeRequest.list(type, selection, options)
        let value = try parse(try await bytes(for: request, upTo: limits.list), answering: request)
        let token = value["metadata"]?["continue"]?.string ?? ""
        return ListPage(
            items: value["items"]?.array ?? [], resourceVersion: value["metadata"]?["resourceVersion"]?.string ?? "",
            continueToken: token.isEmpty ? nil : token, remaining: value["metadata"]?["remainingItemCount"]?.integer.map { Int($0) })
    }

    /// Whether the API server says that it is ready to serve.
    package func isReady() async throws(KubeError) -> Bool {
        do {
            _ = try await bytes(for: KubeRequest(method: .get, path: "/readyz", accept: "*/*", timeout: .seconds(5)))
            return true
        } catch  where error.status == nil && error.code == .internalError {
            return false
        }
    }

    /// The server's version, such as `v1.36.0`.
    package func serverVersion() async throws(KubeError) -> String {
        let answer = try await json(for: KubeRequest(method: .get, path: "/version", timeout: .seconds(10)))
        guard let version = answer["gitVersion"]?.string else { throw KubeError(.malformedResponse, "/version has no gitVersion") }
        return version
    }

    /// Only a Status that says NotFound means that the object is absent; a bare 404 means that the kind is not served.
    private func existing(_ request: KubeRequest) async throws(KubeError) -> [UInt8]? {
        do {
            return try await bytes(for: request)
        } catch  where error.isAbsence {
            return nil
        }
    }

    static func decodeList<Object: KubeResource>(_ bytes: [UInt8], of kind: Object.Type) throws(KubeError) -> ListPage<Object> {
        let list: WireList<Object>
        do {
            list = try JSONDecoder().decode(WireList<Object>.self, from: Data(bytes))
        } catch {
            throw KubeError(.malformedResponse, "list of \(Object.type.qualifiedPlural): \(error)")
        }
        let token = list.metadata?.continue ?? ""
        return ListPage(
            items: list.items ?? [], resourceVersion: list.metadata?.resourceVersion ?? "", continueToken: token.isEmpty ? nil : token,
            remaining: list.metadata?.remainingItemCount)
    }
}

private struct WireList<Item: Decodable>: Decodable {
    struct Metadata: Decodable {
        var resourceVersion: String?
        var `continue`: String?
        var remainingItemCount: Int?
    }

    var metadata: Metadata?
    var items: [Item]?
}

extension KubeError {
    /// The object itself is absent; unlike a path or a kind that the server does not know.
    var isAbsence: Bool { code == .notFound && status?.reason == "NotFound" && status?.details?.name != nil }
}
