import KubeCore
import KubeSchema
import KubeYAML
import Testing

@Suite struct StructuralSchemaTests {
    private func problems(_ yaml: String) throws -> [String] {
        do {
            _ = try schemaOf(yaml)
            return []
        } catch let error as SchemaError {
            return error.problems.map { $0.description.replacing("spec.validation.openAPIV3Schema", with: "$") }
        }
    }

    @Test(arguments: [
        ("{}", "$.type: Required value: must not be empty at the root"),
        ("{type: array, items: {type: string}}", "$.type: Invalid value: \"array\": must be object at the root"),
        ("{type: object, properties: {a: {}}}", "$.properties[a].type: Required value: must not be empty for specified object fields"),
        ("{type: object, properties: {a: {type: array}}}", "$.properties[a].items: Required value: must be specified"),
        (
            "{type: object, properties: {a: {type: array, items: {}}}}",
            "$.properties[a].items.type: Required value: must not be empty for specified array items"
        ),
        (
            "{type: object, properties: {a: {type: text}}}",
            "$.properties[a].type: Unsupported value: \"text\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\""
        ),
        ("{type: object, nonsense: 1}", "$.nonsense: Forbidden: unknown keyword"),
        ("{type: object, $ref: x}", "$.$ref: Forbidden: $ref is not supported"),
        ("{type: object, additionalProperties: {type: string}}", "$.additionalProperties: Forbidden: must not be used at the root"),
        (
            "{type: object, properties: {a: {type: object, properties: {b: {type: string}}, additionalProperties: {type: string}}}}",
            "$.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"
        ),
        (
            "{type: object, properties: {a: {type: string, pattern: '('}}}",
            "$.properties[a].pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`"
        ),
        (
            "{type: object, properties: {a: {type: array, uniqueItems: true, items: {type: string}}}}",
            "$.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        ),
        (
            "{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, items: {type: object, properties: {n: {type: string}}}}}}",
            "$.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"
        ),
        (
            "{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, properties: {k: {type: string}}}}}}",
            "$.properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
        ),
        (
            "{type: object, properties: {a: {type: integer, default: x}}}",
            "$.properties[a].default: Invalid value: \"string\": $.properties[a].default in body must be of type integer: \"string\""
        ),
        (
            "{type: object, properties: {a: {type: object, default: {b: 1}, properties: {c: {type: string}}}}}",
            "$.properties[a].default: Invalid value: {\"b\":1}: must not have unknown fields"
        ),
        (
            "{type: object, properties: {a: {type: object, default: {}, required: [c], properties: {c: {type: string, default: x}}}}}",
            "$.properties[a].default.c: Required value"
        ),
        (
            "{type: object, properties: {a: {type: integer, default: 3, x-kubernetes-validations: [{rule: self > 5, message: small}]}}}",
            "$.properties[a].default: Invalid value: 3: small"
        ),
        (
            "{type: object, properties: {metadata: {type: object, properties: {labels: {type: object}}}}}",
            "$.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified"
        ),
        (
            "{type: object, properties: {a: {type: string}}, anyOf: [{properties: {b: {minLength: 1}}}]}",
            "$.properties[b]: Required value: because it is defined in $.anyOf[0].properties[b]"
        ),
        (
            "{type: object, properties: {a: {type: string, minLength: -1}}}",
            "$.properties[a].minLength: Invalid value: -1: must be a whole number and not negative"
        ),
    ])
    func `what is not structural is refused`(schema: String, problem: String) throws {
        let found = try problems(schema)
        #expect(found.contains(problem), "\(found)")
    }

    private func answer(_ field: String, _ value: String) throws -> String {
        let schema = try schemaOf("{type: object, properties: {f: \(field)}}")
        return schema.validate(try json("f: \(value)")).map(\.description).joined(separator: "; ")
    }

    @Test(arguments: [
        ("{type: string, minLength: 2}", "x", "f: Invalid value: \"x\": f in body should be at least 2 chars long"),
        ("{type: string, maxLength: 2}", "xyz", "f: Too long: may not be more than 2 bytes"),
        ("{type: string, maxLength: 2}", "日本", ""),
        ("{type: string, pattern: '^a'}", "b", "f: Invalid value: \"b\": f in body should match '^a'"),
        ("{type: number, exclusiveMinimum: true, minimum: 0}", "0", "f: Invalid value: 0: f in body should be greater than 0"),
        ("{type: number, maximum: 1.5}", "2", "f: Invalid value: 2: f in body should be less than or equal to 1.5"),
        ("{type: integer, multipleOf: 5}", "7", "f: Invalid value: 7: f in body should be a multiple of 5"),
        ("{type: integer}", "1.5", "f: Invalid value: \"number\": f in body must be of type integer: \"number\""),
        ("{type: integer, format: int64}", "1.5", "f: Invalid value: \"float64\": f in body must be of type int64: \"float64\""),
        ("{type: integer}", "3.0", ""), ("{type: number}", "3", ""),
        (
            "{type: integer, format: int32}", "3000000000",
            "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in f"
        ),
        ("{type: string}", "[a]", "f: Invalid value: \"array\": f in body must be of type string: \"array\""),
        ("{type: boolean}", "\"yes\"", "f: Invalid value: \"string\": f in body must be of type boolean: \"string\""),
        ("{type: string}", "null", "f: Invalid value: \"null\": f in body must be of type string: \"null\""),
        ("{type: string, nullable: true}", "null", ""),
        ("{type: array, maxItems: 1, items: {type: integer}}", "[1, 2]", "f: Too many: 2: must have at most 1 item"),
        (
            "{type: array, items: {type: integer}}", "[1, a]",
            "f[1]: Invalid value: \"string\": f[1] in body must be of type integer: \"string\""
        ),
        (
            "{type: object, maxProperties: 1, additionalProperties: {type: string}}", "{a: x, b: x}",
            "f: Too many: 2: must have at most 1 item"
        ),
        (
            "{type: object, additionalProperties: {type: integer}}", "{a: x}",
            "f.a: Invalid value: \"string\": f.a in body must be of type integer: \"string\""
        ),
        ("{type: object, required: [a], properties: {a: {type: string}}}", "{}", "f.a: Required value"),
        ("{x-kubernetes-int-or-string: true}", "1.5", "f: Invalid value: \"number\": f in body must be of type integer,string: \"number\""),
        ("{type: string, enum: [a, b]}", "c", "f: Unsupported value: \"c\": supported values: \"a\", \"b\""),
        ("{type: integer, enum: [1, 2]}", "2", ""),
        (
            "{type: string, format: date-time}", "2026-11-23",
            "f: Invalid value: \"2026-11-23\": f in body must be of type date-time: \"2026-11-23\""
        ),
        ("{type: string, format: duration}", "1h30m", ""),
        ("{type: string, format: ipv4}", "1.2.3", "f: Invalid value: \"1.2.3\": f in body must be of type ipv4: \"1.2.3\""),
        ("{type: string, format: cidr}", "10.0.0.0/8", ""), ("{type: string, format: uuid}", "5d58bfe7-6aee-4651-857b-5b413ec41536", ""),
        ("{type: string, format: unheard-of}", "x", ""),
        (
            "{type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}", "{kind: A}",
            "f.apiVersion: Required value: must not be empty"
        ),
        ("{type: array, x-kubernetes-list-type: set, items: {type: string}}", "[a, b, a, a]", "f[2]: Duplicate value: \"a\""),
        ("{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}", "x", ""),
        ("{type: string, not: {enum: [a]}}", "a", "<nil>: Invalid value: \"\": \"f\" must not validate the schema (not)"),
    ])
    func `values are held to their schema in the server's words`(field: String, value: String, expected: String) throws {
        // Plain validation: what the rules would add when the shape is in doubt is another test's matter.
        #expect(try answer(field, value) == expected)
    }

    @Test func `fields that preserve what they do not know are not pruned, embedded metadata neither`() throws {
        let schema = try schemaOf(
            """
            type: object
            properties:
              raw: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {known: {type: object, properties: {a: {type: string}}}}}
              template:
                type: object
                x-kubernetes-embedded-resource: true
                properties: {spec: {type: object, properties: {a: {type: string}}}}
              any: {type: object, additionalProperties: {type: object, properties: {a: {type: string}}}}
            """)
        var value = try json(
            """
            raw: {x: 1, known: {a: b, c: d}}
            template: {apiVersion: v1, kind: K, metadata: {labels: {a: b}}, spec: {a: b, c: d}, e: f}
            any: {k: {a: b, c: d}}
            """)
        #expect(schema.prune(&value).map(\.description) == ["any.k.c", "raw.known.c", "template.e", "template.spec.c"])
        #expect(value["raw"] == ["x": 1, "known": ["a": "b"]])
        #expect(value["template"]?["metadata"] == ["labels": ["a": "b"]])
    }

    @Test func `nulls give way to defaults where null is not allowed`() throws {
        let schema = try schemaOf(
            """
            type: object
            properties:
              a: {type: string, default: x}
              b: {type: string, nullable: true, default: x}
              c: {type: string}
              d: {type: object, default: {}, properties: {e: {type: integer, default: 5}}}
              l: {type: array, items: {type: object, properties: {f: {type: string, default: z}}}}
            """)
        var value = try json("{a: null, b: null, c: null, l: [{}, {f: null}]}")
        schema.applyDefaults(to: &value)
        #expect(value == ["a": "x", "b": .null, "d": ["e": 5], "l": [["f": "z"], ["f": "z"]]])
    }

    /// A fixed sequence, so that a failure repeats.
    struct Sequence: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 16 ^ state << 20
        }
    }

    @Test(arguments: 0..<20) func `pruning and defaulting twice is doing it once, and what is left is known`(seed: UInt64) throws {
        let schema = try DefinitionFile.auditPolicies.schema
        var random = Sequence(state: seed)
        for _ in 0..<20 {
            var value: JSONValue = ["spec": Self.randomValue(for: schema.root.properties["spec"], depth: 0, &random)]
            _ = schema.prune(&value)
            schema.applyDefaults(to: &value)
            var again = value
            #expect(schema.prune(&again) == [])
            schema.applyDefaults(to: &again)
            #expect(again == value)
            // Validation of anything ends without a crash and gives the same answer twice.
            #expect(schema.validate(value) == schema.validate(again))
        }
    }

    /// Something in the schema's shape, with foreign fields, nulls and wrong types strewn in.
    private static func randomValue(for node: SchemaNode?, depth: Int, _ random: inout Sequence) -> JSONValue {
        let scalars: [JSONValue] = [
            .null, true, 0, -5, 2.5, "", "a", "10%", [], [:], "CloudLogging", ["x": 1], [["name": "a"], ["name": "a"]],
        ]
        guard let node, depth < 12, Int.random(in: 0..<12, using: &random) > 0 else {
            return scalars.randomElement(using: &random) ?? .null
        }
        switch node.type {
        case .object:
            var members: [String: JSONValue] = [:]
            for name in node.propertyNames where Int.random(in: 0..<3, using: &random) > 0 {
                members[name] = randomValue(for: node.properties[name], depth: depth + 1, &random)
            }
            if Int.random(in: 0..<3, using: &random) == 0 { members["foreign"] = ["y": 1] }
            return .object(members)
        case .array:
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in randomValue(for: node.items, depth: depth + 1, &random) })
        default: return (node.limits.enumeration + scalars).randomElement(using: &random) ?? .null
        }
    }
}
