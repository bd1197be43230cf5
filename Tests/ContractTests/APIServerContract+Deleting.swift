import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `without finalizers an object is gone at once`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let deleted = try await scene.delete(scene.widgetPath("a")).expecting(200)
        #expect(deleted.body["kind"] == "Status" && deleted.body["status"] == "Success")
        #expect(
            deleted.body["details"] == [
                "name": .string(scene.name("a")), "group": .string(scene.stage.group), "kind": "widgets", "uid": .string(created.uid),
            ])
        try await scene.get(scene.widgetPath("a")).expecting(404)
        try await scene.delete(scene.widgetPath("a")).expecting(404, reason: "NotFound")
    }

    @Test(arguments: Door.open)
    func `a finalizer holds an object that goes, until the last is taken away`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        let finalizers: JSONValue = ["nodeaudit.dev/one", "nodeaudit.dev/two"]
        let created = try await scene.create(scene.widgets, scene.widget("a", ["size": 1], metadata: ["finalizers": finalizers]))
            .expecting(201)
        let going = try await scene.delete(path).expecting(200)
        #expect(going.isDeleting && going.body["metadata"]?["deletionGracePeriodSeconds"] == 0)
        #expect(going.generation == 2 && going.revision > created.revision && going.finalizers == finalizers.array)
        let again = try await scene.delete(path).expecting(200)
        #expect(again.revision == going.revision, "asking twice changes nothing")

        let more = try await scene.merge(path, ["metadata": ["finalizers": ["nodeaudit.dev/one", "nodeaudit.dev/three"]]])
            .expecting(422, reason: "Invalid")
        let cause = try #require(more.cause(at: "metadata.finalizers"))
        #expect(
            cause.message == "Forbidden: no new finalizers can be added if the object is being deleted, "
                + #"found new finalizers []string{"nodeaudit.dev/three"}"#)
        try await scene.merge(path, ["spec": ["size": 2]]).expecting(200)
        try await scene.merge("\(path)/status", ["status": ["phase": "Going"]]).expecting(200)
        try await scene.merge(path, ["metadata": ["deletionTimestamp": .null]]).expecting(200)
        try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(409, reason: "AlreadyExists")
        let one = try await scene.merge(path, ["metadata": ["finalizers": ["nodeaudit.dev/two"]]]).expecting(200)
        #expect(one.isDeleting)
        let last = try await scene.merge(path, ["metadata": ["finalizers": .null]]).expecting(200)
        #expect(last.finalizers.isEmpty)
        try await scene.get(path).expecting(404)
        let watch = try await scene.watch(
            scene.widgets, ["resourceVersion": String(one.revision), "fieldSelector": "metadata.name=\(scene.name("a"))"])
        #expect(try await watch.next(1).map(\.type) == ["DELETED"])
    }

    @Test(arguments: Door.open)
    func `a deletion can be bound to a uid and a revision`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = scene.widgetPath("a")
        let old = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        let wrong = "00000000-0000-0000-0000-000000000000"
        let refused = try await scene.delete(path, ["preconditions": ["uid": .string(wrong)]]).expecting(409, reason: "Conflict")
        #expect(
            refused.message.contains("the UID in the precondition (\(wrong)) does not match the UID in record (\(old.uid))"))
        let new = try await scene.merge(path, ["spec": ["size": 2]]).expecting(200)
        let stale: JSONValue = ["preconditions": ["uid": .string(old.uid), "resourceVersion": .string(String(old.revision))]]
        let late = try await scene.delete(path, stale).expecting(409, reason: "Conflict")
        #expect(late.message.contains("the ResourceVersion in the precondition (\(old.revision)) does not match"))
        let right: JSONValue = ["preconditions": ["uid": .string(new.uid), "resourceVersion": .string(String(new.revision))]]
        try await scene.delete(path, right).expecting(200)
        let other = try await scene.create(scene.widgets, scene.widget("a", ["size": 1])).expecting(201)
        #expect(other.uid != old.uid && other.generation == 1)
        try await scene.delete(path, ["preconditions": ["uid": .string(old.uid)]]).expecting(409)
    }

    @Test(arguments: Door.open)
    func `a collection is deleted as far as it is selected`(_ door: Door) async throws {
        let scene = try Scene(door)
        for name in ["a", "b", "c"] {
            let labels: JSONValue = ["go": name == "b" ? "no" : "yes"]
            try await scene.create(scene.widgets, scene.widget(name, ["size": 1], metadata: ["labels": labels])).expecting(201)
        }
        let deleted = try await scene.delete(scene.widgets, nil, ["labelSelector": "\(scene.selector),go=yes"]).expecting(200)
        #expect(deleted.body["kind"] == "WidgetList" && deleted.names == ["a", "c"].map(scene.name))
        #expect(try await scene.get(scene.widgets, ["labelSelector": scene.selector]).names == [scene.name("b")])
    }

    // MARK: Owners

    @Test(arguments: Door.open)
    func `dependents follow their last owner into the dark`(_ door: Door) async throws {
        let scene = try Scene(door)
        let one = try await scene.create(scene.configMaps, scene.configMap("one")).expecting(201)
        let two = try await scene.create(scene.configMaps, scene.configMap("two")).expecting(201)
        let both: JSONValue = ["ownerReferences": [scene.owner(one), scene.owner(two)]]
        try await scene.create(scene.configMaps, scene.configMap("child", metadata: both)).expecting(201)
        try await scene.create(scene.configMaps, scene.configMap("only", metadata: ["ownerReferences": [scene.owner(one)]])).expecting(201)
        let deleted = try await scene.delete(scene.configMapPath("one"), ["propagationPolicy": "Background"]).expecting(200)
        #expect(deleted.body["status"] == "Success")
        try await scene.awaitAbsence(of: scene.configMapPath("only"))
        try await scene.stage.eventually("the reference to the owner that is gone is dropped") {
            let child = try await scene.get(scene.configMapPath("child")).expecting(200)
            return child.body["metadata"]?["ownerReferences"]?.array?.map { $0["uid"]?.string } == [two.uid]
        }
        try await scene.delete(scene.configMapPath("two")).expecting(200)
        try await scene.awaitAbsence(of: scene.configMapPath("child"))
    }

    @Test(arguments: Door.open)
    func `an owner in the foreground waits for its dependents`(_ door: Door) async throws {
        let scene = try Scene(door)
        let owner = try await scene.create(scene.configMaps, scene.configMap("owner")).expecting(201)
        let held: JSONValue = ["ownerReferences": [scene.owner(owner)], "finalizers": ["nodeaudit.dev/contract"]]
        try await scene.create(scene.configMaps, scene.configMap("held", metadata: held)).expecting(201)
        let free: JSONValue = ["ownerReferences": [scene.owner(owner)]]
        try await scene.create(scene.configMaps, scene.configMap("free", metadata: free)).expecting(201)
        let going = try await scene.delete(scene.configMapPath("owner"), ["propagationPolicy": "Foreground"]).expecting(200)
        #expect(going.isDeleting && going.finalizers == ["foregroundDeletion"])
        try await scene.awaitAbsence(of: scene.configMapPath("free"))
        try await scene.stage.eventually("the held dependent is asked to go") {
            try await scene.get(scene.configMapPath("held")).isDeleting
        }
        #expect(try await scene.get(scene.configMapPath("owner")).expecting(200).isDeleting)
        try await scene.merge(scene.configMapPath("held"), ["metadata": ["finalizers": .null]]).expecting(200)
        try await scene.awaitAbsence(of: scene.configMapPath("owner"))
        try await scene.get(scene.configMapPath("held")).expecting(404)
    }

    @Test(arguments: Door.open)
    func `orphans stay and forget their owner`(_ door: Door) async throws {
        let scene = try Scene(door)
        let owner = try await scene.create(scene.configMaps, scene.configMap("owner")).expecting(201)
        let owned: JSONValue = ["ownerReferences": [scene.owner(owner)]]
        try await scene.create(scene.configMaps, scene.configMap("child", metadata: owned)).expecting(201)
        let going = try await scene.delete(scene.configMapPath("owner"), ["propagationPolicy": "Orphan"]).expecting(200)
        #expect(going.isDeleting && going.finalizers == ["orphan"])
        try await scene.awaitAbsence(of: scene.configMapPath("owner"))
        let child = try await scene.get(scene.configMapPath("child")).expecting(200)
        #expect(child.body["metadata"]?["ownerReferences"]?.array?.isEmpty ?? true)
        #expect(!child.isDeleting)
    }

    @Test(arguments: Door.open)
    func `objects of a custom kind own others, and who names an owner that is not is collected`(_ door: Door) async throws {
        let scene = try Scene(door)
        let owner = try await scene.create(scene.widgets, scene.widget("owner", ["size": 1])).expecting(201)
        try await scene.create(scene.configMaps, scene.configMap("child", metadata: ["ownerReferences": [scene.owner(owner)]])).expecting(
            201)
        var nobody = scene.owner(owner)
        nobody["uid"] = "00000000-0000-0000-0000-000000000000"
        try await scene.create(scene.configMaps, scene.configMap("stray", metadata: ["ownerReferences": [nobody]])).expecting(201)
        try await scene.awaitAbsence(of: scene.configMapPath("stray"))
        try await scene.get(scene.configMapPath("child")).expecting(200)
        try await scene.delete(scene.widgetPath("owner"), ["propagationPolicy": "Background"]).expecting(200)
        try await scene.awaitAbsence(of: scene.configMapPath("child"))
    }

    // MARK: Namespaces

    @Test(arguments: Door.open)
    func `a namespace that goes takes its objects along and takes nothing new`(_ door: Door) async throws {
        let scene = try Scene(door)
        let name = "\(scene.stage.namespace)-\(scene.name("going"))"
        let path = "/api/v1/namespaces/\(name)"
        let created = try await scene.stage.makeNamespace(name, finalizers: ["nodeaudit.dev/contract"])
        #expect(created.body["status"]?["phase"] == "Active" && created.body["spec"]?["finalizers"] == ["kubernetes"])
        #expect(created.body["metadata"]?["labels"]?["kubernetes.io/metadata.name"]?.string == name)
        try await scene.create("\(path)/configmaps", scene.configMap("a")).expecting(201)
        let going = try await scene.delete(path).expecting(200)
        #expect(going.isDeleting && going.body["status"]?["phase"] == "Terminating")
        let refused = try await scene.create("\(path)/configmaps", scene.configMap("b")).expecting(403, reason: "Forbidden")
        #expect(
            refused.message == "configmaps \"\(scene.name("b"))\" is forbidden: "
                + "unable to create new content in namespace \(name) because it is being terminated")
        #expect(
            refused.causes == [
                Answer.Cause(reason: "NamespaceTerminating", field: "metadata.namespace", message: "namespace \(name) is being terminated")
            ])
        try await scene.awaitAbsence(of: "\(path)/configmaps/\(scene.name("a"))")
        try await scene.get(path).expecting(200)
        try await scene.merge(path, ["metadata": ["finalizers": .null]]).expecting(200)
        try await scene.awaitAbsence(of: path)
    }
}
