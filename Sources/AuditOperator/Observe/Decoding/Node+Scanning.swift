package import AuditCore
import KubeClient
import KubeCore
package import KubeRuntime

extension NodeView {
    /// Straight from what the server sent of a Node: a fiftieth of it is read, the rest is stepped over.
    package static func decoder() -> ObjectDecoder<NodeView> {
        ObjectDecoder(
            { NodeView($0) }, json: { (bytes, pool) throws(KubeError) in try Node(scanning: bytes, &pool) },
            protobuf: { (bytes, pool) throws(KubeError) in try Node(protobuf: bytes, &pool) })
    }
}

extension Node {
    static let kept = KeptMetadata(
        labels: .all, annotations: .only([WellKnown.Annotation.recreation, WellKnown.Annotation.clusterAPIMachine]), times: true)

    /// The members that `NodeView` looks at; all others stay nil.
    ///
    /// Errors: `.malformedResponse` that names the field, as strict about these members as the decoder of whole objects.
    init(scanning bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var metadata: ObjectMeta?
        var spec: Spec?
        var status: Status?
        try JSONCursor.whole(bytes) { (cursor) throws(KubeError) in
            try cursor.fields(of: "Node") { (cursor, name) throws(KubeError) in
                if name.spells("metadata") {
                    metadata = try ObjectMeta(scanning: &cursor, keeping: Self.kept, &pool)
                } else if name.spells("spec") {
                    spec = try cursor.takeNull("spec") ? nil : Spec(scanning: &cursor, &pool)
                } else if name.spells("status") {
                    status = try cursor.takeNull("status") ? nil : Status(scanning: &cursor, &pool)
                } else {
                    try cursor.skipValue()
                }
            }
        }
        guard let metadata else { throw KubeError(.malformedResponse, "metadata: missing") }
        self.init(metadata: metadata, spec: spec, status: status)
    }
}

extension Node.Spec {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        try cursor.fields(of: "spec") { (cursor, name) throws(KubeError) in
            if name.spells("providerID") {
                providerID = try cursor.text("spec.providerID")
            } else if name.spells("unschedulable") {
                unschedulable = try cursor.flag("spec.unschedulable")
            } else if name.spells("taints") {
                taints = try cursor.takeNull("spec.taints") ? nil : Taint.list(scanning: &cursor, &pool)
            } else {
                try cursor.skipValue()
            }
        }
    }
}

extension Taint {
    fileprivate static func list(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) -> [Taint] {
        var taints: [Taint] = []
        try cursor.elements { (cursor) throws(KubeError) in
            var key: String?
            var effect: String?
            try cursor.fields(of: "spec.taints") { (cursor, name) throws(KubeError) in
                if name.spells("key") {
                    key = try cursor.pooledText("spec.taints.key", &pool)
                } else if name.spells("effect") {
                    effect = try cursor.pooledText("spec.taints.effect", &pool)
                } else {
                    try cursor.skipValue()
                }
            }
            guard let key, let effect else { throw KubeError(.malformedResponse, "spec.taints: key or effect missing") }
            taints.append(Taint(key: key, effect: effect))
        }
        return taints
    }
}

extension Node.AttachedVolume {
    /// How many there are is what counts.
    fileprivate static func list(scanning cursor: inout JSONCursor) throws(KubeError) -> [Node.AttachedVolume] {
        var count = 0
        try cursor.elements { (cursor) throws(KubeError) in
            try cursor.skipValue()
            count += 1
        }
        return Array(repeating: Node.AttachedVolume(name: ""), count: count)
    }
}

extension Node.Status {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        try cursor.fields(of: "status") { (cursor, name) throws(KubeError) in
            if name.spells("conditions") {
                let ready = try cursor.firstElement(of: "status.conditions", where: "type", is: "Ready")
                conditions = try ready.map { (bytes) throws(KubeError) in [try NodeCondition(ready: bytes, &pool)] }
            } else if name.spells("nodeInfo") {
                nodeInfo = try cursor.takeNull("status.nodeInfo") ? nil : NodeInfo(scanning: &cursor)
            } else if name.spells("volumesAttached") {
                volumesAttached = try cursor.takeNull("status.volumesAttached") ? nil : Node.AttachedVolume.list(scanning: &cursor)
            } else {
                try cursor.skipValue()
            }
        }
    }
}

extension NodeCondition {
    fileprivate init(ready bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var status: Condition.Status?
        var reason: String?
        var cursor = JSONCursor(bytes)
        try cursor.fields(of: "status.conditions") { (cursor, name) throws(KubeError) in
            if name.spells("status") {
                status = try cursor.word("status.conditions[Ready].status")
            } else if name.spells("reason") {
                reason = try cursor.pooledText("status.conditions[Ready].reason", &pool)
            } else {
                try cursor.skipValue()
            }
        }
        guard let status else { throw KubeError(.malformedResponse, "status.conditions[Ready].status: missing") }
        self.init(type: "Ready", status: status, reason: reason)
    }
}

extension NodeInfo {
    fileprivate init(scanning cursor: inout JSONCursor) throws(KubeError) {
        self.init()
        try cursor.fields(of: "status.nodeInfo") { (cursor, name) throws(KubeError) in
            guard name.spells("bootID") else { return try cursor.skipValue() }
            bootID = try cursor.text("status.nodeInfo.bootID")
        }
    }
}
