package import KubeCore

/// What is kept of a pod on a node that is drained: what decides whether it goes, and how.
package struct DrainPodView: Sendable, Hashable {
    package var key: ObjectKey
    package var uid: String
    /// The kind of the controller that would make another; empty for none.
    package var controllerKind: String
    /// A static pod's image in the API: its kubelet runs it whatever the API says.
    package var isStatic: Bool
    package var isFinished: Bool
    package var isDeleting: Bool
    package var hasEmptyDir: Bool
    /// Claims that it mounts, by name in its namespace, sorted.
    package var claims: [String]
    /// The annotation by which it asks not to be moved; empty when it does not.
    package var objection: String
    /// Its label tells drains to leave it where it is.
    package var asksToStay: Bool
    /// An agent or a task of ours.
    package var isOurs: Bool

    package init(_ pod: Pod) {
        key = pod.key
        uid = pod.uid
        let annotations = pod.metadata.annotations ?? [:]
        controllerKind = pod.metadata.ownerReferences?.first { $0.controller == true }?.kind ?? ""
        isStatic = annotations[WellKnown.Annotation.staticPod] != nil
        isFinished = pod.isFinished
        isDeleting = pod.metadata.isDeleting
        let volumes = pod.spec?.volumes ?? []
        hasEmptyDir = volumes.contains { $0.emptyDir != nil }
        claims = volumes.compactMap(\.persistentVolumeClaim?.claimName).sorted()
        objection =
            if annotations[WellKnown.Annotation.safeToEvict] == "false" {
                "\(WellKnown.Annotation.safeToEvict)=false"
            } else if let value = annotations[WellKnown.Annotation.doNotDisrupt], value != "false", !value.isEmpty {
                "\(WellKnown.Annotation.doNotDisrupt)=\(value.prefixOfUTF8(32))"
            } else {
                ""
            }
        asksToStay = pod.labels[WellKnown.Label.clusterAPIDrain] == "skip"
        isOurs = pod.labels[WellKnown.Label.managedBy] == "nodeaudit" && pod.labels[WellKnown.Label.policy] != nil
    }
}
