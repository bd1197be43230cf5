import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct DeletionTests {
    private static let namespaceType = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    private func owned(_ name: String, by owner: APIServerFixture.Answer, blocks: Bool = true) -> JSONValue {
        let reference: JSONValue = [
            "apiVersion": owner.body["apiVersion"] ?? "", "kind": owner.body["kind"] ?? "", "name": owner.body["metadata"]?["name"] ?? "",
            "uid": owner.body["metadata"]?["uid"] ?? "", "blockOwnerDeletion": .bool(blocks),
        ]
        return APIServerFixture.configMap(name, metadata: ["ownerReferences": [reference]])
    }

    private func collect(_ api: APIServerFixture) { while api.server.collectGarbage() {} }

    @Test func `background deletion takes the owner at once and its dependents with the next collection, generation by generation`() throws
    {
        try APIServerFixture.run { api in
            let owner = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("owner"))
            let child = try await api.create(APIServerFixture.configMaps, owned("child", by: owner))
            _ = try await api.create(APIServerFixture.configMaps, owned("grandchild", by: child))
            _ = try await api.delete("\(APIServerFixture.widgets)/owner", ["propagationPolicy": "Background"])
            #expect(try await api.get("\(APIServerFixture.widgets)/owner").status == 404)
            #expect(try await api.get("\(APIServerFixture.configMaps)/child").status == 200)
            collect(api)
            #expect(try await api.get("\(APIServerFixture.configMaps)/child").status == 404)
            #expect(try await api.get("\(APIServerFixture.configMaps)/grandchild").status == 404)
        }
    }

    @Test func `foreground deletion keeps the owner until its blocking dependents are gone`() throws {
        try APIServerFixture.run { api in
            let owner = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("owner"))
            _ = try await api.create(APIServerFixture.configMaps, owned("child", by: owner))
            _ = try await api.merge("\(APIServerFixture.configMaps)/child", ["metadata": ["finalizers": ["test.dev/hold"]]])
            let answer = try await api.delete("\(APIServerFixture.widgets)/owner", ["propagationPolicy": "Foreground"])
            #expect(answer.body["metadata"]?["finalizers"] == ["foregroundDeletion"])
            collect(api)
            #expect(try await api.get("\(APIServerFixture.widgets)/owner").status == 200)
            #expect(try await api.get("\(APIServerFixture.configMaps)/child").body["metadata"]?["deletionTimestamp"] != nil)
            _ = try await api.merge("\(APIServerFixture.configMaps)/child", ["metadata": ["finalizers": .null]])
            collect(api)
            #expect(try await api.get("\(APIServerFixture.configMaps)/child").status == 404)
            #expect(try await api.get("\(APIServerFixture.widgets)/owner").status == 404)
        }
    }

    @Test func `orphaning sets the dependents free`() throws {
        try APIServerFixture.run { api in
            let owner = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("owner"))
            _ = try await api.create(APIServerFixture.configMaps, owned("child", by: owner))
            _ = try await api.delete("\(APIServerFixture.widgets)/owner", ["propagationPolicy": "Orphan"])
            collect(api)
            #expect(try await api.get("\(APIServerFixture.widgets)/owner").status == 404)
            let child = try await api.get("\(APIServerFixture.configMaps)/child")
            #expect(child.status == 200 && child.body["metadata"]?["ownerReferences"] == nil)
        }
    }

    @Test func `an owner of another uid or in another namespace is no owner`() throws {
        try APIServerFixture.run { api in
            let owner = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("owner"))
            var child = owned("child", by: owner)
            child[["metadata", "ownerReferences"]] = [
                ["apiVersion": "example.dev/v1", "kind": "Widget", "name": "owner", "uid": "11111111-0000-0000-0000-000000000000"]
            ]
            _ = try await api.create(APIServerFixture.configMaps, child)
            collect(api)
            #expect(try await api.get("\(APIServerFixture.configMaps)/child").status == 404)
            #expect(try await api.get("\(APIServerFixture.widgets)/owner").status == 200)
        }
    }

    @Test func `collecting when nothing is due writes nothing`() throws {
        try APIServerFixture.run { api in
            let owner = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("owner"))
            _ = try await api.create(APIServerFixture.configMaps, owned("child", by: owner))
            let revision = api.server.revision
            #expect(!api.server.collectGarbage())
            #expect(api.server.revision == revision)
        }
    }

    @Test func `a namespace refuses new content while it goes, empties and ends; held content holds it`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try api.server.create(Self.namespaceType, ["metadata": ["name": "team"]])
            let maps = "/api/v1/namespaces/team/configmaps"
            _ = try await api.create(maps, APIServerFixture.configMap("plain"))
            _ = try await api.create(maps, APIServerFixture.configMap("held", metadata: ["finalizers": ["test.dev/hold"]]))
            let going = try await api.delete("/api/v1/namespaces/team")
            #expect(going.body["status"]?["phase"] == "Terminating")
            #expect(try await api.create(maps, APIServerFixture.configMap("late")).status == 403)
            collect(api)
            #expect(try await api.get("\(maps)/plain").status == 404)
            #expect(try await api.get("/api/v1/namespaces/team").status == 200)
            _ = try await api.merge("\(maps)/held", ["metadata": ["finalizers": .null]])
            collect(api)
            #expect(try await api.get("/api/v1/namespaces/team").status == 404)
            #expect(try await api.create(maps, APIServerFixture.configMap("late")).status == 404)
        }
    }

    @Test func `a pod on a node ends in its grace period; a shorter one shortens it, zero ends it`() throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.create(APIServerFixture.pods, APIServerFixture.pod("p"))
            let path = "\(APIServerFixture.pods)/p"
            let first = try await api.delete(path)
            #expect(first.body["metadata"]?["deletionGracePeriodSeconds"] == 30 && first.generation == 2)
            let longer = try await api.delete(path, ["gracePeriodSeconds": 60])
            #expect(longer.body["metadata"]?["deletionGracePeriodSeconds"] == 30 && longer.revision == first.revision)
            let shorter = try await api.delete(path, ["gracePeriodSeconds": 5])
            #expect(shorter.body["metadata"]?["deletionGracePeriodSeconds"] == 5 && shorter.generation == 2)
            #expect(try await api.delete(path, ["gracePeriodSeconds": 0]).status == 200)
            #expect(try await api.get(path).status == 404)
        }
    }

    @Test func `a pod that was never bound, or has ended, goes at once`() throws {
        try APIServerFixture.run(widgets: false) { api in
            var pod = APIServerFixture.pod("unbound")
            pod[["spec", "nodeName"]] = nil
            _ = try await api.create(APIServerFixture.pods, pod)
            _ = try await api.delete("\(APIServerFixture.pods)/unbound")
            #expect(try await api.get("\(APIServerFixture.pods)/unbound").status == 404)
            _ = try await api.create(APIServerFixture.pods, APIServerFixture.pod("done"))
            _ = try await api.merge("\(APIServerFixture.pods)/done/status", ["status": ["phase": "Succeeded"]])
            _ = try await api.delete("\(APIServerFixture.pods)/done")
            #expect(try await api.get("\(APIServerFixture.pods)/done").status == 404)
        }
    }

    @Test func `a pod with a finalizer outlives its kubelet's last word`() throws {
        try APIServerFixture.run(widgets: false) { api in
            var pod = APIServerFixture.pod("p")
            pod[["metadata", "finalizers"]] = ["test.dev/hold"]
            _ = try await api.create(APIServerFixture.pods, pod)
            let path = "\(APIServerFixture.pods)/p"
            _ = try await api.delete(path)
            let last = try await api.delete(path, ["gracePeriodSeconds": 0])
            #expect(last.body["metadata"]?["deletionGracePeriodSeconds"] == 0)
            _ = try await api.merge(path, ["metadata": ["finalizers": .null]])
            #expect(try await api.get(path).status == 404)
        }
    }

    @Test func `preconditions on uid and revision are checked, and a collection is deleted by selector`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let created = try await api.create(
                APIServerFixture.configMaps, APIServerFixture.configMap("a", metadata: ["labels": ["x": "1"]]))
            _ = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("b"))
            let path = "\(APIServerFixture.configMaps)/a"
            _ = try await api.merge(path, ["data": ["k": "v"]])
            let stale = try await api.delete(path, ["preconditions": ["resourceVersion": .string(String(created.revision))]])
            #expect(stale.status == 409 && stale.message.contains("does not match the ResourceVersion in record"))
            let answer = try await api.call(.delete, APIServerFixture.configMaps, ["labelSelector": "x=1"])
            #expect(answer.status == 200 && answer.body["items"]?.array?.count == 1)
            #expect(try await api.get(path).status == 404)
            #expect(try await api.get("\(APIServerFixture.configMaps)/b").status == 200)
        }
    }

    @Test func `a custom kind goes with its objects`() throws {
        try APIServerFixture.run { api in
            _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("w", metadata: ["finalizers": ["test.dev/hold"]]))
            let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.dev"
            let going = try await api.delete(path)
            #expect(going.body["metadata"]?["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"])
            collect(api)
            #expect(try await api.get("\(APIServerFixture.widgets)/w").body["metadata"]?["deletionTimestamp"] != nil)
            _ = try await api.merge("\(APIServerFixture.widgets)/w", ["metadata": ["finalizers": .null]])
            collect(api)
            #expect(try await api.get(path).status == 404)
            #expect(try await api.get(APIServerFixture.widgets).status == 404)
        }
    }

    @Test func `an owner of thousands goes in the foreground in linear time`() throws {
        try APIServerFixture.run { api in
            let owner = try await api.create(APIServerFixture.widgets, APIServerFixture.widget("owner"))
            for index in 0..<3_000 {
                var child = owned("child-\(index)", by: owner)
                child[["metadata", "namespace"]] = "default"
                try api.server.create(ConfigMap.type, child)
            }
            _ = try await api.delete("\(APIServerFixture.widgets)/owner", ["propagationPolicy": "Foreground"])
            collect(api)
            #expect(api.server.count(ConfigMap.type) == 0)
            #expect(try await api.get("\(APIServerFixture.widgets)/owner").status == 404)
        }
    }
}
