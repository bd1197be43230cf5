package import AuditCore
import KubeClient
import KubeCore
package import KubeRuntime

extension AgentPodView {
    /// Straight from what the server sent of a Pod. Pods of no node or no policy are of no interest.
    package static func decoder() -> ObjectDecoder<AgentPodView> {
        ObjectDecoder(
            { AgentPodView($0) }, json: { (bytes, pool) throws(KubeError) in try Pod(scanningAgent: bytes, &pool) },
            protobuf: { (bytes, pool) throws(KubeError) in try Pod(agentProtobuf: bytes, &pool) })
    }
}

extension Pod {
    static let kept = KeptMetadata(
        labels: .only([WellKnown.Label.policy]),
        annotations: .only([WellKnown.Annotation.revision, WellKnown.Annotation.auditRevision]), times: true)

    /// The members that `AgentPodView` looks at; all others stay nil or empty.
    ///
    /// Errors: `.malformedResponse` that names the field, as strict about these members as the decoder of whole objects.
    init(scanningAgent bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var metadata: ObjectMeta?
        var spec: PodSpec?
        var status: Status?
        try JSONCursor.whole(bytes) { (cursor) throws(KubeError) in
            try cursor.fields(of: "Pod") { (cursor, name) throws(KubeError) in
                if name.spells("metadata") {
                    metadata = try ObjectMeta(scanning: &cursor, keeping: Self.kept, &pool)
                } else if name.spells("spec") {
                    spec = try cursor.takeNull("spec") ? nil : PodSpec(scanningAgent: &cursor, &pool)
                } else if name.spells("status") {
                    status = try cursor.takeNull("status") ? nil : Status(scanningAgent: &cursor, &pool)
                } else {
                    try cursor.skipValue()
                }
            }
        }
        guard let metadata else { throw KubeError(.malformedResponse, "metadata: missing") }
        self.init(metadata: metadata, spec: spec, status: status)
    }
}

extension Pod.Status {
    fileprivate init(scanningAgent cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        try cursor.fields(of: "status") { (cursor, name) throws(KubeError) in
            if name.spells("phase") {
                phase = try cursor.text("status.phase")
            } else if name.spells("reason") {
                reason = try cursor.pooledText("status.reason", &pool)
            } else if name.spells("conditions") {
                let scheduled = try cursor.firstElement(of: "status.conditions", where: "type", is: "PodScheduled")
                conditions = try scheduled.map { (bytes) throws(KubeError) in [try Pod.Condition(scheduled: bytes, &pool)] }
            } else if name.spells("initContainerStatuses") {
                let field: StaticString = "status.initContainerStatuses"
                let setup = try cursor.firstElement(of: field, where: "name", is: WellKnown.ContainerName.setup)
                initContainerStatuses = try setup.map { (bytes) throws(KubeError) in
                    [try ContainerStatus(WellKnown.ContainerName.setup, scanning: bytes, field, &pool)]
                }
            } else if name.spells("containerStatuses") {
                let field: StaticString = "status.containerStatuses"
                let collector = try cursor.firstElement(of: field, where: "name", is: WellKnown.ContainerName.collector)
                containerStatuses = try collector.map { (bytes) throws(KubeError) in
                    [try ContainerStatus(WellKnown.ContainerName.collector, scanning: bytes, field, &pool)]
                }
            } else {
                try cursor.skipValue()
            }
        }
    }
}

extension Pod.Condition {
    fileprivate init(scheduled bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var status: Condition.Status?
        var reason: String?
        var cursor = JSONCursor(bytes)
        try cursor.fields(of: "status.conditions") { (cursor, name) throws(KubeError) in
            if name.spells("status") {
                status = try cursor.word("status.conditions[PodScheduled].status")
            } else if name.spells("reason") {
                reason = try cursor.pooledText("status.conditions[PodScheduled].reason", &pool)
            } else {
                try cursor.skipValue()
            }
        }
        guard let status else { throw KubeError(.malformedResponse, "status.conditions[PodScheduled].status: missing") }
        self.init(type: "PodScheduled", status: status, reason: reason)
    }
}
