import KubeCore
import Synchronization

extension SimulatedAPIServer {
    /// The table of a kind, as of an older revision when a lagging replica answers.
    private func table(_ definition: ResourceDefinition, _ fault: Fault?) -> (table: ObjectTable, revision: Int64) {
        let (table, revision) = state.withLock { state in
            (state.store.tables[definition.storage] ?? ObjectTable(floor: state.store.revision, window: 0), state.store.revision)
        }
        if let past = fault?.readsAsOf, past < revision, let snapshot = table.snapshot(at: past) { return (snapshot, past) }
        return (table, revision)
    }

    func get(_ call: APICall, _ definition: ResourceDefinition, _ fault: Fault?) throws(KubeError) -> Outcome {
        let form = try call.form(definition)
        guard let object = table(definition, fault).table[call.key] else {
            throw .notFound(definition.groupResource, call.attributes.name)
        }
        guard form == .object else { return Outcome(answer: try answer(200, object.value, call, definition)) }
        return Outcome(answer: .bytes(200, call.objectHead(definition) + definition.memberBytes(of: object) + Array("}\n".utf8)))
    }

    func list(_ call: APICall, _ definition: ResourceDefinition, _ fault: Fault?) throws(KubeError) -> Outcome {
        let form = try call.form(definition)
        let selection = try Selection(call, definition)
        let (current, revision) = table(definition, fault)
        let page = try Page(call, definition, current: current, revision: revision)
        if call.asksForNewest { state.withLock { $0.store.confirm(definition.storage) } }
        if page.isExpired { return Outcome(answer: .json(410, page.expiredAnswer)) }
        var objects = page.table.list(namespace: call.attributes.namespace, startingAt: page.start)
        if !selection.isEverything { objects = objects.filter(selection.matches) }
        var metadata: JSONValue = ["resourceVersion": .string(String(page.revision))]
        if definition.isCustom, form == .object { metadata["continue"] = "" }
        if let limit = page.limit, objects.count > limit {
            if selection.isEverything { metadata["remainingItemCount"] = .integer(Int64(objects.count - limit)) }
            objects = Array(objects.prefix(limit))
            if let last = objects.last {
                metadata["continue"] = .string(ContinueToken(revision: page.revision, start: last.key.storagePath + "\0").text)
            }
        }
        switch form {
        case .table:
            var table = definition.table(
                of: objects.map { definition.view($0.value, in: call.apiVersion) }, call: call, now: time.now(), isList: true)
            table["metadata"] = metadata
            return Outcome(answer: .json(200, table))
        case .partialMetadata:
            let items = objects.map { $0.value.partialMetadata }
            return Outcome(
                answer: .json(
                    200,
                    [
                        "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": .array(items),
                    ]))
        case .object, .protobuf:
            let head =
                "{\"kind\":\"\(definition.listKind)\",\"apiVersion\":\"\(call.apiVersion)\",\"metadata\":\(metadata.text()),\"items\":["
            let itemHead = definition.isCustom ? call.objectHead(definition) : Array("{".utf8)
            return Outcome(answer: .stream(Self.stream(head: head, objects, itemHead, definition)))
        }
    }

    /// A list as chunks of about a quarter of a megabyte, so that a large one is never in memory twice.
    private static func stream(
        head: String, _ objects: [StoredObject], _ itemHead: [UInt8], _ definition: ResourceDefinition
    ) -> KubeBody {
        let cursor = ListCursor(head: Array(head.utf8), objects: objects, itemHead: itemHead) { definition.memberBytes(of: $0) }
        return KubeBody { () async throws(KubeError) -> [UInt8]? in cursor.next() }
    }
}

extension APICall {
    /// A read of a collection at no revision: of the newest state, which the server's cache has to wait for.
    var asksForNewest: Bool { (query["resourceVersion"] ?? "").isEmpty && (query["continue"] ?? "").isEmpty }

    /// `{"kind":…,"apiVersion":…,`
    func objectHead(_ definition: ResourceDefinition) -> [UInt8] {
        Array("{\"kind\":\"\(definition.type.kind)\",\"apiVersion\":\"\(apiVersion)\",".utf8)
    }
}

/// What of a table a request asks for.
struct Selection: Sendable {
    var labels: [SelectorRequirement]
    var fields: FieldSelector?
    var namespace: String

    init(_ call: APICall, _ definition: ResourceDefinition) throws(KubeError) {
        labels = try SelectorParser.parse(call.query["labelSelector"] ?? "")
        namespace = call.attributes.namespace
        if let text = call.query["fieldSelector"], !text.isEmpty { fields = try FieldSelector(text, definition) }
    }

    /// Whether the selectors (the namespace apart) let everything through.
    var isEverything: Bool { labels.isEmpty && (fields?.terms.isEmpty ?? true) }

    func matches(_ object: StoredObject) -> Bool {
        if !namespace.isEmpty, object.key.namespace != namespace { return false }
        if let fields, !fields.matches(object) { return false }
        if labels.isEmpty { return true }
        let own = object.labels
        return labels.allSatisfy { $0.matches(own) }
    }
}
