import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `a definition is completed, established, served, and its removal takes the kind with all its objects`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.stage.install(WidgetDefinition.definition("gadgets", "Gadget", of: scene.stage))
        #expect(created.body["spec"]?["names"]?["singular"] == "gadget")
        #expect(created.body["spec"]?["names"]?["listKind"] == "GadgetList")
        #expect(created.body["spec"]?["conversion"]?["strategy"] == "None")
        #expect(created.generation == 1)

        let path = "\(Stage.definitions)/gadgets.\(scene.stage.group)"
        let established = try await scene.get(path).expecting(200)
        #expect(established.body["status"]?["storedVersions"] == ["v1"])
        #expect(established.body["status"]?["acceptedNames"]?["kind"] == "Gadget")
        let conditions = established.body["status"]?["conditions"]?.array ?? []
        #expect(conditions.contains { $0["type"] == "NamesAccepted" && $0["status"] == "True" })

        let gadgets = "/apis/\(scene.stage.group)/v1/gadgets"
        #expect(try await scene.get(gadgets).body["kind"] == "GadgetList")
        var gadget = scene.widget("a", ["size": 1], metadata: ["finalizers": ["nodeaudit.dev/contract"]])
        gadget["kind"] = "Gadget"
        try await scene.create(gadgets, gadget).expecting(201)

        // A definition goes when its last object has gone.
        let deleted = try await scene.delete(path).expecting(200)
        #expect(deleted.isDeleting || deleted.body["kind"] == "Status", "\(deleted)")
        try await scene.stage.eventually("the object is asked to go") {
            try await scene.get("\(gadgets)/\(scene.name("a"))").isDeleting
        }
        #expect(try await scene.get(path).expecting(200).isDeleting)
        try await scene.merge("\(gadgets)/\(scene.name("a"))", ["metadata": ["finalizers": .null]]).expecting(200)
        try await scene.awaitAbsence(of: path)
        try await scene.stage.eventually("the kind is no longer served") { try await scene.get(gadgets).status == 404 }
    }

    @Test(arguments: Door.open)
    func `a definition whose rule does not compile is refused with the rule's place`(_ door: Door) async throws {
        let scene = try Scene(door)
        var spec = WidgetDefinition.spec
        spec["x-kubernetes-validations"] = [["rule": "self.nosuch > 1", "message": "x"]]
        let definition = WidgetDefinition.definition("gizmos", "Gizmo", of: scene.stage, spec: spec)
        let refused = try await scene.create(Stage.definitions, definition).expecting(422, reason: "Invalid")
        let cause = try #require(refused.causes.first)
        #expect(cause.field.hasSuffix("openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule"))
        #expect(cause.message.contains("compilation failed: ERROR: <input>:1:5: undefined field 'nosuch'"))
        try await scene.get("\(Stage.definitions)/gizmos.\(scene.stage.group)").expecting(404)
    }

    @Test(arguments: Door.open)
    func `a definition whose schema is not structural is refused`(_ door: Door) async throws {
        let scene = try Scene(door)
        var spec = WidgetDefinition.spec
        spec[["properties", "shapeless"]] = ["description": "Nothing says what this is."]
        let definition = WidgetDefinition.definition("gizmos", "Gizmo", of: scene.stage, spec: spec)
        let refused = try await scene.create(Stage.definitions, definition).expecting(422, reason: "Invalid")
        let cause = try #require(refused.causes.first { $0.field.hasSuffix("properties[spec].properties[shapeless].type") }, "\(refused)")
        #expect(cause.reason == "FieldValueRequired")
        #expect(cause.message == "Required value: must not be empty for specified object fields")
    }

    @Test(arguments: Door.open)
    func `a definition's default must satisfy the schema, and its name must be plural and group`(_ door: Door) async throws {
        let scene = try Scene(door)
        var spec = WidgetDefinition.spec
        spec[["properties", "color", "default"]] = "Blue"
        let badDefault = WidgetDefinition.definition("gizmos", "Gizmo", of: scene.stage, spec: spec)
        let refusedDefault = try await scene.create(Stage.definitions, badDefault).expecting(422, reason: "Invalid")
        #expect(refusedDefault.causes.contains { $0.field.hasSuffix("properties[spec].properties[color].default") }, "\(refusedDefault)")

        var dear = WidgetDefinition.spec
        let place = "spec.validation.openAPIV3Schema"
        dear[["properties", "options", "x-kubernetes-validations"]] = [
            ["rule": "!has(self.depth) || self.depth <= 5", "messageExpression": "'depth ' + string(self.depth)"]
        ]
        let badMessage = WidgetDefinition.definition("gizmos", "Gizmo", of: scene.stage, spec: dear)
        let refusedMessage = try await scene.create(Stage.definitions, badMessage, ["dryRun": "All"]).expecting(422, reason: "Invalid")
        let rule = "\(place).properties[spec].properties[options].x-kubernetes-validations[0].messageExpression"
        let excess =
            "exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength "
            + "where arrays, maps, and strings are declared)"
        let messages = refusedMessage.causes.map { "\($0.field): \($0.message)" }
        #expect(
            messages == [
                "\(rule): Forbidden: estimated messageExpression cost \(excess)",
                "\(rule): Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
                "\(place): Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema \(excess)",
            ])

        var badName = WidgetDefinition.definition("gizmos", "Gizmo", of: scene.stage)
        badName[["metadata", "name"]] = .string("others.\(scene.stage.group)")
        let refusedName = try await scene.create(Stage.definitions, badName).expecting(422, reason: "Invalid")
        let cause = try #require(refusedName.cause(at: "metadata.name"), "\(refusedName)")
        #expect(cause.message.hasSuffix(#"must be spec.names.plural+"."+spec.group"#))
    }

    // MARK: Discovery

    @Test(arguments: Door.open)
    func `discovery tells of a custom kind in all its forms`(_ door: Door) async throws {
        let scene = try Scene(door)
        let group = scene.stage.group
        try await scene.stage.eventually("the group's resources are listed") {
            try await scene.get("/apis/\(group)/v1").status == 200
        }
        let resources = try await scene.get("/apis/\(group)/v1").body["resources"]?.array ?? []
        let widgets = try #require(resources.first { $0["name"] == "widgets" })
        #expect(widgets["kind"] == "Widget" && widgets["namespaced"] == false && widgets["singularName"] == "widget")
        let verbs = Set(widgets["verbs"]?.array ?? [])
        #expect(verbs == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"])
        let status = try #require(resources.first { $0["name"] == "widgets/status" })
        let statusVerbs = Set(status["verbs"]?.array ?? [])
        #expect(statusVerbs == ["get", "patch", "update"])

        try await scene.stage.eventually("the group is listed") {
            let groups = try await scene.get("/apis").expecting(200).body["groups"]?.array ?? []
            return groups.contains { $0["name"]?.string == group && $0["preferredVersion"]?["version"] == "v1" }
        }
        try await scene.stage.eventually("the group is in the aggregated discovery") {
            let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            let all = try await scene.get("/apis", accept: accept).expecting(200)
            guard all.body["kind"] == "APIGroupDiscoveryList" else { return false }
            let version = all.items.first { $0["metadata"]?["name"]?.string == group }?["versions"]?.array?.first
            return version?["resources"]?.array?.contains { $0["resource"] == "widgets" && $0["scope"] == "Cluster" } == true
        }
        let core = try await scene.get("/api/v1").expecting(200).body["resources"]?.array ?? []
        #expect(core.contains { $0["name"] == "pods/eviction" && $0["group"] == "policy" && $0["kind"] == "Eviction" })
    }

    @Test(arguments: Door.open)
    func `OpenAPI describes a custom kind for those who explain and validate`(_ door: Door) async throws {
        let scene = try Scene(door)
        let path = "apis/\(scene.stage.group)/v1"
        var found: Answer?
        // Other tests' kinds come and go in the group, and its document changes with them between two requests.
        try await scene.stage.eventually("the group's document is listed and served") {
            let index = try await scene.get("/openapi/v3").expecting(200)
            let url = index.body["paths"]?[path]?["serverRelativeURL"]?.string ?? ""
            let parts = url.split(separator: "?", maxSplits: 1).map(String.init)
            guard parts.count == 2, let hash = parts[1].split(separator: "=").last.map(String.init) else { return false }
            let answer = try await scene.get(parts[0], ["hash": hash]).expecting(200, 301)
            found = answer
            return answer.status == 200 && answer.body["components"]?["schemas"]?.object?.keys.contains { $0.hasSuffix(".Widget") } == true
        }
        let document = try #require(found)
        let stale = try await scene.stage.call(.get, "/openapi/v3/\(path)", ["hash": "0123"]).expecting(301)
        #expect(stale.header("Location")?.hasPrefix("/openapi/v3/\(path)?hash=") == true)
        let schemas = document.body["components"]?["schemas"]?.object ?? [:]
        let kind: JSONValue = ["group": .string(scene.stage.group), "version": "v1", "kind": "Widget"]
        let schema = try #require(schemas.values.first { $0["x-kubernetes-group-version-kind"]?.array?.contains(kind) == true })
        #expect(schema["properties"]?["spec"]?["properties"]?["size"]?["description"] == "How big, in units.")
        #expect(schema["properties"]?["metadata"] != nil)
    }

    @Test(arguments: Door.open)
    func `the server says its version and that it is ready`(_ door: Door) async throws {
        let scene = try Scene(door)
        #expect(try await scene.get("/version").expecting(200).body["gitVersion"]?.string?.hasPrefix("v1.") == true)
        #expect(try await scene.get("/readyz", accept: "*/*").expecting(200).body == "ok")
    }
}
