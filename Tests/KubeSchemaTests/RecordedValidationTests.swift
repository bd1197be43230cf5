import KubeCore
import KubeSchema
import KubeYAML
import Testing

/// The answers of a real API server 1.36 (recording 06), word for word.
@Suite struct RecordedValidationTests {
    private static let unchecked =
        "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; "
        + "correct the existing errors to complete validation"

    @Test(arguments: [
        ("{spec: {size: 3}}", ""),
        ("{spec: {size: 0}}", "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        (
            "{spec: {size: x}}",
            "[spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\", \(unchecked)]"
        ),
        ("{spec: {size: 3, color: Blue}}", "[spec.color: Unsupported value: \"Blue\": supported values: \"Red\", \"Green\", \(unchecked)]"),
        ("{spec: {size: 3, min: 9, max: 3}}", "spec: Invalid value: min must not be above max"),
        ("{spec: {size: 3, unknown: 1}}", ""),
        ("{}", "[spec: Required value, \(unchecked)]"),
    ])
    func `a widget is refused in the server's words`(widget: String, expected: String) throws {
        #expect(try refusal(Widget.schema(), widget) == expected)
    }

    @Test func `an immutable field is refused on update`() throws {
        let schema = try Widget.schema()
        #expect(
            try refusal(schema, "{spec: {size: 3, serial: two}}", old: "{spec: {size: 3, serial: one}}")
                == "spec: Invalid value: serial is immutable")
        #expect(try refusal(schema, "{spec: {size: 3, serial: one}}", old: "{spec: {size: 3}}") == "")
    }

    @Test func `causes carry the server's reasons`() throws {
        let problems = try Widget.schema().validate(json("{spec: {size: x}}"))
        #expect(problems.map(\.cause.reason) == ["FieldValueTypeInvalid", "FieldValueInvalid"])
        #expect(problems.map(\.cause.field) == ["spec.size", "<nil>"])
        #expect(problems.first?.path == FieldPath().member("spec").member("size"))
    }

    @Test func `defaults are filled in and unknown fields named`() throws {
        let schema = try Widget.schema()
        var widget = try json(
            "{apiVersion: a, kind: b, metadata: {x: 1}, spec: {size: 3, unknown: 1, parts: [{name: a, b: 2}], limit: null}, other: {}}")
        #expect(schema.prune(&widget).map(\.description) == ["other", "spec.parts[0].b", "spec.unknown"])
        schema.applyDefaults(to: &widget)
        #expect(widget["spec"] == ["size": 3, "color": "Green", "limit": "10%", "parts": [["name": "a", "count": 1]]])
        #expect(widget["metadata"] == ["x": 1])
    }
}
