import AuditCore
import KubeClient
import KubeCore

/// Field numbers: `k8s.io/api/core/v1/generated.proto`.
extension Pod {
    /// The same members of an agent's pod as from JSON. Errors: `.malformedResponse`.
    init(agentProtobuf bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        var cursor = ProtoCursor(bytes)
        let parts = try ProtoParts(&cursor, keeping: Self.kept, &pool)
        self.init(metadata: parts.metadata)
        if let field = parts.spec { spec = try PodSpec(agent: &cursor, field, &pool) }
        if let field = parts.status { status = try Status(agent: &cursor, field, &pool) }
    }
}

extension PodSpec {
    fileprivate init(agent cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init(containers: [])
        var affinity: ProtoCursor.Field?
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1:
                guard let source = try Volume.ConfigMapSource(&cursor, volume: field, &pool) else { continue }
                var volume = Volume(name: "")
                volume.configMap = source
                volumes = (volumes ?? []) + [volume]
            case 10: nodeName = try cursor.someText(field)
            case 18: affinity = field
            default: break
            }
        }
        if nodeName == nil, let affinity { self.affinity = try Affinity(&cursor, pinning: affinity) }
    }
}

extension ProtoCursor {
    /// The first field of that number in this one's message, further in by each.
    fileprivate mutating func first(_ numbers: Int..., in field: Field) throws(KubeError) -> Field? {
        var inner: Field? = field
        for number in numbers {
            guard let message = inner else { return nil }
            inner = try first(number, in: message)
        }
        return inner
    }

    private mutating func first(_ number: Int, in field: Field) throws(KubeError) -> Field? {
        let outer = try enter(field)
        defer { leave(outer) }
        while let field = try next() {
            if field.number == number { return field }
        }
        return nil
    }
}

extension Volume.ConfigMapSource {
    /// nil for a volume of another kind.
    fileprivate init?(_ cursor: inout ProtoCursor, volume: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        // volumeSource, configMap
        guard let source = try cursor.first(2, 19, in: volume) else { return nil }
        // localObjectReference, name
        let name = try cursor.first(1, 1, in: source)
        self.init(name: try name.flatMap { (field) throws(KubeError) in try cursor.pooledText(field, &pool) } ?? "")
    }
}

extension Affinity {
    /// The field requirements of the first term, which is where the DaemonSet controller pins a pod to its node. nil for none.
    fileprivate init?(_ cursor: inout ProtoCursor, pinning field: ProtoCursor.Field) throws(KubeError) {
        // nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution, nodeSelectorTerms
        guard let term = try cursor.first(1, 1, 1, in: field) else { return nil }
        let outer = try cursor.enter(term)
        defer { cursor.leave(outer) }
        var fields: [LabelRequirement]?
        while let field = try cursor.next() {
            if field.number == 2 { fields = try (fields ?? []) + [LabelRequirement(&cursor, field)] }
        }
        self.init(nodeAffinity: NodeAffinity(required: NodeSelector(terms: [NodeSelectorTerm(matchFields: fields)])))
    }
}

extension LabelRequirement {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field) throws(KubeError) {
        var key = ""
        var `operator`: Operator?
        var values: [String]?
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: key = try cursor.text(field)
            case 2: `operator` = Operator(rawValue: try cursor.text(field))
            case 3: values = try (values ?? []) + [cursor.text(field)]
            default: break
            }
        }
        guard let `operator` else { throw KubeError(.malformedResponse, "matchFields: no such operator") }
        self.init(key: key, operator: `operator`, values: values)
    }
}

extension Pod.Status {
    fileprivate init(agent cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: phase = try cursor.someText(field)
            case 2:
                guard conditions == nil, let scheduled = try cursor.condition(field, "PodScheduled", &pool) else { continue }
                conditions = [Pod.Condition(type: "PodScheduled", status: scheduled.status, reason: scheduled.reason)]
            case 4: reason = try cursor.pooledText(field, &pool)
            case 8:
                let status = try ContainerStatus(WellKnown.ContainerName.collector, &cursor, field, &pool)
                if let status, containerStatuses == nil { containerStatuses = [status] }
            case 10:
                let status = try ContainerStatus(WellKnown.ContainerName.setup, &cursor, field, &pool)
                if let status, initContainerStatuses == nil { initContainerStatuses = [status] }
            default: break
            }
        }
    }
}

extension ContainerStatus {
    /// nil for a container of another name.
    fileprivate init?(
        _ name: String, _ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool
    ) throws(KubeError) {
        self.init(name: name, restartCount: nil)
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: guard try cursor.slice(field).elementsEqual(name.utf8) else { return nil }
            case 2: state = try ContainerState(&cursor, field, &pool)
            case 3: lastState = try ContainerState(&cursor, field, &pool)
            case 4: ready = try cursor.flag(field)
            default: break
            }
        }
    }
}

extension ContainerState {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: waiting = try Waiting(&cursor, field, &pool)
            case 2: running = Running()
            case 3: terminated = try Terminated(&cursor, field)
            default: break
            }
        }
    }
}

extension ContainerState.Waiting {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field, _ pool: inout StringPool) throws(KubeError) {
        self.init(reason: nil)
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: reason = try cursor.pooledText(field, &pool)
            case 2: self.message = try cursor.pooledText(field, &pool)
            default: break
            }
        }
    }
}

extension ContainerState.Terminated {
    fileprivate init(_ cursor: inout ProtoCursor, _ field: ProtoCursor.Field) throws(KubeError) {
        self.init(exitCode: 0, message: nil, finishedAt: nil)
        let outer = try cursor.enter(field)
        defer { cursor.leave(outer) }
        while let field = try cursor.next() {
            switch field.number {
            case 1: exitCode = Int(Int32(truncatingIfNeeded: try cursor.integer(field)))
            case 4: self.message = try cursor.someText(field)
            case 6: finishedAt = try cursor.time(field)
            default: break
            }
        }
    }
}
