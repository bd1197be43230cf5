import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `the generation moves with the specification alone, the revision with every change`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        #expect(created.generation == 1 && created.revision > 0 && !created.uid.isEmpty)
        let annotated = try await scene.merge(path, ["metadata": ["annotations": ["x": "y"]]]).expecting(200)
        #expect(annotated.generation == 1 && annotated.revision > created.revision)
        let reported = try await scene.merge("\(path)/status", ["status": ["phase": "On"]]).expecting(200)
        #expect(reported.generation == 1 && reported.revision > annotated.revision)
        let changed = try await scene.merge(path, ["spec": ["size": 2]]).expecting(200)
        #expect(changed.generation == 2 && changed.revision > reported.revision)
        #expect(changed.uid == created.uid)
        #expect(changed.body["metadata"]?["creationTimestamp"] == created.body["metadata"]?["creationTimestamp"])
        #expect(changed.body["status"]?["phase"] == "On")
    }

    @Test(arguments: Door.open)
    func `status and the rest are written through their own doors`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        var widget = scene.widget("a", ["size": 1])
        widget["status"] = ["phase": "Ignored"]
        let created = try await scene.create(scene.widgets, widget).expecting(201)
        #expect(created.body["status"] == nil)

        var both = created.body
        both[["spec", "size"]] = 9
        both[["metadata", "labels", "mark"]] = "status"
        both["status"] = ["phase": "Set", "conditions": [["type": "Ready", "status": "True"]]]
        let reported = try await scene.put("\(path)/status", both).expecting(200)
        #expect(reported.body["spec"]?["size"] == 1 && reported.body["metadata"]?["labels"]?["mark"] == nil)
        #expect(reported.body["status"]?["phase"] == "Set")

        both = reported.body
        both[["spec", "size"]] = 5
        both["status"] = ["phase": "Other"]
        let changed = try await scene.put(path, both).expecting(200)
        #expect(changed.body["spec"]?["size"] == 5 && changed.body["status"]?["phase"] == "Set")
        #expect(try await scene.get("\(path)/status").expecting(200).body == changed.body)
        try await scene.merge("\(path)/status", ["status": ["phase": 7]]).expecting(422, reason: "Invalid")
        try await scene.get("\(scene.configMaps)/kube-root-ca.crt/status").expecting(404)
    }

    @Test(arguments: Door.open)
    func `a write that changes nothing keeps the revision`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let current = try await scene.merge("\(path)/status", ["status": ["phase": "On"]]).expecting(200)
        #expect(try await scene.put(path, current.body).expecting(200).revision == current.revision)
        #expect(try await scene.merge(path, ["spec": ["size": 1]]).expecting(200).revision == current.revision)
        #expect(try await scene.merge("\(path)/status", ["status": ["phase": "On"]]).expecting(200).revision == current.revision)
        #expect(
            try await scene.jsonPatch(path, [["op": "test", "path": "/spec/size", "value": 1]]).expecting(200).revision == current.revision)
        // What the schema prunes is no change either.
        #expect(try await scene.merge(path, ["spec": ["nosuch": 1]]).expecting(200).revision == current.revision)
        #expect(try await scene.get(path).revision == current.revision)
    }

    @Test(arguments: Door.open)
    func `a write of what has changed since is a conflict`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        let old = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let new = try await scene.merge(path, ["spec": ["size": 2]]).expecting(200)
        let stale = try await scene.put(path, old.body).expecting(409, reason: "Conflict")
        #expect(
            stale.message == "Operation cannot be fulfilled on widgets.\(scene.stage.group) \"\(scene.name("a"))\": "
                + "the object has been modified; please apply your changes to the latest version and try again")
        try await scene.put("\(path)/status", old.body).expecting(409, reason: "Conflict")
        let patch: JSONValue = ["metadata": ["resourceVersion": .string(String(old.revision))], "spec": ["size": 3]]
        try await scene.merge(path, patch).expecting(409, reason: "Conflict")
        #expect(try await scene.get(path).revision == new.revision)

        var blind = new.body
        blind[["metadata", "resourceVersion"]] = nil
        let refused = try await scene.put(path, blind).expecting(422, reason: "Invalid")
        #expect(refused.cause(at: "metadata.resourceVersion")?.message.hasSuffix("must be specified for an update") == true)

        var other = new.body
        other[["metadata", "uid"]] = "00000000-0000-0000-0000-000000000000"
        let replaced = try await scene.put(path, other).expecting(409, reason: "Conflict")
        #expect(
            replaced.message.hasPrefix("Operation cannot be fulfilled on widgets.\(scene.stage.group) \"\(scene.name("a"))\": "))
        #expect(
            replaced.message.hasSuffix(
                "Precondition failed: UID in precondition: 00000000-0000-0000-0000-000000000000, UID in object meta: \(old.uid)"))
        for resource in [path, "\(path)/status"] {
            let garbled: JSONValue = ["metadata": ["resourceVersion": "abc"]]
            let refused = try await scene.merge(resource, garbled).expecting(500)
            #expect(refused.message == #"strconv.ParseUint: parsing "abc": invalid syntax"#)
        }
        let renamed = try await scene.merge(path, ["metadata": ["name": "other"]]).expecting(400, reason: "BadRequest")
        #expect(renamed.message == "the name of the object (other) does not match the name on the URL (\(scene.name("a")))")
    }

    @Test(arguments: Door.open)
    func `creation is refused where something is, replacement where nothing is`(_ door: Door) async throws {
        let scene = try Scene(door)
        let widget = scene.widget("a", ["size": 1])
        try await scene.create(scene.widgets, widget).expecting(201)
        let again = try await scene.create(scene.widgets, widget).expecting(409, reason: "AlreadyExists")
        #expect(again.message == "widgets.\(scene.stage.group) \"\(scene.name("a"))\" already exists")
        #expect(again.body["details"]?["kind"] == "widgets")
        var versioned = scene.widget("b", ["size": 1])
        versioned[["metadata", "resourceVersion"]] = "1"
        let revised = try await scene.create(scene.widgets, versioned).expecting(500, reason: "")
        #expect(revised.message == "resourceVersion should not be set on objects to be created")
        try await scene.put(scene.widgetPath("b"), versioned).expecting(404, reason: "NotFound")
        try await scene.merge(scene.widgetPath("b"), ["spec": ["size": 1]]).expecting(404, reason: "NotFound")
        try await scene.put(scene.widgetPath("c"), widget).expecting(400, reason: "BadRequest")

        try await scene.create(scene.configMaps, scene.configMap("m", ["a": "1"])).expecting(201)
        let unconditional = try await scene.put(scene.configMapPath("m"), scene.configMap("m", ["b": "2"])).expecting(200)
        #expect(unconditional.body["data"] == ["b": "2"])
        let garbled = scene.configMap("n", metadata: ["resourceVersion": "abc"])
        #expect(try await scene.create(scene.configMaps, garbled).expecting(201).revision > 0, "what is no revision is not looked at")
    }

    @Test(arguments: Door.open)
    func `a dry run answers as the write would and writes nothing`(_ door: Door) async throws {
        let scene = try Scene(door)
        let dry = ["dryRun": "All"]
        let tried = try await scene.create(scene.widgets, scene.widget("a", ["size": 1]), dry).expecting(201)
        #expect(tried.body["spec"]?["color"] == "Green" && !tried.uid.isEmpty)
        try await scene.get(scene.widgetPath("a")).expecting(404)
        try await scene.create(scene.widgets, scene.widget("a", ["size": 0]), dry).expecting(422)
        try await scene.apply(scene.widgetPath("a"), scene.widget("a", ["size": 1]), as: "one", dry).expecting(201)
        try await scene.get(scene.widgetPath("a")).expecting(404)

        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        #expect(try await scene.merge(scene.widgetPath("a"), ["spec": ["size": 2]], dry).expecting(200).body["spec"]?["size"] == 2)
        var changed = created.body
        changed[["spec", "size"]] = 3
        #expect(try await scene.put(scene.widgetPath("a"), changed, dry).expecting(200).generation == 2)
        try await scene.delete(scene.widgetPath("a"), nil, dry).expecting(200)
        #expect(try await scene.get(scene.widgetPath("a")).expecting(200).body == created.body)
        let wrong = try await scene.create(scene.widgets, scene.widget("b", ["size": 1]), ["dryRun": "Some"]).expecting(422)
        #expect(wrong.cause(at: "dryRun")?.reason == "FieldValueNotSupported", "\(wrong)")
    }

    // MARK: Patches

    @Test(arguments: Door.open)
    func `a merge patch sets, replaces lists and removes with null`(_ door: Door) async throws {
        let scene = try Scene(door)
        let spec: JSONValue = ["size": 1, "code": "abc", "tags": ["x", "y"], "free": ["a": 1, "b": ["c": 2]]]
        try await scene.create(scene.widgets, scene.widget("a", spec)).expecting(201)
        let patched = try await scene.merge(
            scene.widgetPath("a"),
            ["metadata": ["labels": ["new": "1"]], "spec": ["code": .null, "tags": ["z"], "free": ["b": ["c": .null, "d": 3]]]]
        ).expecting(200)
        #expect(patched.body["spec"]?["code"] == nil && patched.body["spec"]?["tags"] == ["z"])
        #expect(patched.body["spec"]?["free"] == ["a": 1, "b": ["d": 3]])
        #expect(patched.body["metadata"]?["labels"] == ["scene": .string(String(scene.number)), "new": "1"])
    }

    @Test(arguments: Door.open)
    func `a JSON patch is carried out whole or not at all`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        let metadata: JSONValue = ["annotations": ["a/b": "1"]]
        try await scene.create(scene.widgets, scene.widget("a", ["size": 1, "tags": ["x", "y"]], metadata: metadata)).expecting(201)
        let patched = try await scene.jsonPatch(
            path,
            [
                ["op": "test", "path": "/spec/size", "value": 1], ["op": "replace", "path": "/spec/size", "value": 2],
                ["op": "add", "path": "/spec/tags/1", "value": "m"], ["op": "add", "path": "/spec/tags/-", "value": "z"],
                ["op": "remove", "path": "/metadata/annotations/a~1b"], ["op": "copy", "from": "/spec/tags/0", "path": "/spec/code"],
            ]
        ).expecting(200)
        #expect(patched.body["spec"]?["size"] == 2 && patched.body["spec"]?["tags"] == ["x", "m", "y", "z"])
        #expect(patched.body["spec"]?["code"] == "x" && patched.body["metadata"]?["annotations"] == nil)

        let failed = try await scene.jsonPatch(
            path, [["op": "replace", "path": "/spec/size", "value": 9], ["op": "test", "path": "/spec/code", "value": "no"]]
        ).expecting(422, reason: "Invalid")
        #expect(failed.message == "the server rejected our request due to an error in our request")
        try await scene.jsonPatch(path, [["op": "remove", "path": "/spec/serial"]]).expecting(422, reason: "Invalid")
        #expect(try await scene.get(path).revision == patched.revision)
    }

    @Test(arguments: Door.open)
    func `a strategic merge patch merges lists by key, for built-in kinds alone`(_ door: Door) async throws {
        let scene = try Scene(door)
        let daemonSets = scene.grouped("apps/v1", "daemonsets")
        let path = "\(daemonSets)/\(scene.name("a"))"
        try await scene.create(daemonSets, scene.daemonSet("a", environment: ["A": "1", "B": "2"])).expecting(201)
        let containers: JSONValue = [
            ["name": "c", "env": [["name": "B", "value": "3"], ["name": "C", "value": "4"], ["name": "A", "$patch": "delete"]]]
        ]
        let patched = try await scene.strategic(path, ["spec": ["template": ["spec": ["containers": containers]]]]).expecting(200)
        let container = patched.body["spec"]?["template"]?["spec"]?["containers"]?.array?.first
        #expect(container?["image"] == "registry.invalid/i:1")
        let environment = (container?["env"]?.array ?? []).map { "\($0["name"]?.string ?? "")=\($0["value"]?.string ?? "")" }
        #expect(Set(environment) == ["B=3", "C=4"])

        try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let refused = try await scene.strategic(scene.widgetPath("a"), ["spec": ["size": 2]]).expecting(415, reason: "UnsupportedMediaType")
        #expect(refused.message.contains("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"))
    }
}

extension Scene {
    /// A DaemonSet that no node fits.
    func daemonSet(_ name: String, image: String = "registry.invalid/i:1", environment: [String: String] = [:]) -> JSONValue {
        let labels: JSONValue = ["app": .string(self.name(name))]
        let variables = environment.sorted { $0.key < $1.key }.map {
            JSONValue.object(["name": .string($0.key), "value": .string($0.value)])
        }
        return [
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata(name),
            "spec": [
                "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "nodeSelector": ["nodeaudit.dev/contract": "nowhere"],
                        "containers": [["name": "c", "image": .string(image), "env": .array(variables)]],
                    ],
                ],
            ],
        ]
    }
}
