import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct ListTests {
    private func names(_ answer: APIServerFixture.Answer) -> [String] {
        (answer.body["items"]?.array ?? []).compactMap { $0["metadata"]?["name"]?.string }
    }

    @Test func `pages of one list are of one revision, whatever happens between them`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let path = APIServerFixture.configMaps
            for name in ["a", "b", "c", "d", "e"] { _ = try await api.create(path, APIServerFixture.configMap(name)) }
            let first = try await api.get(path, ["limit": "2"])
            #expect(names(first) == ["a", "b"] && first.body["metadata"]?["remainingItemCount"] == 3)
            _ = try await api.delete("\(path)/c")
            _ = try await api.merge("\(path)/d", ["data": ["k": "new"]])
            _ = try await api.create(path, APIServerFixture.configMap("bb"))
            let token = try #require(first.body["metadata"]?["continue"]?.string)
            let rest = try await api.get(path, ["limit": "10", "continue": token])
            #expect(names(rest) == ["c", "d", "e"])
            #expect(rest.body["items"]?.array?[1]["data"] == nil, "d as it was")
            #expect(rest.revision == first.revision)
            #expect(names(try await api.get(path)) == ["a", "b", "bb", "d", "e"])
        }
    }

    @Test func `a list can be asked for at a revision, not after the latest and not of before the history`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let path = APIServerFixture.configMaps
            let first = try await api.create(path, APIServerFixture.configMap("a"))
            _ = try await api.create(path, APIServerFixture.configMap("b"))
            let exact = ["resourceVersion": String(first.revision), "resourceVersionMatch": "Exact"]
            #expect(names(try await api.get(path, exact)) == ["a"])
            let newer = ["resourceVersion": String(first.revision), "resourceVersionMatch": "NotOlderThan"]
            #expect(names(try await api.get(path, newer)) == ["a", "b"])
            let future = try await api.get(path, ["resourceVersion": "99999"])
            #expect(future.status == 504 && future.body["details"]?["causes"]?.array?.first?["reason"] == "ResourceVersionTooLarge")
            api.server.compact()
            #expect(try await api.get(path, exact).status == 410)
            #expect(try await api.get(path, ["resourceVersionMatch": "Exact"]).status == 422)
        }
    }

    @Test func `a list of all namespaces is in etcd's order and of one namespace is its own`() throws {
        try APIServerFixture.run(widgets: false) { api in
            for namespace in ["team", "team-a"] { try api.server.create(Namespace.type, ["metadata": ["name": .string(namespace)]]) }
            for (namespace, name) in [("team", "z"), ("team-a", "a"), ("team", "b")] {
                _ = try await api.create("/api/v1/namespaces/\(namespace)/configmaps", APIServerFixture.configMap(name))
            }
            // By the bytes of the key: `team-a/a` comes before `team/b`.
            #expect(names(try await api.get("/api/v1/configmaps")) == ["a", "b", "z"])
            #expect(names(try await api.get("/api/v1/namespaces/team/configmaps")) == ["b", "z"])
            #expect(api.server.list(ConfigMap.type, namespace: "team-a").count == 1)
        }
    }

    @Test func `pods are selected by node and phase, nodes by label expressions`() throws {
        try APIServerFixture.run(widgets: false) { api in
            for (name, node) in [("p", "n1"), ("q", "n2")] {
                _ = try await api.create(APIServerFixture.pods, APIServerFixture.pod(name, node: node))
            }
            #expect(names(try await api.get("/api/v1/pods", ["fieldSelector": "spec.nodeName=n2,status.phase!=Running"])) == ["q"])
            for (name, pool) in [("a", "x"), ("b", "y"), ("c", "")] {
                let labels: JSONValue = pool.isEmpty ? [:] : ["pool": .string(pool)]
                try api.server.create(Node.type, ["metadata": ["name": .string(name), "labels": labels]])
            }
            #expect(names(try await api.get("/api/v1/nodes", ["labelSelector": "pool notin (x)"])) == ["b", "c"])
            #expect(names(try await api.get("/api/v1/nodes", ["labelSelector": "pool"])) == ["a", "b"])
            #expect(names(try await api.get("/api/v1/nodes", ["labelSelector": "pool!=x,pool"])) == ["b"])
            let selector = LabelSelector(matchExpressions: [LabelRequirement(key: "pool", operator: .in, values: ["x", "y"])])
            #expect(api.server.list(Node.type, selector: selector).count == 2)
        }
    }

    @Test(arguments: ["a in x", "a==b,", "a b", "in (", "!", "a=b c"])
    func `selectors that cannot be read are bad requests`(_ selector: String) throws {
        try APIServerFixture.run(widgets: false) { api in
            let answer = try await api.get("/api/v1/nodes", ["labelSelector": selector])
            #expect(answer.status == 400)
        }
    }
}
