import KubeClient
import KubeCore

extension PodSpec {
    /// The node, or until it is bound the node it is pinned to, and the ConfigMaps that it mounts.
    init(scanningAgent cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        self.init(containers: [])
        var affinity: ArraySlice<UInt8>?
        try cursor.fields(of: "spec") { (cursor, name) throws(KubeError) in
            if name.spells("nodeName") {
                nodeName = try cursor.text("spec.nodeName")
            } else if name.spells("affinity") {
                affinity = try cursor.slice()
            } else if name.spells("volumes") {
                volumes = try cursor.takeNull("spec.volumes") ? nil : Volume.configMaps(scanning: &cursor, &pool)
            } else {
                try cursor.skipValue()
            }
        }
        if nodeName == nil, let affinity { self.affinity = try Affinity(pinning: affinity) }
    }
}

extension Volume {
    /// Those that mount a ConfigMap, without their own names.
    fileprivate static func configMaps(
        scanning cursor: inout JSONCursor, _ pool: inout StringPool
    ) throws(KubeError) -> [Volume] {
        var volumes: [Volume] = []
        try cursor.elements { (cursor) throws(KubeError) in
            var volume = Volume(name: "")
            try cursor.fields(of: "spec.volumes") { (cursor, name) throws(KubeError) in
                guard name.spells("configMap") else { return try cursor.skipValue() }
                volume.configMap = try cursor.takeNull("spec.volumes.configMap") ? nil : ConfigMapSource(scanning: &cursor, &pool)
            }
            if volume.configMap != nil { volumes.append(volume) }
        }
        return volumes
    }
}

extension Volume.ConfigMapSource {
    fileprivate init(scanning cursor: inout JSONCursor, _ pool: inout StringPool) throws(KubeError) {
        var mounted: String?
        try cursor.fields(of: "spec.volumes.configMap") { (cursor, name) throws(KubeError) in
            guard name.spells("name") else { return try cursor.skipValue() }
            mounted = try cursor.pooledText("spec.volumes.configMap.name", &pool)
        }
        guard let mounted else { throw KubeError(.malformedResponse, "spec.volumes.configMap.name: missing") }
        self.init(name: mounted)
    }
}

extension Affinity {
    /// The field requirements of the first term, which is where the DaemonSet controller pins a pod to its node. nil for none.
    fileprivate init?(pinning bytes: ArraySlice<UInt8>) throws(KubeError) {
        var first: ArraySlice<UInt8>?
        var cursor = JSONCursor(bytes)
        if try cursor.takeNull("spec.affinity") { return nil }
        try cursor.enter("nodeAffinity", of: "spec.affinity") { (cursor) throws(KubeError) in
            let field: StaticString = "spec.affinity.nodeAffinity"
            try cursor.enter("requiredDuringSchedulingIgnoredDuringExecution", of: field) { (cursor) throws(KubeError) in
                try cursor.enter("nodeSelectorTerms", of: field) { (cursor) throws(KubeError) in
                    first = nil
                    try cursor.elements { (cursor) throws(KubeError) in
                        let term = try cursor.slice()
                        first = first ?? term
                    }
                }
            }
        }
        guard let first else { return nil }
        let term = try NodeSelectorTerm(fieldsOf: first)
        self.init(nodeAffinity: NodeAffinity(required: NodeSelector(terms: [term])))
    }
}

extension NodeSelectorTerm {
    fileprivate init(fieldsOf bytes: ArraySlice<UInt8>) throws(KubeError) {
        var fields: [LabelRequirement]?
        var cursor = JSONCursor(bytes)
        try cursor.enter("matchFields", of: "nodeSelectorTerms") { (cursor) throws(KubeError) in
            var found: [LabelRequirement] = []
            try cursor.elements { (cursor) throws(KubeError) in found.append(try LabelRequirement(scanning: &cursor)) }
            fields = found
        }
        self.init(matchFields: fields)
    }
}

extension LabelRequirement {
    fileprivate init(scanning cursor: inout JSONCursor) throws(KubeError) {
        var key: String?
        var `operator`: Operator?
        var values: [String]?
        try cursor.fields(of: "matchFields") { (cursor, name) throws(KubeError) in
            if name.spells("key") {
                key = try cursor.text("matchFields.key")
            } else if name.spells("operator") {
                `operator` = try cursor.word("matchFields.operator")
            } else if name.spells("values") {
                values = try cursor.takeNull("matchFields.values") ? nil : cursor.list("matchFields.values")
            } else {
                try cursor.skipValue()
            }
        }
        guard let key, let `operator` else { throw KubeError(.malformedResponse, "matchFields: key or operator missing") }
        self.init(key: key, operator: `operator`, values: values)
    }
}

extension JSONCursor {
    /// Calls `read` at the value of one member of an object, unless that is absent or null.
    fileprivate mutating func enter(
        _ member: StaticString, of field: StaticString, _ read: (inout JSONCursor) throws(KubeError) -> Void
    ) throws(KubeError) {
        try fields(of: field) { (cursor, name) throws(KubeError) in
            guard name.spells(member) else { return try cursor.skipValue() }
            if try !cursor.takeNull(field) { try read(&cursor) }
        }
    }
}
