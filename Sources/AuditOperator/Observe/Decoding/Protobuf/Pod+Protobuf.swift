import AuditCore
import KubeClient
import KubeCore

/// Field numbers: `k8s.io/api/core/v1/generated.proto`.
extension Pod {
    /// The same members of an agent's pod as from JSON. Errors: `.malformedResponse`.
    init(agentProtobuf bytes: ArraySlice<UInt8>, _ pool: inout StringPool) throws(KubeError) {
        let parts = try ProtoParts(bytes, keeping: Self.kept, &pool)
        let spec = try parts.spec.map { (cursor) throws(KubeError) in try PodSpec(agent: cursor, &pool) }
        let status = try parts.status.map { (cursor) throws(KubeError) in try Status(agent: cursor, &pool) }
        self.init(metadata: parts.metadata, spec: spec, status: status)
    }
}

extension PodSpec {
    fileprivate init(agent message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init(containers: [])
        var affinity: ProtoCursor?
        var cursor = message
        while let field = try cursor.next() {
            switch field.number {
            case 1:
                guard let source = try Volume.ConfigMapSource(volume: cursor.message(field), &pool) else { continue }
                var volume = Volume(name: "")
                volume.configMap = source
                volumes = (volumes ?? []) + [volume]
            case 10: nodeName = try cursor.someText(field)
            case 18: affinity = try cursor.message(field)
            default: break
            }
        }
        if nodeName == nil, let affinity { self.affinity = try Affinity(pinning: affinity) }
    }
}

extension ProtoCursor {
    /// The first message of that number, further in by each.
    fileprivate func first(_ numbers: Int...) throws(KubeError) -> ProtoCursor? {
        var inner: ProtoCursor? = self
        for number in numbers { inner = try inner.flatMap { (cursor) throws(KubeError) in try cursor.first(number) } }
        return inner
    }

    private func first(_ number: Int) throws(KubeError) -> ProtoCursor? {
        var cursor = self
        while let field = try cursor.next() {
            if field.number == number { return try cursor.message(field) }
        }
        return nil
    }
}

extension Volume.ConfigMapSource {
    /// nil for a volume of another kind.
    fileprivate init?(volume: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        // volumeSource, configMap, localObjectReference
        guard let source = try volume.first(2, 19) else { return nil }
        var name = ""
        if var reference = try source.first(1) {
            while let field = try reference.next() {
                if field.number == 1 { name = try reference.pooledText(field, &pool) ?? "" }
            }
        }
        self.init(name: name)
    }
}

extension Affinity {
    /// The field requirements of the first term, which is where the DaemonSet controller pins a pod to its node. nil for none.
    fileprivate init?(pinning message: ProtoCursor) throws(KubeError) {
        // nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution, nodeSelectorTerms
        guard var term = try message.first(1, 1, 1) else { return nil }
        var fields: [LabelRequirement]?
        while let field = try term.next() {
            if field.number == 2 { fields = try (fields ?? []) + [LabelRequirement(term.message(field))] }
        }
        self.init(nodeAffinity: NodeAffinity(required: NodeSelector(terms: [NodeSelectorTerm(matchFields: fields)])))
    }
}

extension LabelRequirement {
    fileprivate init(_ message: ProtoCursor) throws(KubeError) {
        var key = ""
        var `operator`: Operator?
        var values: [String]?
        var cursor = message
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
    fileprivate init(agent message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        var cursor = message
        while let field = try cursor.next() {
            switch field.number {
            case 1: phase = try cursor.someText(field)
            case 2:
                guard conditions == nil, let scheduled = try cursor.message(field).condition("PodScheduled", &pool) else { continue }
                conditions = [Pod.Condition(type: "PodScheduled", status: scheduled.status, reason: scheduled.reason)]
            case 4: reason = try cursor.pooledText(field, &pool)
            case 8:
                let status = try ContainerStatus(WellKnown.ContainerName.collector, cursor.message(field), &pool)
                if let status, containerStatuses == nil { containerStatuses = [status] }
            case 10:
                let status = try ContainerStatus(WellKnown.ContainerName.setup, cursor.message(field), &pool)
                if let status, initContainerStatuses == nil { initContainerStatuses = [status] }
            default: break
            }
        }
    }
}

extension ContainerStatus {
    /// nil for a container of another name.
    fileprivate init?(_ name: String, _ message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init(name: name, restartCount: nil)
        var cursor = message
        while let field = try cursor.next() {
            switch field.number {
            case 1: guard try cursor.slice(field).elementsEqual(name.utf8) else { return nil }
            case 2: state = try ContainerState(cursor.message(field), &pool)
            case 3: lastState = try ContainerState(cursor.message(field), &pool)
            case 4: ready = try cursor.flag(field)
            default: break
            }
        }
    }
}

extension ContainerState {
    fileprivate init(_ message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init()
        var cursor = message
        while let field = try cursor.next() {
            switch field.number {
            case 1: waiting = try Waiting(cursor.message(field), &pool)
            case 2: running = Running()
            case 3: terminated = try Terminated(cursor.message(field))
            default: break
            }
        }
    }
}

extension ContainerState.Waiting {
    fileprivate init(_ message: ProtoCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init(reason: nil)
        var cursor = message
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
    fileprivate init(_ message: ProtoCursor) throws(KubeError) {
        self.init(exitCode: 0, message: nil, finishedAt: nil)
        var cursor = message
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
