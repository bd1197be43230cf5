import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct PatchTests {
    private static let path = "\(APIServerFixture.daemonSets)/agent"

    private func template(_ answer: APIServerFixture.Answer) -> JSONValue { answer.body["spec"]?["template"]?["spec"] ?? [:] }

    private func patchContainer(_ api: APIServerFixture, _ change: JSONValue) async throws -> JSONValue {
        let answer = try await api.strategic(Self.path, ["spec": ["template": ["spec": change]]])
        #expect(answer.status == 200, "\(answer.message)")
        return template(answer)
    }

    @Test func `strategic merge finds containers and variables by name, and deletes what it is told to`() throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.create(APIServerFixture.daemonSets, APIServerFixture.daemonSet("agent", env: [("A", "1"), ("B", "2")]))
            var spec = try await patchContainer(api, ["containers": [["name": "c", "env": [["name": "B", "value": "3"]]]]])
            #expect(spec["containers"]?.array?.first?["env"] == [["name": "A", "value": "1"], ["name": "B", "value": "3"]])
            spec = try await patchContainer(api, ["containers": [["name": "c", "env": [["name": "A", "$patch": "delete"]]]]])
            #expect(spec["containers"]?.array?.first?["env"] == [["name": "B", "value": "3"]])
            spec = try await patchContainer(
                api,
                [
                    "containers": [["name": "d", "image": "x"]], "$setElementOrder/containers": [["name": "d"], ["name": "c"]],
                ])
            #expect(spec["containers"]?.array?.compactMap { $0["name"] } == ["d", "c"])
            spec = try await patchContainer(api, ["tolerations": [["operator": "Exists"]]])
            spec = try await patchContainer(api, ["tolerations": [["key": "k", "operator": "Exists"]]])
            #expect(spec["tolerations"] == [["key": "k", "operator": "Exists"]], "tolerations have no key: they are replaced")
            spec = try await patchContainer(api, ["volumes": [["name": "v", "emptyDir": [:]]]])
            spec = try await patchContainer(
                api, ["volumes": [["$retainKeys": ["name", "hostPath"], "name": "v", "hostPath": ["path": "/x"]]]])
            #expect(spec["volumes"] == [["name": "v", "hostPath": ["path": "/x", "type": ""]]])
        }
    }

    @Test func `custom kinds take no strategic merge patch`() throws {
        try APIServerFixture.run { api in
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("w"))
            #expect(try await api.strategic("\(APIServerFixture.widgets)/w", ["spec": ["size": 4]]).status == 415)
        }
    }

    @Test(arguments: [
        (#"[{"op":"add","path":"/data/c","value":"3"},{"op":"remove","path":"/data/a"}]"#, #"{"b":"2","c":"3"}"#),
        (#"[{"op":"move","from":"/data/a","path":"/data/z"}]"#, #"{"b":"2","z":"1"}"#),
        (#"[{"op":"copy","from":"/data/a","path":"/data/z"},{"op":"test","path":"/data/z","value":"1"}]"#, #"{"a":"1","b":"2","z":"1"}"#),
        (#"[{"op":"replace","path":"/data/a~1b","value":"x"}]"#, ""),
        (#"[{"op":"remove","path":"/data/none"}]"#, ""),
        (#"[{"op":"test","path":"/data/a","value":"2"}]"#, ""),
    ])
    func `JSON patches do all of their operations or nothing`(_ patch: String, _ expected: String) throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("c", ["a": "1", "b": "2"]))
            let path = "\(APIServerFixture.configMaps)/c"
            let revision = api.server.revision
            let body = try JSONValue(parsing: patch)
            let answer = try await api.call(.patch, path, body: body, type: "application/json-patch+json")
            if expected.isEmpty {
                #expect(answer.status == 422)
                #expect(api.server.revision == revision)
            } else {
                let wanted = try JSONValue(parsing: expected)
                #expect(answer.body["data"] == wanted)
            }
        }
    }

    @Test func `a merge patch of a list replaces it, null removes, and nothing changed writes nothing`() throws {
        try APIServerFixture.run { api in
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("w", ["parts": [["name": "a"], ["name": "b"]]]))
            let path = "\(APIServerFixture.widgets)/w"
            let patched = try await api.merge(path, ["spec": ["parts": [["name": "c", "count": 2]], "color": .null]])
            #expect(patched.body["spec"]?["parts"] == [["name": "c", "count": 2]])
            #expect(patched.body["spec"]?["color"] == "Green", "the default comes back")
            let revision = api.server.revision
            #expect(try await api.merge(path, ["spec": ["parts": [["name": "c", "count": 2]]]]).revision == patched.revision)
            #expect(api.server.revision == revision)
        }
    }

    @Test func `patches may not change identity, and immutable names stay`() throws {
        try APIServerFixture.run { api in
            let created = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("w"))
            let path = "\(APIServerFixture.widgets)/w"
            let answer = try await api.merge(path, ["metadata": ["creationTimestamp": "2001-01-01T00:00:00Z", "generation": 99]])
            #expect(answer.body["metadata"]?["creationTimestamp"] == created.body["metadata"]?["creationTimestamp"])
            #expect(answer.generation == 1)
            #expect(try await api.merge(path, ["metadata": ["uid": "11111111-0000-0000-0000-000000000000"]]).status == 422)
        }
    }
}
