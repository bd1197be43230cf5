package import KubeCore

/// What is kept of a Node: a few hundred bytes instead of its 20 KB.
package struct NodeView: Sendable, Hashable {
    package var name: String
    package var uid: String
    package var labels: [String: String]
    package var bootID: String
    package var providerID: String?
    package var isReady: Bool
    /// Why it is not ready, in the node controller's words; empty when it is.
    package var notReadyReason: String
    package var isUnschedulable: Bool

    package init(_ node: Node) {
        name = node.name
        uid = node.uid
        labels = node.labels
        bootID = node.bootID ?? ""
        providerID = node.spec?.providerID
        isReady = node.isReady
        let ready = node.status?.conditions?.first { $0.type == "Ready" }
        notReadyReason = node.isReady ? "" : ready?.reason ?? "NoReadyCondition"
        isUnschedulable = node.spec?.unschedulable ?? false
    }
}
