import AuditCore
import KubeClient
import KubeCore

/// Field numbers: `k8s.io/api/core/v1/generated.proto`.
extension Node {
    /// The same members as from JSON. Errors: `.malformedResponse`.
    init(protobuf bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        let parts = try ProtoParts(bytes, keeping: Self.kept, &pool)
        let spec = try parts.spec.map { (cursor) throws(KubeError) in try Spec(cursor, &pool) }
        let status = try parts.status.map { (cursor) throws(KubeError) in try Status(cursor, &pool) }
        self.init(metadata: parts.metadata, spec: spec, status: status)
    }
}

extension Node.Spec {
    fileprivate init(_ message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        var cursor = message
        while let field = try cursor.next() {
            switch field.number {
            case 3: providerID = try cursor.someText(field)
            case 4: unschedulable = try cursor.flag(field)
            case 5: taints = try (taints ?? []) + [Taint(cursor.message(field), &pool)]
            default: break
            }
        }
    }
}

extension Taint {
    fileprivate init(_ message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init(key: "", effect: "")
        var cursor = message
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
    fileprivate init(_ message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        var cursor = message
        while let field = try cursor.next() {
            switch field.number {
            case 4:
                guard conditions == nil, let ready = try cursor.message(field).condition("Ready", &pool) else { continue }
                conditions = [NodeCondition(type: "Ready", status: ready.status, reason: ready.reason)]
            case 7: nodeInfo = try NodeInfo(cursor.message(field))
            // How many there are is what counts.
            case 10: volumesAttached = (volumesAttached ?? []) + [Node.AttachedVolume(name: "")]
            default: break
            }
        }
    }
}

extension NodeInfo {
    fileprivate init(_ message: ProtoCursor) throws(KubeError) {
        self.init()
        var cursor = message
        while let field = try cursor.next() {
            if field.number == 3 { bootID = try cursor.text(field) }
        }
    }
}
