import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct ServerSideApplyTests {
    private static let path = "\(APIServerFixture.daemonSets)/agent"

    private func owners(_ object: JSONValue) -> [String] {
        (object["metadata"]?["managedFields"]?.array ?? []).map {
            "\($0["manager"]?.string ?? "") \($0["operation"]?.string ?? "")\($0["subresource"].map { "/" + ($0.string ?? "") } ?? "")"
        }
    }

    private func variables(_ object: JSONValue) -> [String] {
        let container = object["spec"]?["template"]?["spec"]?["containers"]?.array?.first
        return (container?["env"]?.array ?? []).map { "\($0["name"]?.string ?? "")=\($0["value"]?.string ?? "")" }
    }

    @Test func `applying the same again keeps the revision, whoever else wrote status meanwhile`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let first = try await api.apply(Self.path, APIServerFixture.daemonSet("agent"))
            #expect(first.status == 201)
            _ = try await api.merge("\(Self.path)/status", ["status": ["numberReady": 3]])
            let revision = api.server.revision
            let again = try await api.apply(Self.path, APIServerFixture.daemonSet("agent"))
            #expect(again.status == 200 && again.generation == 1)
            #expect(api.server.revision == revision)
            #expect(owners(again.body) == ["m Apply", "unknown Update/status"])
        }
    }

    @Test func `an item that is no longer applied goes, one of another applier stays`() throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.apply(Self.path, APIServerFixture.daemonSet("agent", env: [("A", "1"), ("B", "2")]))
            let other: JSONValue = [
                "apiVersion": "apps/v1", "kind": "DaemonSet",
                "spec": ["template": ["spec": ["containers": [["name": "c", "env": [["name": "X", "value": "9"]]]]]]],
            ]
            let both = try await api.apply(Self.path, other, as: "other")
            #expect(variables(both.body) == ["A=1", "B=2", "X=9"])
            let less = try await api.apply(Self.path, APIServerFixture.daemonSet("agent", env: [("B", "3")]))
            #expect(variables(less.body) == ["B=3", "X=9"])
            let none = try await api.apply(Self.path, ["apiVersion": "apps/v1", "kind": "DaemonSet"], as: "other")
            #expect(variables(none.body) == ["B=3"])
            #expect(owners(none.body) == ["m Apply"])
        }
    }

    @Test func `a field that two appliers agree on belongs to both and stays until both give it up`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            _ = try await api.apply(path, APIServerFixture.widget("w", ["serial": "s"]))
            let shared = try await api.apply(path, APIServerFixture.widget("w", ["serial": "s"]), as: "second")
            #expect(shared.status == 200 && owners(shared.body) == ["m Apply", "second Apply"])
            let one = try await api.apply(path, APIServerFixture.widget("w"))
            #expect(one.body["spec"]?["serial"] == "s")
        }
    }

    @Test func `a conflict names every field and owner; force takes them, and the loser keeps the rest`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            _ = try await api.apply(path, APIServerFixture.widget("w", ["serial": "s", "min": 1, "max": 5]))
            let refused = try await api.apply(path, APIServerFixture.widget("w", size: 4, ["min": 2]), as: "second")
            #expect(refused.status == 409)
            #expect(refused.message == "Apply failed with 2 conflicts: conflicts with \"m\":\n- .spec.min\n- .spec.size")
            #expect(refused.body["details"]?["causes"]?.array?.count == 2)
            let forced = try await api.apply(path, APIServerFixture.widget("w", size: 4, ["min": 2]), as: "second", force: true)
            #expect(forced.body["spec"]?["min"] == 2)
            let fields = forced.body["metadata"]?["managedFields"]?.array ?? []
            #expect(fields[0]["fieldsV1"]?["f:spec"] == ["f:max": [:], "f:serial": [:]])
            #expect(fields[1]["fieldsV1"]?["f:spec"] == ["f:min": [:], "f:size": [:]])
        }
    }

    @Test func `items of a custom list map merge by key, keep their order and take defaults`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            _ = try await api.apply(path, APIServerFixture.widget("w", ["parts": [["name": "b"], ["name": "a", "count": 7]]]))
            let other = try await api.apply(
                path,
                [
                    "apiVersion": "example.dev/v1", "kind": "Widget", "metadata": ["name": "w"],
                    "spec": ["parts": [["name": "z", "count": 1]]],
                ],
                as: "other")
            let expected: JSONValue = [["name": "b", "count": 1], ["name": "a", "count": 7], ["name": "z", "count": 1]]
            #expect(other.body["spec"]?["parts"] == expected)
        }
    }

    @Test func `finalizers are a set: appliers add and withdraw their own`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("w", metadata: ["finalizers": ["a.dev/x"]]))
            let only: JSONValue = [
                "apiVersion": "example.dev/v1", "kind": "Widget", "metadata": ["name": "w", "finalizers": ["b.dev/y"]],
            ]
            let two = try await api.apply(path, only, as: "second")
            #expect(Set(two.body["metadata"]?["finalizers"]?.array ?? []) == ["a.dev/x", "b.dev/y"])
            let one = try await api.apply(
                path, ["apiVersion": "example.dev/v1", "kind": "Widget", "metadata": ["name": "w"]], as: "second")
            #expect(one.body["metadata"]?["finalizers"] == ["a.dev/x"])
        }
    }

    @Test func `status is applied through its own door alone, and not to an object that is missing`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            let status: JSONValue = [
                "apiVersion": "example.dev/v1", "kind": "Widget", "metadata": ["name": "w"], "status": ["phase": "Up"],
            ]
            #expect(try await api.apply("\(path)/status", status).status == 404)
            _ = try await api.apply(path, APIServerFixture.widget("w"))
            var both = APIServerFixture.widget("w")
            both["status"] = ["phase": "ignored"]
            #expect(try await api.apply(path, both).body["status"] == nil)
            let applied = try await api.apply("\(path)/status", status, as: "controller")
            #expect(applied.status == 200 && applied.body["status"]?["phase"] == "Up" && applied.generation == 1)
            #expect(owners(applied.body) == ["controller Apply/status", "m Apply"])
            let revision = api.server.revision
            _ = try await api.apply("\(path)/status", status, as: "controller")
            #expect(api.server.revision == revision)
        }
    }

    @Test func `a plain update takes the fields it changes from the applier, who then conflicts`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            _ = try await api.apply(path, APIServerFixture.widget("w"))
            let edited = try await api.merge(path, ["spec": ["size": 8]], ["fieldManager": "hand"])
            #expect(owners(edited.body) == ["hand Update"])
            let refused = try await api.apply(path, APIServerFixture.widget("w"))
            #expect(refused.message == "Apply failed with 1 conflict: conflict with \"hand\" using example.dev/v1: .spec.size")
        }
    }

    @Test func `a resourceVersion in a configuration is a precondition`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            let first = try await api.apply(path, APIServerFixture.widget("w"))
            _ = try await api.merge(path, ["metadata": ["labels": ["a": "b"]]])
            let stale = APIServerFixture.widget("w", size: 5, metadata: ["resourceVersion": .string(String(first.revision))])
            #expect(try await api.apply(path, stale).status == 409)
            #expect(try await api.get(path).body["spec"]?["size"] == 3)
        }
    }

    @Test func `a dry run changes nothing and shows what would be`() throws {
        try APIServerFixture.run { api in
            let path = "\(APIServerFixture.widgets)/w"
            let revision = api.server.revision
            let answer = try await api.call(
                .patch, path, ["fieldManager": "m", "dryRun": "All"], body: APIServerFixture.widget("w"),
                type: "application/apply-patch+yaml")
            #expect(answer.status == 201 && answer.body["spec"]?["color"] == "Green")
            #expect(api.server.revision == revision)
            #expect(try await api.get(path).status == 404)
        }
    }

    @Test func `a configuration may be YAML`() throws {
        try APIServerFixture.run { (api) async throws -> Void in
            let text = "apiVersion: example.dev/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  size: 7\n"
            let request = KubeRequest(
                method: .patch, path: "\(APIServerFixture.widgets)/w", query: [QueryItem("fieldManager", "m")],
                contentType: "application/apply-patch+yaml", body: Array(text.utf8))
            let response = try await api.server.send(request)
            #expect(response.status == 201)
            let stored = try await api.get("\(APIServerFixture.widgets)/w")
            #expect(stored.body["spec"]?["size"] == 7)
        }
    }
}
