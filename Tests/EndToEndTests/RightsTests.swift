import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// `deploy/rbac.yaml` gives the operator what it uses, and nothing that it does not.
@Suite struct RightsTests {
    /// Every right that some story needs, as `verb group/resource[/subresource] namespace`.
    private func rightsUsed() throws -> Set<RequestAttributes> {
        let used = Collected()
        try withStage { stage in
            try await stage.apply(["agent": ["identity": "WorkloadIdentity"]])
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
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
            _ = try await stage.client.delete(AuditPolicy.type, ObjectKey(name: "cos"))
            try await stage.time.wait(for: "the policy is gone") { try await stage.policy() == nil }
            try await stage.time.sleep(for: .seconds(10))
            let requests = stage.server.requestLog.filter { $0.attributes.user == OperatorDoor.user }
            // A server-side apply that makes an object needs the right to create it as well.
            let creations = requests.filter { $0.attributes.verb == "patch" && $0.status == 201 }.map { request in
                var attributes = request.attributes
                attributes.verb = "create"
                return attributes
            }
            used.attributes = Set(requests.map(\.attributes) + creations)
            let refused = stage.server.requestLog.filter { $0.attributes.user == OperatorDoor.user && $0.status == 403 }
            #expect(refused.isEmpty, "\(refused.map(\.attributes))")
        }
        return used.attributes
    }

    @Test func `the operator uses each right that deploy gives it, and needs no other`() throws {
        let used = try rightsUsed()
        for rule in try OperatorRights.load() {
            for verb in rule.verbs.sorted() {
                for resource in rule.resources.sorted() {
                    var single = rule
                    single.verbs = [verb]
                    single.resources = [resource]
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
            if !rule.resources.isDisjoint(with: ["pods", "daemonsets", "configmaps", "serviceaccounts"]) {
                #expect(rule.namespace == Stage.agents)
            }
        }
    }
}

private final class Collected: @unchecked Sendable {
    var attributes: Set<RequestAttributes> = []
}
