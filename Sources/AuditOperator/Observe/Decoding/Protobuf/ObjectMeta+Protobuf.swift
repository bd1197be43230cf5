import KubeClient
import KubeCore

/// What nodes and pods are made of, under the same numbers.
struct ProtoParts {
    let metadata: ObjectMeta
    private(set) var spec: ProtoCursor.Field?
    private(set) var status: ProtoCursor.Field?

    /// Errors: `.malformedResponse`.
    init(_ cursor: inout ProtoCursor, keeping kept: KeptMetadata, _ pool: inout StringPool) throws(KubeError) {
        var metadata: ObjectMeta?
        while let field = try cursor.next() {
            switch field.number {
            case 1: metadata = try ObjectMeta(&cursor, field, keeping: kept, &pool)
            case 2: spec = field
            case 3: status = field
            default: break
            }
        }
        guard let metadata else { throw KubeError(.malformedResponse, "metadata: missing") }
        self.metadata = metadata
    }
}

extension ObjectMeta {
    /// The same members as from JSON.
    init(
        _ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, keeping kept: KeptMetadata, _ pool: inout StringPool
    ) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: name = try cursor.text(field)
            case 3: namespace = try cursor.pooledText(field, &pool)
            case 5: uid = try cursor.someText(field)
            case 6: resourceVersion = try cursor.someText(field)
            case 8 where kept.times: creationTimestamp = try cursor.time(field)
            case 9 where kept.times: deletionTimestamp = try cursor.time(field)
            case 11: try cursor.add(field, to: &labels, keeping: kept.labels, &pool)
            case 12: try cursor.add(field, to: &annotations, keeping: kept.annotations, &pool)
            case 14 where kept.finalizers: finalizers = try (finalizers ?? []) + [cursor.text(field)]
            default: break
            }
        }
        guard name?.isEmpty == false else { throw KubeError(.malformedResponse, "metadata.name: missing") }
    }
}

extension ProtoCursor {
    /// The same for texts that are equal in many objects; nil for the empty one.
    func pooledText(_ field: Field, _ pool: inout StringPool) throws(KubeError) -> String? {
        let bytes = try slice(field)
        guard !bytes.isEmpty else { return nil }
        guard let text = pool.string(bytes) else { throw malformed("field \(field.number) is not UTF-8") }
        return text
    }

    /// A node's or pod's condition, which have the same numbers; nil for one of another type.
    mutating func condition(
        _ field: Field, _ type: StaticString, _ pool: inout StringPool
    ) throws(KubeError) -> (status: Condition.Status, reason: String?)? {
        let outer = try enter(field)
        defer { leave(outer) }
        var status: Condition.Status?
        var reason: String?
        while let field = try next() {
            switch field.number {
            case 1: guard try spells(field, type) else { return nil }
            case 2: status = Condition.Status(rawValue: try text(field))
            case 5: reason = try pooledText(field, &pool)
            default: break
            }
        }
        guard let status else { throw malformed("the condition \(type) has no such status") }
        return (status, reason)
    }

    /// One entry of the labels, if it is kept.
    fileprivate mutating func add(
        _ field: Field, to labels: inout Labels?, keeping kept: KeptKeys, _ pool: inout StringPool
    ) throws(KubeError) {
        guard let (key, value) = try keptEntry(field, kept, &pool) else { return }
        if labels == nil { labels = Labels(minimumCapacity: kept.usualCount) }
        labels?[key] = value
    }

    /// One entry of a table, if it is kept.
    fileprivate mutating func add(
        _ field: Field, to table: inout [String: String]?, keeping kept: KeptKeys, _ pool: inout StringPool
    ) throws(KubeError) {
        guard let (key, value) = try keptEntry(field, kept, &pool) else { return }
        table = table ?? [:]
        table?[key] = value
    }

    private mutating func keptEntry(
        _ field: Field, _ kept: KeptKeys, _ pool: inout StringPool
    ) throws(KubeError) -> (key: String, value: String)? {
        guard kept.isAll else {
            guard !kept.isNone else { return nil }
            let (key, value) = try entry(field)
            return kept.contains(key) ? try text(of: (key, value), &pool) : nil
        }
        let bytes = try slice(field)
        if let known = pool.entry(bytes) { return known }
        let (key, value) = try text(of: entry(field), &pool)
        pool.keep(entry: bytes, key, value)
        return (key, value)
    }

    private func text(
        of entry: (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>), _ pool: inout StringPool
    ) throws(KubeError) -> (key: String, value: String) {
        guard let key = pool.string(entry.key), let value = pool.string(entry.value) else { throw malformed("a map that is not UTF-8") }
        return (key, value)
    }
}
