package import KubeCore

/// An object in the cluster that was made for a policy, as the watch last showed it.
package struct ManagedObject: Sendable, Hashable {
    package var type: ResourceType
    package var key: ObjectKey
    package var uid: String
    package var resourceVersion: String
    package var isDeleting: Bool
    package var policyName: String?
    /// The whole object: few exist per policy, and drift is judged field by field.
    package var value: JSONValue

    package init(type: ResourceType, value: JSONValue) {
        self.type = type
        self.value = value
        let metadata = value["metadata"]
        key = ObjectKey(namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "")
        uid = metadata?["uid"]?.string ?? ""
        resourceVersion = metadata?["resourceVersion"]?.string ?? ""
        isDeleting = metadata?["deletionTimestamp"] != nil
        policyName = metadata?["labels"]?[WellKnown.Label.policy]?.string
    }

    package var identity: ObjectIdentity { ObjectIdentity(type: type, key: key) }

    /// Ours by its label, or by a field manager that only we use: an object that lost its label is still ours.
    package var isOurs: Bool {
        if value["metadata"]?["labels"]?[WellKnown.Label.managedBy]?.string == "nodeaudit" { return true }
        let managers = value["metadata"]?["managedFields"]?.array ?? []
        return managers.contains { $0["manager"]?.string == WellKnown.fieldManager && $0["operation"]?.string == "Apply" }
    }

    /// Who wrote last besides us and besides controllers that report in status.
    package var lastEditor: String? {
        let entries = (value["metadata"]?["managedFields"]?.array ?? []).filter {
            $0["manager"]?.string != WellKnown.fieldManager && $0["subresource"] == nil
        }
        return entries.max { ($0["time"]?.string ?? "") < ($1["time"]?.string ?? "") }?["manager"]?.string
    }
}

/// Which object, of which kind.
package struct ObjectIdentity: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var type: ResourceType
    package var key: ObjectKey

    package init(type: ResourceType, key: ObjectKey) {
        self.type = type
        self.key = key
    }

    package var description: String { "\(type.kind) \(key)" }

    package static func < (left: ObjectIdentity, right: ObjectIdentity) -> Bool {
        (left.type.kind, left.key) < (right.type.kind, right.key)
    }
}

/// An object as it shall be.
package struct Manifest: Sendable, Hashable {
    package var type: ResourceType
    package var value: JSONValue

    package init(type: ResourceType, value: JSONValue) {
        self.type = type
        self.value = value
    }

    package init(_ resource: some KubeResource) throws(KubeError) {
        self.init(type: Swift.type(of: resource).type, value: try resource.jsonValue())
    }

    package var key: ObjectKey {
        ObjectKey(
            namespace: value["metadata"]?["namespace"]?.string ?? "", name: value["metadata"]?["name"]?.string ?? "")
    }

    package var identity: ObjectIdentity { ObjectIdentity(type: type, key: key) }
}
