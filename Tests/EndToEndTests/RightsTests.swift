import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// `deploy/rbac.yaml` gives the operator what it uses, and nothing that it does not.
@Suite struct RightsTests {
    /// Every right that the stories need.
    private func rightsUsed() throws -> Set<RequestAttributes> {
        let used = Collected()
        try withStage(nodes: .of(2)) { stage in
            try await stage.apply(["agent": ["identity": "WorkloadIdentity"]])
            try await stage.becomesReady()
            // Drift twice over, so that an Event becomes a series.
            for _ in 0..<3 {
                let edit: JSONValue = ["spec": ["template": ["metadata": ["annotations": ["nodeaudit.dev/revision": "theirs"]]]]]
                _ = try await stage.client.patch(DaemonSet.type, ObjectKey(namespace: Stage.agents, name: "nodeaudit-cos"), .merge(edit))
                try await stage.time.sleep(for: .seconds(30))
            }
            try await stage.apply(["agent": ["identity": "Node"], "outputs": [["name": "out", "type": "Stdout", "stdout": [:]]]])
            try await stage.becomesReady()
            // Long enough for watches to end and the lease to be renewed.
            try await stage.time.sleep(for: .seconds(900))
            try await Self.end(stage, used)
        }
        // A drain that meets a budget which never allows, and volumes.
        try withStage(nodes: .of(1)) { stage in
            try stage.cluster.addWorkload("stubborn", replicas: 1, minAvailable: .int(1), podSpec: try Self.volume(stage))
            try await stage.apply(["recreation": ["drain": ["timeoutSeconds": 60, "onTimeout": "Force"]]])
            try await stage.becomesReady()
            try await Self.end(stage, used)
        }
        for owner in [SimulatedCluster.MachineOwner.clusterAPI, .karpenter] {
            var nodes = SimulatedCluster.Configuration.of(1)
            nodes.machineOwner = owner
            try withStage(nodes: nodes) { stage in
                try await stage.apply()
                try await stage.becomesReady()
                try await Self.end(stage, used)
            }
        }
        return used.attributes
    }

    /// A claim that is bound to a volume of the network.
    private static func volume(_ stage: Stage) throws -> JSONValue {
        let claims = ResourceType(
            group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims", isNamespaced: true)
        let volumes = ResourceType(group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes", isNamespaced: false)
        try stage.server.create(
            volumes,
            [
                "metadata": ["name": "disk"],
                "spec": [
                    "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"],
                    "csi": ["driver": "pd.csi.storage.gke.io", "volumeHandle": "d"],
                ],
            ])
        try stage.server.create(
            claims,
            [
                "metadata": ["name": "data", "namespace": "default"],
                "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]], "volumeName": "disk"],
            ])
        return ["volumes": [["name": "data", "persistentVolumeClaim": ["claimName": "data"]]]]
    }

    private static func end(_ stage: Stage, _ used: Collected) async throws {
        try await stage.delete()
        try await stage.becomesGone()
        try await stage.time.sleep(for: .seconds(10))
        let requests = stage.server.requestLog.filter { $0.attributes.user == OperatorDoor.user }
        // A server-side apply that makes an object needs the right to create it as well.
        let creations = requests.filter { $0.attributes.verb == "patch" && $0.status == 201 }.map { request in
            var attributes = request.attributes
            attributes.verb = "create"
            return attributes
        }
        used.attributes.formUnion(requests.map(\.attributes) + creations)
        let refused = requests.filter { $0.status == 403 }
        #expect(refused.isEmpty, "\(refused.map(\.attributes))")
    }

    @Test func `the operator uses each right that deploy gives it, and needs no other`() throws {
        let used = try rightsUsed()
        for rule in try OperatorRights.load() {
            for verb in rule.verbs.sorted() {
                for resource in rule.resources.sorted() {
                    var single = rule
                    single.verbs = [verb]
                    single.resources = [resource]
                    // For nodes without an owner, as older versions of Karpenter leave them: KarpenterTests.
                    if verb == "list", resource == "nodeclaims" { continue }
                    #expect(used.contains { single.allows($0) }, "\(verb) \(resource) is granted and never used")
                }
            }
        }
    }

    @Test func `no role of deploy reads Secrets, executes, or writes namespaces, CRDs or roles`() throws {
        for rule in try OperatorRights.load() {
            #expect(!rule.verbs.contains("*") && !rule.resources.contains("*") && !rule.groups.contains("*"))
            let forbidden: Set = [
                "secrets", "pods/exec", "pods/attach", "namespaces", "customresourcedefinitions", "roles", "clusterroles",
            ]
            #expect(rule.resources.isDisjoint(with: forbidden))
        }
    }

    @Test func `without the role for recreation nothing is made or changed outside the operator's namespaces`() throws {
        for rule in try OperatorRights.load(without: "nodeaudit-recreation") where rule.namespace == nil {
            #expect(rule.groups == ["nodeaudit.dev"] || rule.verbs.isSubset(of: ["list", "watch"]), "\(rule)")
            #expect(rule.resources.isDisjoint(with: ["pods", "daemonsets", "configmaps", "serviceaccounts"]))
        }
    }
}

private final class Collected: @unchecked Sendable {
    var attributes: Set<RequestAttributes> = []
}
