import KubeCore
import KubeSimulator
import Testing

/// What kubectl relies on and the contract cannot ask of every server.
@Suite struct KubectlTests {
    private static let deployments = "/apis/apps/v1/namespaces/default/deployments"

    private func deployment(_ name: String) -> JSONValue {
        let labels: JSONValue = ["app": .string(name)]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": labels],
                "template": ["metadata": ["labels": labels], "spec": ["containers": [["name": "c", "image": "i"]]]],
            ],
        ]
    }

    @Test func `a document is found under its hash, and any other leads there`() throws {
        try APIServerFixture.run { api in
            let index = try await api.get("/openapi/v3")
            let url = try #require(index.body["paths"]?["apis/example.dev/v1"]?["serverRelativeURL"]?.string)
            let parts = url.split(separator: "?hash=").map(String.init)
            #expect(try await api.get(parts[0], ["hash": parts[1]]).status == 200)
            #expect(try await api.get(parts[0]).status == 200)
            let stale = try await api.get(parts[0], ["hash": "0"])
            #expect(stale.status == 301 && stale.response.header("Location") == url && stale.body == "")
        }
    }

    @Test func `kubectl's server-side apply takes over what its client-side apply left, nobody else's does`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let last = APIServerFixture.configMap("c", ["a": "1", "b": "1"])
            let annotations: JSONValue = ["kubectl.kubernetes.io/last-applied-configuration": .string(last.text())]
            var map = last
            map[["metadata", "annotations"]] = annotations
            let path = "\(APIServerFixture.configMaps)/c"
            _ = try await api.create(APIServerFixture.configMaps, map, ["fieldManager": "kubectl-client-side-apply"])
            let wanted = APIServerFixture.configMap("c", ["a": "2", "b": "1"])
            #expect(try await api.apply(path, wanted, as: "somebody").status == 409)
            let taken = try await api.apply(path, wanted, as: "kubectl")
            #expect(taken.status == 200 && taken.body["data"]?["a"] == "2")
            _ = try await api.merge(path, ["data": ["b": "9"]], ["fieldManager": "other"])
            let refused = try await api.apply(path, APIServerFixture.configMap("c", ["a": "3", "b": "3"]), as: "kubectl")
            #expect(refused.status == 409, "changed since by somebody else")

            // Then it strikes its older self from the books.
            let books = (taken.body["metadata"]?["managedFields"]?.array ?? []).filter { $0["manager"] != "kubectl-client-side-apply" }
            #expect(books.count == (taken.body["metadata"]?["managedFields"]?.array?.count ?? 0) - 1)
            let strike: JSONValue = [["op": "replace", "path": "/metadata/managedFields", "value": .array(books)]]
            let struck = try await api.call(.patch, path, body: strike, type: "application/json-patch+json")
            #expect(struck.body["metadata"]?["managedFields"]?.array?.contains { $0["manager"] == "kubectl-client-side-apply" } == false)
        }
    }

    @Test func `a scale needs its own right and the workload's revision, and a dry run scales nothing`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let created = try await api.create(Self.deployments, deployment("d"))
            let scale = "\(Self.deployments)/d/scale"
            let patch: JSONValue = ["metadata": ["resourceVersion": .string(String(created.revision + 7))], "spec": ["replicas": 2]]
            #expect(try await api.merge(scale, patch).status == 409)
            let tried = try await api.merge(scale, ["spec": ["replicas": 5]], ["dryRun": "All"])
            #expect(tried.status == 200 && tried.body["spec"]?["replicas"] == 5)
            #expect(try await api.get(scale).body["spec"]?["replicas"] == 1)
            let table = try await api.get(scale, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            #expect(table.body["columnDefinitions"]?.array?.compactMap { $0["name"] } == ["Name", "Desired", "Available", "Age"])
            let strict: JSONValue = ["metadata": ["name": "d"], "spec": ["replicas": 2, "replcas": 3]]
            let refused = try await api.call(.put, scale, ["fieldValidation": "Strict"], body: strict)
            #expect(refused.status == 400 && refused.message.contains("unknown field \"spec.replcas\""))
            api.server.authorize("u", [AccessRule(verbs: ["patch", "get"], groups: ["apps"], resources: ["deployments"])])
            let user = [HeaderField("Impersonate-User", "u")]
            #expect(try await api.call(.get, "\(Self.deployments)/d", headers: user).status == 200)
            #expect(try await api.call(.get, scale, headers: user).status == 403)
        }
    }
}
