import KubeCore
import Testing

extension APIServerContract {
    @Test(arguments: Door.open)
    func `defaults are filled in at every level, on update as well, and nulls give way to them`(_ door: Door) async throws {
        let scene = try Scene(door)
        let created = try await scene.create(
            scene.widgets, scene.widget("a", ["size": 3, "color": .null, "parts": [["name": "p"], ["name": "q", "count": 5]]])
        ).expecting(201)
        #expect(
            created.body["spec"] == [
                "size": 3, "color": "Green", "limit": "10%", "options": ["depth": 2],
                "parts": [["name": "p", "count": 1], ["name": "q", "count": 5]],
            ])
        let updated = try await scene.merge(
            scene.widgetPath("a"), ["spec": ["color": .null, "limit": 7, "options": ["mode": "x", "depth": .null]]]
        ).expecting(200)
        #expect(updated.body["spec"]?["color"] == "Green" && updated.body["spec"]?["limit"] == 7)
        #expect(updated.body["spec"]?["options"] == ["depth": 2, "mode": "x"])
    }

    @Test(arguments: Door.open)
    func `what the schema does not know is pruned, but kept where the schema keeps it`(_ door: Door) async throws {
        let scene = try Scene(door)
        var widget = scene.widget("a", ["size": 3, "nosuch": 1, "free": ["any": ["thing": [1, "two"]]]])
        widget["more"] = true
        let created = try await scene.create(scene.widgets, widget, ["fieldValidation": "Ignore"]).expecting(201)
        #expect(created.body["more"] == nil && created.body["spec"]?["nosuch"] == nil)
        #expect(created.body["spec"]?["free"] == ["any": ["thing": [1, "two"]]])
        #expect(created.warnings.isEmpty)
    }

    @Test(arguments: Door.open)
    func `unknown and duplicate fields are refused, warned of or ignored as the client asks`(_ door: Door) async throws {
        let scene = try Scene(door)
        let unknown = scene.widget("a", ["size": 3, "unknown": 1])
        let strict = try await scene.create(scene.widgets, unknown, ["fieldValidation": "Strict"]).expecting(400, reason: "BadRequest")
        #expect(
            strict.message
                == #"Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.unknown""#)
        let warned = try await scene.create(scene.widgets, unknown, ["fieldValidation": "Warn"]).expecting(201)
        #expect(warned.warnings == [#"unknown field "spec.unknown""#])
        let unsaid = try await scene.create(scene.widgets, scene.widget("b", ["size": 3, "unknown": 1])).expecting(201)
        #expect(unsaid.warnings == [#"unknown field "spec.unknown""#])

        let text = String(decoding: scene.widget("c", ["size": 3]).serialized, as: UTF8.self)
            .replacing(#""size":3"#, with: #""size":3,"size":4"#)
        let twice = try await scene.stage.call(.post, scene.widgets, ["fieldValidation": "Strict"], text: text).expecting(400)
        #expect(twice.message.contains(#"strict decoding error: duplicate field "spec.size""#))
        let core = try await scene.create(
            scene.configMaps, ["metadata": scene.metadata("m"), "dato": [:]], ["fieldValidation": "Strict"]
        ).expecting(400, reason: "BadRequest")
        #expect(core.message.contains(#"strict decoding error: unknown field "dato""#))
        let wrong = try await scene.create(scene.widgets, scene.widget("d", ["size": 3]), ["fieldValidation": "Sometimes"])
        #expect(wrong.status == 422 && wrong.cause(at: "fieldValidation")?.reason == "FieldValueNotSupported", "\(wrong)")
    }

    @Test(arguments: Door.open)
    func `each thing that breaks the schema is named with its place and reason`(_ door: Door) async throws {
        let scene = try Scene(door)
        let cases: [(JSONValue, field: String, reason: String, message: String?)] = [
            (["size": 0], "spec.size", "FieldValueInvalid", "Invalid value: 0: spec.size in body should be greater than or equal to 1"),
            (["size": 101], "spec.size", "FieldValueInvalid", "Invalid value: 101: spec.size in body should be less than or equal to 100"),
            (
                ["size": "x"], "spec.size", "FieldValueTypeInvalid",
                #"Invalid value: "string": spec.size in body must be of type integer: "string""#
            ),
            (["size": 1.5], "spec.size", "FieldValueTypeInvalid", nil),
            ([:], "spec.size", "FieldValueRequired", "Required value"),
            (
                ["size": 1, "color": "Blue"], "spec.color", "FieldValueNotSupported",
                #"Unsupported value: "Blue": supported values: "Red", "Green""#
            ),
            (
                ["size": 1, "code": "A1"], "spec.code", "FieldValueInvalid",
                #"Invalid value: "A1": spec.code in body should match '^[a-z]+$'"#
            ),
            (["size": 1, "code": "abcdefghijk"], "spec.code", "FieldValueTooLong", nil),
            (["size": 1, "tags": ["1", "2", "3", "4", "5", "6"]], "spec.tags", "FieldValueTooMany", nil),
            (["size": 1, "tags": ["x", "y", "x"]], "spec.tags[2]", "FieldValueDuplicate", #"Duplicate value: "x""#),
            (
                ["size": 1, "parts": [["name": "x"], ["name": "x"]]], "spec.parts[1]", "FieldValueDuplicate",
                #"Duplicate value: {"name":"x"}"#
            ),
            (["size": 1, "parts": [["count": 2]]], "spec.parts[0].name", "FieldValueRequired", "Required value"),
            (["size": 1, "limit": true], "spec.limit", "FieldValueTypeInvalid", nil),
        ]
        for (spec, field, reason, message) in cases {
            let refused = try await scene.create(scene.widgets, scene.widget("a", spec)).expecting(422, reason: "Invalid")
            let cause = try #require(refused.cause(at: field), "\(refused)")
            #expect(cause.reason == reason, "\(refused)")
            if let message { #expect(cause.message == message) }
            let details = refused.body["details"]
            #expect(details?["name"]?.string == scene.name("a") && details?["kind"] == "Widget")
            #expect(details?["group"]?.string == scene.stage.group)
            #expect(refused.message.hasPrefix("Widget.\(scene.stage.group) \"\(scene.name("a"))\" is invalid: "))
        }
        let both = try await scene.create(scene.widgets, scene.widget("a", ["size": 0, "color": "Blue"])).expecting(422)
        #expect(both.cause(at: "spec.size") != nil && both.cause(at: "spec.color") != nil)
        try await scene.get(scene.widgetPath("a")).expecting(404)
    }

    @Test(arguments: Door.open)
    func `rules refuse with their own words, also about what was`(_ door: Door) async throws {
        let scene = try Scene(door)
        let crossed = try await scene.create(scene.widgets, scene.widget("a", ["size": 3, "min": 9, "max": 3])).expecting(422)
        #expect(crossed.cause(at: "spec")?.reason == "FieldValueInvalid")
        #expect(crossed.cause(at: "spec")?.message.hasSuffix("min must not be above max") == true)
        let deep = try await scene.create(scene.widgets, scene.widget("a", ["size": 3, "options": ["depth": 6]])).expecting(422)
        // Nothing more than the number: its text has no bounded size, so that any other word beside it would cost too much.
        #expect(deep.cause(at: "spec.options")?.message.hasSuffix(": 6") == true, "\(deep)")

        try await scene.create(scene.widgets, scene.widget("a", ["size": 3, "serial": "one"])).expecting(201)
        let changed = try await scene.merge(scene.widgetPath("a"), ["spec": ["serial": "two"]]).expecting(422, reason: "Invalid")
        #expect(changed.cause(at: "spec")?.message.hasSuffix("serial is immutable") == true)
        try await scene.merge(scene.widgetPath("a"), ["spec": ["serial": .null]]).expecting(422)
        try await scene.merge(scene.widgetPath("a"), ["spec": ["size": 4]]).expecting(200)
    }

    @Test(arguments: Door.open)
    func `names are checked and generated`(_ door: Door) async throws {
        let scene = try Scene(door)
        var bad = scene.widget("a", ["size": 1])
        bad[["metadata", "name"]] = "Bad_Name"
        let refused = try await scene.create(scene.widgets, bad).expecting(422, reason: "Invalid")
        #expect(refused.cause(at: "metadata.name")?.message.contains("a lowercase RFC 1123 subdomain must consist of") == true)
        bad[["metadata", "name"]] = nil
        let nameless = try await scene.create(scene.widgets, bad).expecting(422, reason: "Invalid")
        #expect(nameless.cause(at: "metadata.name")?.reason == "FieldValueRequired", "\(nameless)")
        bad[["metadata", "generateName"]] = .string("w-\(scene.number)-")
        let generated = try await scene.create(scene.widgets, bad).expecting(201)
        #expect(generated.name.hasPrefix("w-\(scene.number)-") && generated.name.count == "w-\(scene.number)-".count + 5)
        let label = try await scene.create(scene.configMaps, scene.configMap("b", metadata: ["labels": ["x": "not a label"]]))
            .expecting(422)
        #expect(label.cause(at: "metadata.labels") != nil)
    }

    @Test(arguments: Door.open)
    func `a body that is not of the path's kind is refused`(_ door: Door) async throws {
        let scene = try Scene(door)
        var kind = scene.widget("a", ["size": 1])
        kind["kind"] = "Gizmo"
        #expect([400, 422].contains(try await scene.create(scene.widgets, kind).status))
        var version = scene.widget("a", ["size": 1])
        version["apiVersion"] = .string("\(scene.stage.group)/v2")
        let wrong = try await scene.create(scene.widgets, version).expecting(400, reason: "BadRequest")
        #expect(wrong.message.contains("does not match the expected API version"))
        try await scene.create(scene.configMaps, scene.widget("a", ["size": 1])).expecting(400, reason: "BadRequest")
        try await scene.stage.call(.post, scene.widgets, text: #"{"a":"#).expecting(400, reason: "BadRequest")
        var elsewhere = scene.configMap("a")
        elsewhere[["metadata", "namespace"]] = "default"
        let other = try await scene.create(scene.configMaps, elsewhere).expecting(400, reason: "BadRequest")
        #expect(other.message == "the namespace of the provided object does not match the namespace sent on the request")
    }

    @Test(arguments: Door.open)
    func `a body may be YAML`(_ door: Door) async throws {
        let scene = try Scene(door)
        let text = """
            apiVersion: \(scene.stage.apiVersion)
            kind: Widget
            metadata:
              name: \(scene.name("a"))
            spec:
              size: 4
              tags: [x, "y"]
            """
        let created = try await scene.stage.call(.post, scene.widgets, text: text, type: "application/yaml").expecting(201)
        #expect(created.body["spec"]?["size"] == 4 && created.body["spec"]?["tags"] == ["x", "y"])
    }
}
