import KubeCore

/// Which pods stand on which node, kept up to date from changes.
struct PodIndex: Sendable {
    private var nodes: [ObjectKey: String] = [:]
    private var pods: [String: Set<ObjectKey>] = [:]

    /// Takes a pod in as it is now; nil when it is gone. Returns its node.
    @discardableResult
    mutating func note(_ key: ObjectKey, _ pod: JSONValue?) -> String? {
        let node = pod?["spec"]?["nodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard nodes[key] != node else { return node }
        if let old = nodes[key] {
            pods[old]?.remove(key)
            if pods[old]?.isEmpty == true { pods[old] = nil }
        }
        nodes[key] = node
        if let node { pods[node, default: []].insert(key) }
        return node
    }

    /// In order of their keys.
    func pods(on node: String) -> [ObjectKey] { (pods[node] ?? []).sorted() }

    func count(on node: String) -> Int { pods[node]?.count ?? 0 }
}

extension JSONValue {
    /// The entry of `status.conditions` of that type.
    func condition(_ type: String) -> JSONValue? {
        self["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    }

    /// Puts a condition in; its transition time moves only with its status. Returns whether anything changed.
    @discardableResult
    mutating func setCondition(_ type: String, _ status: String, reason: String? = nil, message: String? = nil, now: Timestamp) -> Bool {
        var conditions = self["status"]?["conditions"]?.array ?? []
        let index = conditions.firstIndex { $0["type"]?.string == type }
        let old = index.map { conditions[$0] }
        var new = old ?? ["type": .string(type)]
        new["status"] = .string(status)
        new["reason"] = reason.map { .string($0) }
        new["message"] = message.map { .string($0) }
        if old?["status"]?.string != status { new["lastTransitionTime"] = .string(now.description) }
        guard new != old else { return false }
        if let index { conditions[index] = new } else { conditions.append(new) }
        self[["status", "conditions"]] = .array(conditions)
        return true
    }

    var isDeleting: Bool { self["metadata"]?["deletionTimestamp"] != nil }
    var uid: String { self["metadata"]?["uid"]?.string ?? "" }
    var namedKey: ObjectKey {
        ObjectKey(namespace: self["metadata"]?["namespace"]?.string ?? "", name: self["metadata"]?["name"]?.string ?? "")
    }

    /// The string members of an object.
    var labels: Labels { Labels((object ?? [:]).compactMapValues(\.string)) }

    /// The owner that controls this object.
    var controller: JSONValue? { self["metadata"]?["ownerReferences"]?.array?.first { $0["controller"]?.bool == true } }
}
