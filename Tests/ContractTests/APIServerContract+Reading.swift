import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `a list in pages is one list at one revision`(_ door: Door) async throws {
        let scene = try Scene(door)
        for name in ["e", "c", "a", "d", "b"] { try await scene.create(scene.widgets, scene.widget(name, ["size": 1])).expecting(201) }
        var query = ["labelSelector": scene.selector, "limit": "2"]
        let first = try await scene.get(scene.widgets, query).expecting(200)
        #expect(first.names == ["a", "b"].map(scene.name))
        #expect(first.body["kind"] == "WidgetList" && first.body["apiVersion"]?.string == scene.stage.apiVersion)
        #expect(first.body["metadata"]?["remainingItemCount"] == nil, "with a selector nobody has counted")
        // What happens in between is not in this list.
        try await scene.create(scene.widgets, scene.widget("d5", ["size": 1])).expecting(201)
        try await scene.merge(scene.widgetPath("e"), ["spec": ["size": 9]]).expecting(200)
        try await scene.delete(scene.widgetPath("c")).expecting(200)
        query["continue"] = first.body["metadata"]?["continue"]?.string
        let second = try await scene.get(scene.widgets, query).expecting(200)
        #expect(second.names == ["c", "d"].map(scene.name) && second.revision == first.revision)
        query["continue"] = second.body["metadata"]?["continue"]?.string
        let third = try await scene.get(scene.widgets, query).expecting(200)
        #expect(third.names == [scene.name("e")] && third.items.first?["spec"]?["size"] == 1)
        #expect(third.body["metadata"]?["continue"]?.string ?? "" == "" && third.revision == first.revision)

        query["continue"] = "garbage"
        try await scene.get(scene.widgets, query).expecting(400, reason: "BadRequest")
    }

    @Test(arguments: Door.open)
    func `a list without selectors counts what remains`(_ door: Door) async throws {
        let scene = try Scene(door)
        let namespace = "\(scene.stage.namespace)-\(scene.name("count"))"
        try await scene.stage.makeNamespace(namespace)
        let leases = "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases"
        for name in ["a", "b", "c"] {
            let lease: JSONValue = [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": .string(name)], "spec": [:],
            ]
            try await scene.create(leases, lease).expecting(201)
        }
        let page = try await scene.get(leases, ["limit": "1"]).expecting(200)
        #expect(page.names == ["a"] && page.body["metadata"]?["remainingItemCount"] == 2)
        #expect(try await scene.get(leases).expecting(200).names == ["a", "b", "c"])
    }

    @Test(arguments: Door.open)
    func `selectors choose by labels and by fields`(_ door: Door) async throws {
        let scene = try Scene(door)
        for (name, tier) in [("a", "x"), ("b", "y"), ("c", nil)] as [(String, String?)] {
            let labels: JSONValue = tier.map { ["tier": .string($0)] } ?? [:]
            try await scene.create(scene.widgets, scene.widget(name, ["size": 1], metadata: ["labels": labels])).expecting(201)
        }
        let cases: [(String, [String])] = [
            ("tier=x", ["a"]), ("tier==y", ["b"]), ("tier!=x", ["b", "c"]), ("tier in (x,y)", ["a", "b"]), ("tier notin (x)", ["b", "c"]),
            ("tier", ["a", "b"]), ("!tier", ["c"]), ("tier in (x), tier", ["a"]),
        ]
        for (selector, names) in cases {
            let found = try await scene.get(scene.widgets, ["labelSelector": "\(scene.selector),\(selector)"]).expecting(200)
            #expect(found.names == names.map(scene.name), "\(selector)")
        }
        let one = try await scene.get(scene.widgets, ["fieldSelector": "metadata.name=\(scene.name("b"))"]).expecting(200)
        #expect(one.names == [scene.name("b")])
        let other = try await scene.get(
            scene.widgets, ["fieldSelector": "metadata.name!=\(scene.name("b"))", "labelSelector": scene.selector]
        ).expecting(200)
        #expect(other.names == ["a", "c"].map(scene.name))
        let field = try await scene.get(scene.widgets, ["fieldSelector": "spec.size=3"]).expecting(400, reason: "BadRequest")
        #expect(field.message == "field label not supported: spec.size")
        try await scene.get(scene.widgets, ["labelSelector": "=="]).expecting(400, reason: "BadRequest")
    }

    @Test(arguments: Door.open)
    func `pods are found by their node and phase`(_ door: Door) async throws {
        let scene = try Scene(door)
        try await scene.createPod("a")
        try await scene.report("a", ready: true)
        let query = ["labelSelector": scene.selector]
        func names(_ fields: String) async throws -> [String] {
            try await scene.get(scene.core("pods"), query.merging(["fieldSelector": fields]) { $1 }).expecting(200).names
        }
        #expect(try await names("status.phase=Running,spec.nodeName=") == [scene.name("a")])
        #expect(try await names("spec.nodeName=nowhere").isEmpty)
        #expect(try await names("status.phase!=Running").isEmpty)
        #expect(try await names("spec.schedulerName=\(Scene.nobody)") == [scene.name("a")])
        let all = try await scene.get(
            "/api/v1/pods", query.merging(["fieldSelector": "metadata.namespace=\(scene.stage.namespace)"]) { $1 })
        #expect(all.names == [scene.name("a")])
    }

    @Test(arguments: Door.open)
    func `a past revision can be read while it is remembered, a future one can not`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        try await scene.merge(scene.widgetPath("a"), ["spec": ["size": 2]]).expecting(200)
        let query = ["labelSelector": scene.selector, "resourceVersion": String(created.revision)]
        let past = try await scene.get(scene.widgets, query.merging(["resourceVersionMatch": "Exact"]) { $1 }).expecting(200)
        #expect(past.items.first?["spec"]?["size"] == 1 && past.revision == created.revision)
        let fresh = try await scene.get(scene.widgets, query.merging(["resourceVersionMatch": "NotOlderThan"]) { $1 }).expecting(200)
        #expect(fresh.revision >= created.revision && fresh.names == [scene.name("a")])
        #expect(try await scene.get(scene.widgets, ["resourceVersion": "0", "labelSelector": scene.selector]).expecting(200).revision > 0)
        let future = String(created.revision + 1_000_000_000)
        let early = try await scene.get(scene.widgets, ["resourceVersion": future, "resourceVersionMatch": "NotOlderThan"])
            .expecting(504, reason: "Timeout")
        #expect(early.causes.first?.reason == "ResourceVersionTooLarge")
        try await scene.get(scene.widgets, ["resourceVersionMatch": "Exact"]).expecting(422, reason: "Invalid")
    }

    @Test(arguments: Door.open)
    func `metadata can be read alone`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let one = try await scene.get(scene.widgetPath("a"), accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
            .expecting(200)
        #expect(one.body["kind"] == "PartialObjectMetadata" && one.body["apiVersion"] == "meta.k8s.io/v1")
        #expect(one.body["metadata"] == created.body["metadata"] && one.body["spec"] == nil)
        let list = try await scene.get(
            scene.widgets, ["labelSelector": scene.selector], accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        ).expecting(200)
        #expect(list.body["kind"] == "PartialObjectMetadataList" && list.names == [scene.name("a")])
        #expect(list.items.first?["spec"] == nil)
    }

    @Test(arguments: Door.open)
    func `a table has the definition's columns`(_ door: Door) async throws {
        let scene = try Scene(door)
        try await scene.create(scene.widgets, scene.widget("a", ["size": 7])).expecting(201)
        let status: JSONValue = ["conditions": [["type": "Ready", "status": "True"]]]
        try await scene.merge("\(scene.widgetPath("a"))/status", ["status": status]).expecting(200)
        let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
        let table = try await scene.get(scene.widgets, ["labelSelector": scene.selector], accept: accept).expecting(200)
        #expect(table.body["kind"] == "Table" && table.body["apiVersion"] == "meta.k8s.io/v1" && table.revision > 0)
        let columns = table.body["columnDefinitions"]?.array ?? []
        #expect(columns.map { $0["name"]?.string ?? "" } == ["Name", "Size", "Ready", "Color", "Age"])
        #expect(columns.map { $0["priority"]?.integer ?? -1 } == [0, 0, 0, 1, 0])
        #expect(columns.map { $0["type"]?.string ?? "" } == ["string", "integer", "string", "string", "date"])
        let row = try #require(table.body["rows"]?.array?.first)
        let cells = row["cells"]?.array ?? []
        #expect(cells.prefix(4) == [.string(scene.name("a")), 7, "True", "Green"])
        #expect(cells.last?.string?.last?.isLetter == true, "an age: \(cells)")
        #expect(row["object"]?["kind"] == "PartialObjectMetadata" && row["object"]?["metadata"]?["name"]?.string == scene.name("a"))
        let whole = try await scene.get(scene.widgetPath("a"), ["includeObject": "Object"], accept: accept).expecting(200)
        #expect(whole.body["rows"]?.array?.first?["object"]?["spec"]?["size"] == 7)
        let none = try await scene.get(scene.widgetPath("a"), ["includeObject": "None"], accept: accept).expecting(200)
        #expect(none.body["rows"]?.array?.first?["object"]?.isNull ?? true)
    }

    // MARK: Refusals

    @Test(arguments: Door.open)
    func `absence is told apart from an unknown path`(_ door: Door) async throws {
        let scene = try Scene(door)
        let object = try await scene.get(scene.widgetPath("none")).expecting(404, reason: "NotFound")
        #expect(object.message == "widgets.\(scene.stage.group) \"\(scene.name("none"))\" not found")
        #expect(
            object.body["details"] == [
                "name": .string(scene.name("none")), "group": .string(scene.stage.group), "kind": "widgets",
            ])
        let path = try await scene.get("/apis/\(scene.stage.group)/v1/nothings").expecting(404)
        #expect(path.body == "404 page not found\n")
        #expect(try await scene.get("/nope").expecting(404).body == "404 page not found\n")
        try await scene.get("/apis/none.\(scene.stage.group)/v1").expecting(404)
        try await scene.get("/apis/\(scene.stage.group)/v9/widgets").expecting(404)

        let namespace = "\(scene.stage.namespace)-none"
        let missing = try await scene.create("/api/v1/namespaces/\(namespace)/configmaps", scene.configMap("a"))
            .expecting(404, reason: "NotFound")
        #expect(missing.message == "namespaces \"\(namespace)\" not found")
        #expect(try await scene.get("/api/v1/namespaces/\(namespace)/configmaps").expecting(200).items.isEmpty)
        try await scene.get("/api/v1/namespaces/\(namespace)/configmaps/a").expecting(404, reason: "NotFound")
    }

    @Test(arguments: Door.open)
    func `methods, media types and answers that a path has not are refused`(_ door: Door) async throws {
        let scene = try Scene(door)
        let widget = scene.widget("a", ["size": 1])
        let named = try await scene.create(scene.widgetPath("nobody"), scene.widget("b", ["size": 1])).expecting(201)
        #expect(named.name == scene.name("b"), "custom kinds take it for a POST to the collection")
        let map = scene.configMap("a")
        for refused in [
            try await scene.create(scene.configMapPath("a"), map), try await scene.put(scene.configMaps, map),
            try await scene.delete("/api/v1/namespaces", nil, ["labelSelector": "scene=none,\(Stage.label)=none"]),
        ] {
            try refused.expecting(405, reason: "MethodNotAllowed")
            #expect(refused.body["details"] == [:], "\(refused)")
        }
        try await scene.put(scene.widgets, widget).expecting(400, reason: "BadRequest")
        try await scene.stage.call(.post, scene.widgets, text: "size", type: "text/plain").expecting(415, reason: "UnsupportedMediaType")
        try await scene.create(scene.widgets, widget).expecting(201)
        let patch = try await scene.stage.call(.patch, scene.widgetPath("a"), text: "{}", type: "text/plain")
            .expecting(415, reason: "UnsupportedMediaType")
        #expect(patch.message.contains("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"))
        let accept = try await scene.get(scene.widgetPath("a"), accept: "text/html").expecting(406, reason: "NotAcceptable")
        #expect(accept.message.hasPrefix("only the following media types are accepted: application/json, application/yaml"))

        // Built-in kinds are refused by the router in front of them, in its own words.
        try await scene.create(scene.configMaps, map).expecting(201)
        let router = try await scene.stage.call(.patch, scene.configMapPath("a"), text: "{}", type: "text/plain")
            .expecting(415, reason: "UnsupportedMediaType")
        #expect(router.message == "415: Unsupported Media Type" && router.body["details"] == [:])
        for path in [scene.configMapPath("a"), scene.configMaps] {
            let refused = try await scene.get(path, accept: "text/html").expecting(406, reason: "NotAcceptable")
            #expect(refused.message.hasPrefix("406: Not Acceptable\n\nAvailable representations: application/json, application/yaml"))
            #expect(refused.message.contains(";stream=watch") == (path == scene.configMaps))
        }
    }
}
