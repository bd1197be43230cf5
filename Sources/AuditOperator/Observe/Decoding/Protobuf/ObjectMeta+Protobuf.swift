import KubeClient
import KubeCore

/// What nodes and pods are made of, under the same numbers.
struct ProtoParts {
    let metadata: ObjectMeta
    private(set) var spec: ProtoCursor?
    private(set) var status: ProtoCursor?

    /// Errors: `.malformedResponse`.
    init(_ bytes: ArraySlice<UInt8>, keeping kept: KeptMetadata, _ pool: inout StringPool) throws(KubeError) {
        var metadata: ObjectMeta?
        var cursor = ProtoCursor(bytes)
        while let field = try cursor.next() {
            switch field.number {
            case 1: metadata = try ObjectMeta(cursor.message(field), keeping: kept, &pool)
            case 2: spec = try cursor.message(field)
            case 3: status = try cursor.message(field)
            default: break
            }
        }
        guard let metadata else { throw KubeError(.malformedResponse, "metadata: missing") }
        self.metadata = metadata
    }
}

extension ObjectMeta {
    /// The same members as from JSON.
    init(_ message: ProtoCursor, keeping kept: KeptMetadata, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        var cursor = message
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
    consuming func condition(
        _ type: StaticString, _ pool: inout StringPool
    ) throws(KubeError) -> (status: Condition.Status, reason: String?)? {
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

    /// One entry of a map, if it is kept.
    fileprivate func add(
        _ field: Field, to table: inout [String: String]?, keeping kept: KeptKeys, _ pool: inout StringPool
    ) throws(KubeError) {
        if case .only(let keys) = kept, keys.isEmpty { return }
        let (key, value) = try entry(field)
        guard kept.contains(key) else { return }
        guard let key = pool.string(key), let value = pool.string(value) else { throw malformed("a map that is not UTF-8") }
        // A node has some twenty: growing to there would make the table six times.
        table = table ?? Dictionary(minimumCapacity: kept.isAll ? 24 : 2)
        table?[key] = value
    }
}
