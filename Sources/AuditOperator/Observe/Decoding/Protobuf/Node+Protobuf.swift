import AuditCore
import KubeClient
import KubeCore

/// Field numbers: `k8s.io/api/core/v1/generated.proto`.
extension Node {
    /// The same members as from JSON. Errors: `.malformedResponse`.
    init(protobuf bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var cursor = ProtoCursor(bytes)
        let parts = try ProtoParts(&cursor, keeping: Self.kept, &pool)
        self.init(metadata: parts.metadata)
        if let field = parts.spec { spec = try Spec(&cursor, field, &pool) }
        if let field = parts.status { status = try Status(&cursor, field, &pool) }
    }
}

extension Node.Spec {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 3: providerID = try cursor.someText(field)
            case 4: unschedulable = try cursor.flag(field)
            case 5: taints = try (taints ?? []) + [Taint(&cursor, field, &pool)]
            default: break
            }
        }
    }
}

extension Taint {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init(key: "", effect: "")
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: key = try cursor.pooledText(field, &pool) ?? ""
            case 3: effect = try cursor.pooledText(field, &pool) ?? ""
            default: break
            }
        }
    }
}

extension Node.Status {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 4:
                guard conditions == nil, let ready = try cursor.condition(field, "Ready", &pool) else { continue }
                conditions = [NodeCondition(type: "Ready", status: ready.status, reason: ready.reason)]
            case 7: nodeInfo = try NodeInfo(&cursor, field)
            // How many there are is what counts.
            case 10: volumesAttached = (volumesAttached ?? []) + [Node.AttachedVolume(name: "")]
            default: break
            }
        }
    }
}

extension NodeInfo {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            if field.number == 3 { bootID = try cursor.text(field) }
        }
    }
}
