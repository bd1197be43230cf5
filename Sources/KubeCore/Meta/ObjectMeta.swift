/// The part of `metav1.ObjectMeta` that nodeaudit and its simulator read or write.
package struct ObjectMeta: Sendable, Hashable, Codable {
    package var name: String?
    package var generateName: String?
    package var namespace: String?
    package var uid: String?
    /// Opaque by contract; since Kubernetes 1.35 documented as a decimal number that grows.
    package var resourceVersion: String?
    package var generation: Int64?
    package var creationTimestamp: Timestamp?
    package var deletionTimestamp: Timestamp?
    package var deletionGracePeriodSeconds: Int64?
    package var labels: Labels?
    package var annotations: [String: String]?
    package var finalizers: [String]?
    package var ownerReferences: [OwnerReference]?
    package var managedFields: [ManagedFieldsEntry]?

    package init(
        name: String? = nil, namespace: String? = nil, labels: Labels? = nil,
        annotations: [String: String]? = nil, ownerReferences: [OwnerReference]? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.ownerReferences = ownerReferences
    }

    package var isDeleting: Bool { deletionTimestamp != nil }
}

package struct OwnerReference: Sendable, Hashable, Codable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?

    package init(
        apiVersion: String, kind: String, name: String, uid: String, controller: Bool? = nil, blockOwnerDeletion: Bool? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }
}

/// Who last wrote with which verb. The field set itself (`fieldsV1`) is read only where it is needed, from the raw object.
package struct ManagedFieldsEntry: Sendable, Hashable, Codable {
    package var manager: String?
    package var operation: String?
    package var apiVersion: String?
    package var time: Timestamp?
    package var subresource: String?
}

/// Namespace and name: the identity of an object of a known kind. `namespace` is empty for cluster-scoped kinds.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
