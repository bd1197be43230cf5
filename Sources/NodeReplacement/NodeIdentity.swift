package import KubeCore

/// What a live Node says about the machine under it. All of it but `providerID` may have been written by the node itself.
package struct NodeIdentity: Sendable, Hashable {
    package var name: String
    package var uid: String
    package var bootID: String
    package var providerID: String?
    package var labels: Labels
    package var annotations: [String: String]
    package var owners: [OwnerReference]

    package init(
        name: String, uid: String, bootID: String, providerID: String? = nil, labels: Labels = [:],
        annotations: [String: String] = [:], owners: [OwnerReference] = []
    ) {
        self.name = name
        self.uid = uid
        self.bootID = bootID
        self.providerID = providerID
        self.labels = labels
        self.annotations = annotations
        self.owners = owners
    }

    package init(_ node: Node) {
        self.init(
            name: node.name, uid: node.uid, bootID: node.bootID ?? "", providerID: node.spec?.providerID, labels: node.labels,
            annotations: node.metadata.annotations ?? [:], owners: node.metadata.ownerReferences ?? [])
    }
}
