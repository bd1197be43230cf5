import Foundation
import KubeCore
import KubeSimulator
import KubeYAML
import TestSupport
import Testing

/// The project's own manifests against the server: what a user installs is accepted, strictly, and does what it says.
@Suite struct ProjectManifestTests {
    private static let root = Recording.directory.deletingLastPathComponent().deletingLastPathComponent()

    private static func documents(_ path: String) throws -> [JSONValue] {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        return try YAMLDocument.parse(text).map(\.value).filter { !$0.isNull }
    }

    private static let plurals = [
        "CustomResourceDefinition": "customresourcedefinitions", "Namespace": "namespaces", "ServiceAccount": "serviceaccounts",
        "ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings", "Role": "roles", "RoleBinding": "rolebindings",
        "Deployment": "deployments", "Service": "services", "NetworkPolicy": "networkpolicies", "AuditPolicy": "auditpolicies",
        "PodDisruptionBudget": "poddisruptionbudgets", "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
        "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings", "PriorityClass": "priorityclasses",
        "ConfigMap": "configmaps", "FlowSchema": "flowschemas",
    ]

    private func apply(_ object: JSONValue, _ api: APIServerFixture) async throws -> APIServerFixture.Answer {
        let kind = try #require(object["kind"]?.string)
        let plural = try #require(Self.plurals[kind], "\(kind) is unknown to this test")
        let version = try #require(object["apiVersion"]?.string)
        let name = try #require(object["metadata"]?["name"]?.string)
        let namespace = object["metadata"]?["namespace"]?.string.map { "/namespaces/\($0)" } ?? ""
        let base = version == "v1" ? "/api/v1" : "/apis/\(version)"
        return try await api.call(
            .patch, "\(base)\(namespace)/\(plural)/\(name)", ["fieldManager": "test", "fieldValidation": "Strict"], body: object,
            type: "application/apply-patch+yaml")
    }

    private func install(_ api: APIServerFixture) async throws {
        let files = [
            "crds/auditpolicies.nodeaudit.dev.yaml", "crds/nodeaudits.nodeaudit.dev.yaml", "deploy/namespaces.yaml", "deploy/rbac.yaml",
            "deploy/operator.yaml", "deploy/flowschema.yaml",
        ]
        for file in files {
            for object in try Self.documents(file) {
                let answer = try await apply(object, api)
                #expect(answer.status == 201, "\(file) \(object["kind"]?.string ?? ""): \(answer.message)")
            }
        }
    }

    @Test func `CRDs and deployment are accepted, and applying them again changes nothing`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await install(api)
            let revision = api.server.revision
            for file in ["crds/auditpolicies.nodeaudit.dev.yaml", "deploy/rbac.yaml", "deploy/operator.yaml", "deploy/flowschema.yaml"] {
                for object in try Self.documents(file) { _ = try await apply(object, api) }
            }
            #expect(api.server.revision == revision)
        }
    }

    @Test func `every sample is accepted, and a typo in one is refused`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await install(api)
            let samples = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "deploy/samples").path)
            #expect(samples.contains { $0.hasSuffix(".yaml") })
            for sample in samples.sorted() where sample.hasSuffix(".yaml") {
                for object in try Self.documents("deploy/samples/\(sample)") where object["kind"] == "AuditPolicy" {
                    let answer = try await apply(object, api)
                    #expect(answer.status == 201, "\(sample): \(answer.message)")
                    var typo = object
                    typo[["spec", "modes"]] = "Enabled"
                    #expect(try await apply(typo, api).status == 500)
                }
            }
        }
    }

    @Test func `the operator's service account may do what deploy grants it, no more`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try await install(api)
            let user = [HeaderField("Impersonate-User", "system:serviceaccount:nodeaudit-system:nodeaudit-operator")]
            #expect(try await api.call(.get, "/api/v1/nodes", headers: user).status == 200)
            #expect(try await api.call(.get, "/api/v1/secrets", headers: user).status == 403)
            #expect(try await api.call(.get, "/api/v1/namespaces/nodeaudit-agents/pods", headers: user).status == 200)
            #expect(try await api.call(.delete, "/api/v1/nodes/n", headers: user).status == 403)
            let stranger = [HeaderField("Impersonate-User", "system:serviceaccount:default:nodeaudit-operator")]
            #expect(try await api.call(.get, "/api/v1/nodes", headers: stranger).status == 403)
        }
    }

    @Test func `applying something new takes the right to create beside the right to patch`() throws {
        try APIServerFixture.run { api in
            func rule(_ verbs: Set<String>) -> [AccessRule] { [AccessRule(verbs: verbs, groups: ["*"], resources: ["*"])] }
            func apply() async throws -> Int {
                try await api.call(
                    .patch, "\(APIServerFixture.widgets)/w", ["fieldManager": "m"], body: APIServerFixture.widget("w"),
                    type: "application/apply-patch+yaml", headers: [HeaderField("Impersonate-User", "u")]
                ).status
            }
            var statuses: [Int] = []
            for verbs in [["patch"], ["patch", "create"], ["patch"]] as [Set<String>] {
                api.server.authorize("u", rule(verbs))
                statuses.append(try await apply())
            }
            #expect(statuses == [403, 201, 200])
        }
    }
}
