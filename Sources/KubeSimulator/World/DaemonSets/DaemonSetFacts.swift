import KubeCore

/// A DaemonSet as its controller reads it.
struct DaemonSetFacts: Sendable {
    var key: ObjectKey
    var uid: String
    var generation: Int64
    var isDeleting: Bool
    var object: JSONValue
    var template: JSONValue
    /// Hash of the template: the value of `controller-revision-hash`.
    var revision: String
    var selector: [LabelRequirement]
    var fit: NodeFit
    var minReadySeconds: Int64
    var isRollingUpdate: Bool
    var maxUnavailable: JSONValue
    var maxSurge: JSONValue

    init(_ object: JSONValue) {
        self.object = object
        key = object.namedKey
        uid = object.uid
        generation = object["metadata"]?["generation"]?.integer ?? 0
        isDeleting = object.isDeleting
        template = object["spec"]?["template"] ?? [:]
        revision = Self.hash(template)
        selector = LabelSelector(json: object["spec"]?["selector"]).requirements
        fit = NodeFit(
            podSpec: template["spec"], extraTolerations: Self.tolerations(hostNetwork: template["spec"]?["hostNetwork"]?.bool == true))
        minReadySeconds = object["spec"]?["minReadySeconds"]?.integer ?? 0
        let strategy = object["spec"]?["updateStrategy"]
        isRollingUpdate = strategy?["type"]?.string ?? "RollingUpdate" == "RollingUpdate"
        maxUnavailable = strategy?["rollingUpdate"]?["maxUnavailable"] ?? 1
        maxSurge = strategy?["rollingUpdate"]?["maxSurge"] ?? 0
    }

    func selects(_ labels: Labels) -> Bool { !selector.isEmpty && selector.allSatisfy { $0.matches(labels) } }

    var ownerReference: JSONValue {
        [
            "apiVersion": "apps/v1", "kind": "DaemonSet", "name": .string(key.name), "uid": .string(uid), "controller": true,
            "blockOwnerDeletion": true,
        ]
    }

    /// The limits for so many wanted pods, percentages rounded up; both zero means one may be unavailable.
    func limits(desired: Int) -> (unavailable: Int, surge: Int) {
        let unavailable = Self.scaled(maxUnavailable, to: desired)
        let surge = Self.scaled(maxSurge, to: desired)
        return unavailable == 0 && surge == 0 ? (1, 0) : (unavailable, surge)
    }

    /// Whether a node may have an old and a new pod at once; one percent of a hundred is one.
    var allowsSurge: Bool { limits(desired: 100).surge > 0 }

    private static func scaled(_ value: JSONValue, to total: Int) -> Int {
        switch value {
        case .string(let text): IntOrString.string(text).scaled(to: total, roundingUp: true) ?? 1
        default: Int(value.integer ?? 0)
        }
    }

    /// What every daemon pod tolerates beside its template's own.
    static func tolerations(hostNetwork: Bool) -> [JSONValue] {
        var rows = [
            ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"), ("memory-pressure", "NoSchedule"),
            ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"),
        ]
        if hostNetwork { rows.append(("network-unavailable", "NoSchedule")) }
        return rows.map { ["key": .string("node.kubernetes.io/\($0)"), "operator": "Exists", "effect": .string($1)] }
    }

    /// The pod for one node.
    func pod(on node: String) -> JSONValue {
        var metadata: JSONValue = ["generateName": .string("\(key.name)-"), "namespace": .string(key.namespace)]
        var labels = template["metadata"]?["labels"]?.object ?? [:]
        labels["controller-revision-hash"] = .string(revision)
        labels["pod-template-generation"] = .string(templateGeneration)
        metadata["labels"] = .object(labels)
        metadata["annotations"] = template["metadata"]?["annotations"]
        metadata["finalizers"] = template["metadata"]?["finalizers"]
        metadata["ownerReferences"] = [ownerReference]
        var spec = template["spec"] ?? [:]
        spec[["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]] = [
            "nodeSelectorTerms": [["matchFields": [["key": "metadata.name", "operator": "In", "values": [.string(node)]]]]]
        ]
        var tolerations = spec["tolerations"]?.array ?? []
        for toleration in Self.tolerations(hostNetwork: spec["hostNetwork"]?.bool == true) where !tolerations.contains(toleration) {
            tolerations.append(toleration)
        }
        spec["tolerations"] = .array(tolerations)
        return ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
    }

    var templateGeneration: String {
        object["metadata"]?["annotations"]?["deprecated.daemonset.template.generation"]?.string ?? String(generation)
    }

    /// FNV-1a of the template, spelt as Kubernetes spells hashes in names.
    private static func hash(_ template: JSONValue) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in template.serialized { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        var text: [UInt8] = []
        for digit in String(hash & 0xFFFF_FFFF).utf8 { text.append(alphabet[Int(digit) % alphabet.count]) }
        return String(decoding: text, as: UTF8.self)
    }
}
