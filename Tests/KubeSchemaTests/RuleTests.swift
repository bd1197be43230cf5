import KubeCore
import KubeSchema
import KubeYAML
import Testing

@Suite struct RuleTests {
    /// A schema whose `spec` carries one rule.
    private func schema(_ rule: JSONValue) throws -> StructuralSchema {
        var schema = try json(
            """
            type: object
            properties:
              spec:
                type: object
                required: [size]
                properties:
                  size: {type: integer}
                  ratio: {type: number}
                  flag: {type: boolean}
                  name: {type: string, maxLength: 20}
                  limit: {x-kubernetes-int-or-string: true}
                  list: {type: array, maxItems: 10, items: {type: integer}}
                  words: {type: array, maxItems: 10, items: {type: string, maxLength: 20}, x-kubernetes-list-type: set}
                  labels: {type: object, maxProperties: 10, additionalProperties: {type: string, maxLength: 20}}
                  parts:
                    type: array
                    maxItems: 10
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [name]
                    items:
                      type: object
                      required: [name]
                      properties: {name: {type: string, maxLength: 20}, count: {type: integer}, my-field: {type: string, maxLength: 9}}
                  start: {type: string, format: date-time}
                  wait: {type: string, format: duration}
                  namespace: {type: string, maxLength: 20}
            """)
        schema[["properties", "spec", "x-kubernetes-validations"]] = [rule]
        return try StructuralSchema(json: schema)
    }

    static let spec = """
        size: 3
        ratio: 1.5
        flag: true
        name: héllo
        limit: 10%
        list: [1, 2, 3]
        words: [b, a]
        labels: {a/b: x, c: ""}
        parts: [{name: p, count: 1, my-field: f}, {name: q}]
        start: "2026-11-23T10:00:00Z"
        wait: 1h30m
        namespace: ns
        """

    /// The server's answer to an object under the rule; empty when it holds.
    private func answer(_ rule: String, _ spec: String = RuleTests.spec, old: String? = nil) throws -> String {
        let object: JSONValue = ["metadata": ["name": "x"], "spec": try json(spec)]
        let past: JSONValue? = try old.map { ["spec": try json($0)] }
        let problems = try schema(["rule": .string(rule), "message": "no"]).validate(object, old: past)
        return problems.map(\.message).joined(separator: "; ")
    }

    private func loadFailure(_ rule: JSONValue) -> String {
        do {
            _ = try schema(rule)
            return ""
        } catch let error as SchemaError {
            return error.problems.map(\.message).joined(separator: "; ")
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        "self.size == 3", "self.size + 1 > 3 && self.size - 1 < 3 && self.size * 2 == 6 && self.size / 2 == 1 && self.size % 2 == 1",
        "-self.size == -3",
        "self.ratio >= 1.5 && self.ratio < 2", "self.flag", "!(!self.flag)", "self.name.size() == 5 && size(self.name) == 5",
        "self.name == 'h\\u00e9llo'",
        "self.name.startsWith('h') && self.name.endsWith('lo') && self.name.contains('ll') && self.name.matches('^h.*o$')",
        "matches(self.name, 'l+')",
        "'AbC'.lowerAscii() == 'abc' && 'aB'.upperAscii() == 'AB' && ' a '.trim() == 'a'",
        "'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
        "'hello'.substring(1, 3) == 'el' && 'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3 && 'hello'.charAt(4) == 'o'",
        "'aXbX'.replace('X', '-') == 'a-b-'", "has(self.limit) && self.limit == '10%'", "type(self.limit) == string",
        "!has(self.parts[1].count)",
        "self.list.all(x, x > 0) && self.list.exists(x, x == 2) && self.list.exists_one(x, x == 3) && !self.list.all(x, x > 1)",
        "self.list.map(x, x * x) == [1, 4, 9] && self.list.filter(x, x > 1).size() == 2 && self.list.map(x, x > 1, x + 1) == [3, 4]",
        "self.list.isSorted() && self.list.sum() == 6 && self.list.min() == 1 && self.list.max() == 3 && self.list.indexOf(2) == 1",
        "2 in self.list && !(7 in self.list) && 'c' in self.labels && self.labels['a/b'] == 'x' && self.labels.c == ''",
        "self.list[0] + self.list[2] == 4",
        "self.words == ['a', 'b']", "self.labels.all(k, k.size() < 4) && self.labels.exists(k, self.labels[k] == 'x')",
        "self.parts.exists(p, p.name == 'q')",
        "self.parts[0].my__dash__field == 'f'", "self.__namespace__ == 'ns'",
        "self.start < timestamp('2026-11-24T00:00:00Z') && self.start.getHours() == 10",
        "self.wait == duration('90m') && self.wait.getMinutes() == 90", "self.start + self.wait == timestamp('2026-11-23T11:30:00Z')",
        "self.size > 5 ? false : true", "int('12') == 12 && string(12) == '12' && double('1.5') == 1.5 && int(1.9) == 1 && bool('true')",
        "1.0 == double(1) && 1 < 1.5",
        "true || 1 / 0 > 0", "!(1 / 0 > 0 && false)", "self.list.exists(x, 1 / (x - 1) > 0)",
        "quantity('512Mi').compareTo(quantity('0.5Gi')) == 0",
        "quantity('100m').isLessThan(quantity('1')) && quantity('2').add(quantity('500m')).compareTo(quantity('2.5')) == 0 && isQuantity('1Ki') && !isQuantity('x')",
        "isIP('10.0.0.1') && !isIP('10.0.0.256') && ip('::1').family() == 6 && cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')",
        "{'a': 1, 'b': 2}['b'] == 2",
        "\"\"\"a\nb\"\"\".size() == 3 && r'\\d'.size() == 2 && b'ab'.size() == 2 && 0x1F == 31 && 1u + 2u == 3u // done",
        "dyn(self.limit) == '10%'", "[[1], [2]].exists(l, l[0] == 2)", "self.list + [4] == [1, 2, 3, 4]", "'a' + 'b' == 'ab'",
        "'a' < 'b' && [1] != [2]",
        "has(self.labels.c) && !has(self.labels.d)",
    ])
    func `rules that hold say nothing`(rule: String) throws {
        #expect(try answer(rule) == "")
        #expect(try answer("!(\(rule.split(separator: "//")[0]))") == "Invalid value: no", "and are refused when turned round")
    }

    @Test(arguments: [
        ("self.list[7] == 1", "Invalid value: \"object\": index out of bounds: 7 evaluating rule: no"),
        ("self.labels['z'] == ''", "Invalid value: \"object\": no such key: z evaluating rule: no"),
        ("self.parts[1].count == 0", "Invalid value: \"object\": no such key: count evaluating rule: no"),
        ("1 / (self.size - 3) == 0", "Invalid value: \"object\": division by zero evaluating rule: no"),
        ("9223372036854775807 + self.size > 0", "Invalid value: \"object\": integer overflow evaluating rule: no"),
        (
            "self.limit + 1 > 0",
            "Invalid value: \"object\": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: no"
        ),
        (
            "quantity(self.name).sign() == 1",
            "Invalid value: \"object\": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' evaluating rule: no"
        ),
    ])
    func `errors while a rule runs are reported as the server does`(rule: String, message: String) throws {
        #expect(try answer(rule) == message)
    }

    @Test func `the recorded refusal of a definition, word for word`() throws {
        var definition = try json(Widget.yaml)
        definition[["properties", "spec", "x-kubernetes-validations"]] = [["rule": "self.nosuch > 1", "message": "x"]]
        do {
            _ = try StructuralSchema(json: definition)
            Issue.record("accepted")
        } catch {
            #expect(
                error.description == #"""
                    spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.nosuch \u003e 1","Message":"x","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'nosuch'
                     | self.nosuch > 1
                     | ....^
                    """#)
        }
    }

    @Test(arguments: [
        ("self.size > 'a'", "1:11: found no matching overload for '_>_' applied to '(int, string)'"),
        ("nofn(self.size)", "1:5: undeclared reference to 'nofn' (in container '')"),
        ("nosuch > 1", "1:1: undeclared reference to 'nosuch' (in container '')"),
        ("self.name.startsWith(1)", "1:21: found no matching overload for 'startsWith' applied to 'string.(int)'"),
        ("self.size.all(x, x > 0)", "1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"),
        ("self.parts.all(p, p.nosuch == 1)", "1:20: undefined field 'nosuch'"),
        ("self.size.foo == 1", "1:10: type 'int' does not support field selection"),
        ("self.size == 3 &&", "1:18: Syntax error: mismatched input '<EOF>'"),
        ("[1, 'a'].size() == 2", "1:5: expected type 'int' but found 'string'"),
        ("self.list.all(x, x)", "1:14: found no matching overload for '_&&_' applied to '(bool, int)'"),
        ("self.size ? true : false", "1:11: found no matching overload for '_?_:_' applied to '(int, bool, bool)'"),
        ("'a' in self.list", "1:5: found no matching overload for '@in' applied to '(string, list(int))'"),
        ("self.name = 'a'", "1:11: Syntax error: token recognition error at: '='"),
    ])
    func `what does not compile is refused when the schema is loaded`(rule: String, issue: String) {
        #expect(
            loadFailure(["rule": .string(rule), "message": "no"]).contains("compilation failed: ERROR: <input>:\(issue)"),
            "\(loadFailure(["rule": .string(rule)]))")
    }

    @Test func `a rule must be a test, and its parts well-formed`() {
        #expect(loadFailure(["rule": "self.size"]).hasSuffix("cel expression must evaluate to a bool"))
        #expect(loadFailure(["rule": "true", "messageExpression": "1"]).hasSuffix("messageExpression must evaluate to a string"))
        #expect(loadFailure(["rule": " "]) == "Required value: rule is not specified")
        #expect(loadFailure(["rule": "true", "fieldPath": ".nosuch"]) == "Invalid value: \".nosuch\": must be a valid path")
        #expect(loadFailure(["rule": "true", "optionalOldSelf": true]).hasSuffix("may not be set if oldSelf is not used in rule"))
        #expect(loadFailure(["rule": "true", "reason": "Nonsense"]).hasPrefix("Unsupported value: \"Nonsense\": supported values: "))
    }

    @Test func `a rule that may cost too much is refused, with the way out`() throws {
        let unbounded = """
            type: object
            properties:
              words:
                type: array
                items: {type: string}
                x-kubernetes-validations: [{rule: "self.all(x, self.exists(y, x == y))", message: "no"}]
            """
        do {
            _ = try schemaOf(unbounded)
            Issue.record("accepted")
        } catch let error as SchemaError {
            #expect(
                error.problems.map(\.message).first
                    == "Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, "
                    + "maxProperties, and maxLength where arrays, maps, and strings are declared)")
        }
        _ = try schemaOf(unbounded.replacing("items: {type: string}", with: "maxItems: 50\n    items: {type: string, maxLength: 50}"))
    }

    /// Asked of a real 1.36: the size of a text is known where it was bytes or anything, else it is not, however short it is.
    @Test(arguments: [
        ("string(self.size)", true), ("string(self.name)", true), ("'a' + self.name", true), ("'a' + string(bytes(self.name))", true),
        ("'a' + string(dyn(self.name))", true), ("'a' + self.name.lowerAscii()", true), ("'a' + self.name.substring(0, 1)", true),
        ("'a' + self.name.replace('a', 'b')", true), ("self.words.join(', ') + 'a'", true),
        ("'' + string(self.size)", false), ("self.words.map(w, w + 'a').join('') + 'a'", false), ("'a' + string(true)", false),
        ("'a' + string(self.name)", false),
        ("'a' + string(self.name.size())", false), ("'a' + self.name.charAt(0)", false), ("string(self.size).lowerAscii()", false),
        ("string(self.size).contains('a') ? 'a' : 'b'", false), ("string(self.size).startsWith('a') ? 'a' : 'b'", true),
        ("string(self.size) == 'a' ? 'a' : 'b'", true), ("self.size > 1 ? 'a' : string(self.size)", true),
        ("'a' + (self.size > 1 ? 'a' : string(self.size))", false),
    ])
    func `a text of unknown size is dear to read`(_ expression: String, _ isAccepted: Bool) throws {
        let schema = """
            type: object
            properties:
              spec:
                type: object
                properties:
                  size: {type: integer}
                  name: {type: string, maxLength: 10}
                  words: {type: array, maxItems: 5, items: {type: string, maxLength: 10}}
                x-kubernetes-validations: [{rule: "true", messageExpression: "\(expression)"}]
            """
        do {
            _ = try schemaOf(schema)
            #expect(isAccepted)
        } catch let error as SchemaError {
            #expect(!isAccepted, "\(error)")
            #expect(
                error.problems.map { $0.message.prefix(40) } == [
                    "Forbidden: estimated messageExpression c", "Forbidden: contributed to estimated rule",
                    "Forbidden: x-kubernetes-validations esti",
                ])
        }
    }

    @Test func `transition rules see the old value, when there is one`() throws {
        let rule = "self.size >= oldSelf.size"
        #expect(try answer(rule) == "")
        #expect(try answer(rule, "size: 2", old: "size: 3") == "Invalid value: no")
        #expect(try answer(rule, "size: 4", old: "size: 3") == "")
    }

    @Test func `optionalOldSelf makes transition rules run on create as well`() throws {
        let schema = try schema([
            "rule": "!oldSelf.hasValue() ? self.size == 1 : self.size > oldSelf.value().size", "message": "no", "optionalOldSelf": true,
        ])
        func count(_ size: JSONValue, _ old: JSONValue?) -> Int {
            schema.validate(["spec": ["size": size]], old: old.map { ["spec": ["size": $0]] }).count
        }
        #expect(count(2, nil) == 1)
        #expect(count(1, nil) == 0)
        #expect(count(2, 1) == 0)
        #expect(count(2, 3) == 1)
    }

    @Test func `elements of a list map are compared with their own past`() throws {
        let schema = try schemaOf(
            """
            type: object
            properties:
              parts:
                type: array
                maxItems: 5
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  x-kubernetes-validations: [{rule: "self.count >= oldSelf.count", message: shrinks}]
                  properties: {name: {type: string, maxLength: 9}, count: {type: integer, default: 0}}
            """)
        let old = try json("{parts: [{name: a, count: 5}, {name: b, count: 1}]}")
        #expect(try schema.validate(json("{parts: [{name: b, count: 1}, {name: a, count: 6}, {name: c, count: 0}]}"), old: old) == [])
        #expect(try schema.validate(json("{parts: [{name: b, count: 0}, {name: a, count: 6}]}"), old: old).map(\.field) == ["parts[0]"])
    }

    @Test func `messageExpression, reason and fieldPath are honoured`() throws {
        let object: JSONValue = ["spec": ["size": 3, "name": "x"]]
        let expression: JSONValue = [
            "rule": "self.size < 2", "message": "fallback", "messageExpression": "'not ' + self.name", "fieldPath": ".size",
        ]
        #expect(try schema(expression).validate(object).map(\.description) == ["spec.size: Invalid value: not x"])
        let number: JSONValue = ["rule": "self.size < 2", "messageExpression": "string(self.size)"]
        #expect(try schema(number).validate(object).map(\.description) == ["spec: Invalid value: 3"])
        let broken: JSONValue = ["rule": "self.size < 2", "message": "fallback", "messageExpression": "self.list[9] == 1 ? 'a' : 'b'"]
        #expect(try schema(broken).validate(object).map(\.description) == ["spec: Invalid value: fallback"])
        let forbidden: JSONValue = ["rule": "self.size < 2", "reason": "FieldValueForbidden"]
        #expect(try schema(forbidden).validate(object).map(\.description) == ["spec: Forbidden: failed rule: self.size < 2"])
    }

    @Test func `an unchanged value is not complained about on update`() throws {
        let schema = try schema(["rule": "self.size < 2", "message": "no"])
        let object: JSONValue = ["spec": ["size": 3]]
        #expect(schema.validate(object).count == 1)
        #expect(schema.validate(object, old: object) == [])
        #expect(schema.validate(["spec": ["size": 4]], old: object).count == 1)
    }

    @Test func `a rule that runs too long is stopped`() throws {
        let schema = try schemaOf(
            """
            type: object
            properties:
              words:
                type: array
                maxItems: 700
                items: {type: string, maxLength: 20}
                x-kubernetes-validations: [{rule: "self.all(x, !self.exists(y, y == 'nothing'))", message: unequal}]
            """)
        let words = JSONValue.array(Array(repeating: "same", count: 700))
        #expect(
            schema.validate(["words": words]).map(\.message) == [
                "Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost "
                    + "exceeds limit for rule: unequal"
            ])
    }
}
