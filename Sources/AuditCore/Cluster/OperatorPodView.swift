package import KubeCore

/// A replica of this operator: where it runs and whether it could take over.
package struct OperatorPodView: Sendable, Hashable {
    package var key: ObjectKey
    package var nodeName: String
    package var isReady: Bool

    package init(_ pod: Pod) {
        key = pod.key
        nodeName = pod.nodeName ?? ""
        isReady = pod.isReady && !pod.metadata.isDeleting
    }
}
