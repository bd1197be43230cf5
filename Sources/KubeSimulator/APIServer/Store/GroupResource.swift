package import KubeCore

/// The identity of a stored kind: all versions of a resource share one table.
package struct GroupResource: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var group: String
    package var resource: String

    package init(group: String, resource: String) {
        self.group = group
        self.resource = resource
    }

    package init(_ type: ResourceType) { self.init(group: type.group, resource: type.plural) }

    /// `pods` or `daemonsets.apps`.
    package var description: String { group.isEmpty ? resource : "\(resource).\(group)" }

    package static func < (left: GroupResource, right: GroupResource) -> Bool {
        (left.group, left.resource) < (right.group, right.resource)
    }
}

/// One object of the cluster, by resource and key.
package struct ObjectReference: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var resource: GroupResource
    package var key: ObjectKey

    package init(_ resource: GroupResource, _ key: ObjectKey) {
        self.resource = resource
        self.key = key
    }

    package init(_ type: ResourceType, _ key: ObjectKey) { self.init(GroupResource(type), key) }

    package var description: String { "\(resource) \(key)" }

    package static func < (left: ObjectReference, right: ObjectReference) -> Bool {
        left.resource == right.resource ? left.key < right.key : left.resource < right.resource
    }
}
