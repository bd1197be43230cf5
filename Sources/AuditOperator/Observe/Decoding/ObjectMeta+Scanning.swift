import KubeClient
import KubeCore

/// Which members of a map are kept.
enum KeptKeys: Sendable {
    case all
    case only([String])

    func contains(_ key: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .all: true
        case .only(let keys): keys.contains { $0.utf8.count == key.count && $0.utf8.elementsEqual(key) }
        }
    }

    var isNone: Bool {
        if case .only(let keys) = self { keys.isEmpty } else { false }
    }

    var isAll: Bool {
        if case .all = self { true } else { false }
    }

    /// Room for what is usually kept: a node has some twenty labels.
    var usualCount: Int { isAll ? 24 : 2 }
}

/// What is kept of an object's metadata, beyond its identity and revision.
struct KeptMetadata: Sendable {
    var labels: KeptKeys
    var annotations = KeptKeys.only([])
    /// Creation and deletion.
    var times = false
    var finalizers = false
}

extension ObjectMeta {
    init(
        scanning cursor: inout JSONCursor, keeping kept: KeptMetadata, _ pool: inout StringPool
    ) throws(KubeError) {
        self.init()
        try cursor.fields(of: "metadata") { (cursor, name) throws(KubeError) in
            if name.spells("name") {
                self.name = try cursor.text("metadata.name")
            } else if name.spells("namespace") {
                namespace = try cursor.pooledText("metadata.namespace", &pool)
            } else if name.spells("uid") {
                uid = try cursor.text("metadata.uid")
            } else if name.spells("resourceVersion") {
                resourceVersion = try cursor.text("metadata.resourceVersion")
            } else if name.spells("labels") {
                labels = try cursor.labels("metadata.labels", keeping: kept.labels, &pool)
            } else if name.spells("annotations"), !kept.annotations.isNone {
                annotations = try cursor.labels("metadata.annotations", keeping: kept.annotations, &pool)?.table
            } else if kept.finalizers, name.spells("finalizers") {
                finalizers = try cursor.takeNull("metadata.finalizers") ? nil : cursor.list("metadata.finalizers")
            } else if kept.times, name.spells("creationTimestamp") {
                creationTimestamp = try cursor.time("metadata.creationTimestamp")
            } else if kept.times, name.spells("deletionTimestamp") {
                deletionTimestamp = try cursor.time("metadata.deletionTimestamp")
            } else {
                try cursor.skipValue()
            }
        }
        guard self.name?.isEmpty == false else { throw KubeError(.malformedResponse, "metadata.name: missing") }
    }
}

extension JSONCursor {
    /// A map of texts; nil for null. Members that are not kept are stepped over.
    fileprivate mutating func labels(
        _ field: StaticString, keeping kept: KeptKeys, _ pool: inout StringPool
    ) throws(KubeError) -> Labels? {
        if try takeNull(field) { return nil }
        var labels = Labels(minimumCapacity: kept.usualCount)
        try fields(of: field) { (cursor, name) throws(KubeError) in
            guard kept.contains(name) else { return try cursor.skipValue() }
            guard let key = pool.string(name) else { throw cursor.malformed(field, "a key that is not UTF-8") }
            guard let value = try cursor.pooledText(field, &pool) else { throw cursor.malformed(field, "null instead of a text") }
            labels[key] = value
        }
        return labels
    }
}
