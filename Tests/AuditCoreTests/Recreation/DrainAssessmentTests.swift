import AuditCore
import KubeCore
import Testing

/// The filters of `kubectl drain`, with consent taken from the policy.
@Suite struct DrainAssessmentTests {
    private func pod(_ name: String, owner: String? = "ReplicaSet", _ change: (inout Pod) -> Void = { _ in }) -> DrainPodView {
        var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default", labels: [:], annotations: [:]))
        pod.metadata.uid = "uid-\(name)"
        if let owner {
            pod.metadata.ownerReferences = [OwnerReference(apiVersion: "apps/v1", kind: owner, name: "o", uid: "o", controller: true)]
        }
        pod.spec = PodSpec(containers: [])
        pod.status = Pod.Status(phase: "Running")
        change(&pod)
        return DrainPodView(pod)
    }

    private func assess(
        _ pods: [DrainPodView], _ drain: AuditPolicy.Drain = .init(), reachable: Bool = true, local: [String: Bool] = [:]
    ) -> DrainAssessment {
        DrainAssessment(pods, drain: drain, isReachable: reachable, usesLocalVolumes: local)
    }

    private func emptyDir(_ pod: inout Pod) {
        var volume = Volume(name: "v")
        volume.emptyDir = Volume.EmptyDir()
        pod.spec?.volumes = [volume]
    }

    private func claim(_ pod: inout Pod) {
        var volume = Volume(name: "v")
        volume.persistentVolumeClaim = Volume.ClaimSource(claimName: "c")
        pod.spec?.volumes = [volume]
    }

    @Test func `what comes back at once stays: daemons, static pods, ours, and those that Cluster API leaves`() {
        let pods = [
            pod("daemon", owner: "DaemonSet"),
            pod("static", owner: "Node") { $0.metadata.annotations?["kubernetes.io/config.mirror"] = "x" },
            pod("agent", owner: nil) {
                $0.metadata.labels = ["app.kubernetes.io/managed-by": "nodeaudit", "nodeaudit.dev/policy": "cos"]
            },
            pod("kept") { $0.metadata.labels?["cluster.x-k8s.io/drain"] = "skip" },
        ]
        #expect(assess(pods).isDone)
    }

    @Test func `finished pods go without consent, a finished daemon's too`() {
        let pods = [
            pod("done", owner: nil) {
                $0.status?.phase = "Succeeded"
                emptyDir(&$0)
            },
            pod("daemon", owner: "DaemonSet") { $0.status?.phase = "Failed" },
        ]
        let drain = assess(pods)
        #expect(drain.leavable.map(\.key.name) == ["daemon", "done"] && drain.forbidden.isEmpty)
    }

    @Test func `unmanaged pods and data of the node need consent`() {
        let loner = pod("loner", owner: nil)
        let scratch = pod("scratch", emptyDir)
        var drain = AuditPolicy.Drain()
        #expect(assess([loner], drain).forbidden.first?.reason.contains("evictUnmanagedPods") == true)
        #expect(assess([scratch], drain).leavable.count == 1, "the default, as in kubectl's usual use")
        drain.deleteEmptyDirData = false
        drain.evictUnmanagedPods = true
        #expect(assess([loner], drain).leavable.count == 1)
        #expect(assess([scratch], drain).forbidden.first?.reason.contains("deleteEmptyDirData") == true)
    }

    @Test func `claims are read before a pod is moved, and a volume of the node needs consent`() {
        let database = pod("database", claim)
        var drain = AuditPolicy.Drain()
        #expect(assess([database]).unread.count == 1)
        #expect(assess([database], local: ["uid-database": false]).leavable.count == 1)
        #expect(assess([database], local: ["uid-database": true]).forbidden.first?.reason.contains("deleteLocalVolumes") == true)
        drain.deleteLocalVolumes = true
        #expect(assess([database], drain).leavable.count == 1)
    }

    @Test(arguments: [
        ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false", true),
        ("cluster-autoscaler.kubernetes.io/safe-to-evict", "true", false),
        ("karpenter.sh/do-not-disrupt", "true", true), ("karpenter.sh/do-not-disrupt", "30m", true),
        ("karpenter.sh/do-not-disrupt", "false", false),
    ])
    func `a wish not to be moved is honoured`(annotation: String, value: String, objects: Bool) {
        let drain = assess([pod("web") { $0.metadata.annotations?[annotation] = value }])
        #expect(drain.objecting.count == (objects ? 1 : 0) && drain.leavable.count == (objects ? 0 : 1))
    }

    @Test func `pods that are deleted already are waited for, unless nobody could end them`() {
        let leaving = pod("web") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
        #expect(!assess([leaving]).isDone)
        #expect(assess([leaving], reachable: false).isDone)
    }

    @Test func `volumes of pods that stay are not waited for`() {
        #expect(assess([pod("daemon", owner: "DaemonSet", claim)]).volumesStay)
        #expect(!assess([pod("daemon", owner: "DaemonSet")]).volumesStay)
    }
}
