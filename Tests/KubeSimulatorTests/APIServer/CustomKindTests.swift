import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct CustomKindTests {
    private static func crd(_ versions: [(name: String, isServed: Bool, isStorage: Bool)], namespaced: Bool = true) -> JSONValue {
        let schema: JSONValue = [
            "openAPIV3Schema": [
                "type": "object",
                "properties": [
                    "spec": ["type": "object", "properties": ["n": ["type": "integer", "default": 4]]],
                    "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                ],
            ]
        ]
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": "things.test.dev"],
            "spec": [
                "group": "test.dev", "scope": namespaced ? "Namespaced" : "Cluster", "names": ["plural": "things", "kind": "Thing"],
                "versions": .array(
                    versions.map {
                        ["name": .string($0.name), "served": .bool($0.isServed), "storage": .bool($0.isStorage), "schema": schema]
                    }),
            ],
        ]
    }

    private static let path = "/apis/test.dev/v1/namespaces/default/things"
    private static let crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    private func thing(_ name: String, version: String = "v1") -> JSONValue {
        ["apiVersion": .string("test.dev/\(version)"), "kind": "Thing", "metadata": ["name": .string(name)], "spec": [:]]
    }

    @Test func `one object is served in every served version, and not in others`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let crd = Self.crd([("v1beta1", true, false), ("v1", true, true), ("v1alpha1", false, false)])
            #expect(try await api.create(Self.crds, crd).status == 201)
            #expect(try await api.create(Self.path, thing("a")).body["spec"]?["n"] == 4)
            let beta = try await api.get("/apis/test.dev/v1beta1/namespaces/default/things/a")
            #expect(beta.body["apiVersion"] == "test.dev/v1beta1")
            #expect(try await api.create("/apis/test.dev/v1beta1/namespaces/default/things", thing("b", version: "v1beta1")).status == 201)
            #expect(try await api.get(Self.path).body["items"]?.array?.allSatisfy { $0["apiVersion"] == "test.dev/v1" } == true)
            #expect(try await api.get("/apis/test.dev/v1alpha1/namespaces/default/things").status == 404)
            let group = try await api.get("/apis/test.dev")
            #expect(group.body["preferredVersion"]?["version"] == "v1" && group.body["versions"]?.array?.count == 2)
        }
    }

    @Test func `without a status subresource everything is one write, and each change moves the generation`() throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.create(Self.crds, Self.crd([("v1", true, true)]))
            _ = try await api.create(Self.path, thing("a"))
            let changed = try await api.merge("\(Self.path)/a", ["status": ["seen": true], "metadata": ["labels": ["a": "b"]]])
            #expect(changed.body["status"]?["seen"] == true && changed.generation == 2)
            #expect(try await api.merge("\(Self.path)/a", ["metadata": ["labels": ["a": "c"]]]).generation == 2)
            #expect(try await api.merge("\(Self.path)/a/status", ["status": [:]]).status == 404)
        }
    }

    @Test func `a changed definition is in force with its next request`() throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.create(Self.crds, Self.crd([("v1", true, true)]))
            _ = try await api.create(Self.path, thing("a"))
            let crd = try await api.get("\(Self.crds)/things.test.dev").body
            var versions = crd["spec"]?["versions"]?.array ?? []
            versions[0][["schema", "openAPIV3Schema", "properties", "spec", "properties", "n", "maximum"]] = 5
            let patched = try await api.merge("\(Self.crds)/things.test.dev", ["spec": ["versions": .array(versions)]])
            #expect(patched.status == 200 && patched.generation == 2)
            let refused = try await api.merge("\(Self.path)/a", ["spec": ["n": 6]])
            #expect(refused.status == 422)
            #expect(
                refused.message
                    == "Thing.test.dev \"a\" is invalid: spec.n: Invalid value: 6: spec.n in body should be less than or equal to 5")
            #expect(try await api.get("\(Self.path)/a").status == 200, "objects stay")
        }
    }

    @Test func `a namespaced kind is in its namespace and a cluster's kind is not`() throws {
        try APIServerFixture.run { api in
            _ = try await api.create(Self.crds, Self.crd([("v1", true, true)]))
            #expect(try await api.create("/apis/test.dev/v1/things", thing("a")).status == 400)
            #expect(try await api.create("/apis/test.dev/v1/namespaces/none/things", thing("a")).status == 404)
            #expect(try await api.get("/apis/example.dev/v1/namespaces/default/widgets").status == 404)
        }
    }

    @Test func `a definition that is not one is refused`() throws {
        try APIServerFixture.run(widgets: false) { api in
            var misnamed = Self.crd([("v1", true, true)])
            misnamed[["metadata", "name"]] = "other.test.dev"
            var schemaless = Self.crd([("v1", true, true)])
            schemaless[["spec", "versions"]] = [["name": "v1", "served": true, "storage": true]]
            let unstored = Self.crd([("v1", true, false)])
            let twiceStored = Self.crd([("v1", true, true), ("v2", true, true)])
            for bad in [misnamed, schemaless, unstored, twiceStored] {
                let answer = try await api.create(Self.crds, bad)
                #expect(answer.status == 422)
            }
            let group = try await api.get("/apis/test.dev")
            #expect(group.status == 404)
        }
    }

    @Test func `discovery answers plainly to who does not ask for the aggregate, and health and version answer`() throws {
        try APIServerFixture.run { api in
            let groups = try await api.get("/apis")
            #expect(groups.body["kind"] == "APIGroupList")
            #expect(groups.body["groups"]?.array?.contains { $0["name"] == "example.dev" } == true)
            #expect(try await api.get("/api").body["versions"] == ["v1"])
            let core = try await api.get("/api/v1")
            let names = core.body["resources"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(names.contains("pods") && names.contains("pods/eviction") && names.contains("nodes/status"))
            for path in ["/healthz", "/livez", "/readyz"] { #expect(try await api.get(path).body == "ok") }
            #expect(try await api.get("/version").body["minor"] == "36")
        }
    }

    @Test func `kubectl's table of pods and nodes says how they are`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try api.server.create(
                Node.type,
                [
                    "metadata": ["name": "n"], "spec": ["unschedulable": true],
                    "status": ["conditions": [["type": "Ready", "status": "True"]], "nodeInfo": ["kubeletVersion": "v1.36.0"]],
                ])
            _ = try await api.create(APIServerFixture.pods, APIServerFixture.pod("p"))
            let status: JSONValue = [
                "phase": "Running",
                "containerStatuses": [["name": "c", "restartCount": 4, "state": ["waiting": ["reason": "CrashLoopBackOff"]]]],
            ]
            _ = try await api.merge("\(APIServerFixture.pods)/p/status", ["status": status])
            let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
            let nodes = try await api.get("/api/v1/nodes", accept: accept)
            #expect(
                nodes.body["rows"]?.array?[0]["cells"]?.array?.prefix(5) == ["n", "Ready,SchedulingDisabled", "<none>", "0s", "v1.36.0"])
            let pods = try await api.get("/api/v1/pods", accept: accept)
            #expect(pods.body["rows"]?.array?[0]["cells"]?.array?.prefix(4) == ["p", "0/1", "CrashLoopBackOff", "4"])
            _ = try await api.delete("\(APIServerFixture.pods)/p")
            let going = try await api.get("\(APIServerFixture.pods)/p", accept: accept)
            #expect(going.body["rows"]?.array?[0]["cells"]?.array?[2] == "Terminating")
            #expect(try await api.get("/api/v1/nodes", accept: "text/csv").status == 406)
        }
    }
}
