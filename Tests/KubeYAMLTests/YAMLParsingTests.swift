import KubeCore
import KubeYAML
import Testing

@Suite struct YAMLParsingTests {
    private func value(_ text: String) throws -> JSONValue { try YAMLDocument.parseOne(text).value }

    private func failure(_ text: String, file: String = "p.yaml", maximumNodes: Int = 1000) -> String {
        do {
            let documents = try YAMLDocument.parse(text, file: file, maximumNodes: maximumNodes)
            return "accepted: \(documents.map { $0.value.text() })"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("yes", JSONValue.bool(true)), ("Off", false), ("y", true), ("n", false), ("True", true), ("\"yes\"", "yes"), ("'no'", "no"),
        ("~", .null), ("null", .null), ("", .null), ("nulls", "nulls"), ("tRue", "tRue"),
        ("12", 12), ("-7", -7), ("+7", 7), ("1_000", 1000), ("0x1F", 31), ("0b101", 5), ("0o17", 15), ("017", 15), ("08", 8),
        ("9223372036854775807", 9_223_372_036_854_775_807), ("1.5", 1.5), ("1e3", 1000), ("3.0", 3), (".5", 0.5), ("-1.25e-2", -0.0125),
        ("1.2.3", "1.2.3"), ("1:30", "1:30"), ("2026-11-23", "2026-11-23"), ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        ("10%", "10%"), ("512Mi", "512Mi"), ("-x", "-x"), ("0x", "0x"), ("1e", "1e"), ("!!str 12", "12"), ("!!int 12", 12),
        ("18446744073709551615", 18_446_744_073_709_551_615.0),
    ])
    func `plain scalars mean what Kubernetes' tools take them for`(text: String, expected: JSONValue) throws {
        #expect(try value("a: \(text)\n") == ["a": expected])
    }

    @Test func `keys become strings`() throws {
        #expect(try value("1: a\ntrue: b\n1.5: c\n\"on\": d\n") == ["1": "a", "true": "b", "1.5": "c", "on": "d"])
    }

    @Test func `a stream gives its documents, without the empty ones`() throws {
        let documents = try YAMLDocument.parse("---\n# nothing\n---\na: 1\n---\nb: 2\n...\n")
        #expect(documents.map(\.value) == [["a": 1], ["b": 2]])
    }

    @Test func `JSON is read as well`() throws {
        #expect(try value("{\"a\": [1, \"x\\u00e9\", null, {\"b\": true}]}") == ["a": [1, "xé", .null, ["b": true]]])
    }

    @Test func `places are those of keys and elements, and a missing field has its parent's`() throws {
        let text = "spec:\n  outputs:\n    - name: a\n    - name: b\n      forward:\n        host: h\n"
        let document = try YAMLDocument.parseOne(text, file: "policy.yaml")
        let outputs = FieldPath().member("spec").member("outputs")
        #expect(document.position(of: outputs) == YAMLPosition(line: 2, column: 3))
        #expect(document.position(of: outputs.index(1)) == YAMLPosition(line: 4, column: 7))
        #expect(document.position(of: outputs.index(1).member("forward").member("host")) == YAMLPosition(line: 6, column: 9))
        #expect(document.position(of: outputs.index(1).member("forward").member("port")) == YAMLPosition(line: 5, column: 7))
        #expect(document.location(of: outputs.index(0).member("name")) == "policy.yaml:3:7")
    }

    @Test func `places count from the start of the stream, not of the document`() throws {
        let documents = try YAMLDocument.parse("a: 1\n---\nb: 2\n")
        #expect(documents[1].position(of: FieldPath().member("b")).line == 3)
    }

    @Test func `errors name file, line and column`() {
        #expect(failure("a: [1,\nb: 2\n").hasPrefix("p.yaml:3:1: did not find expected ',' or ']'"))
        #expect(failure("a: 1\nb: 2\na: 3\n") == "p.yaml:1:1: the key \"a\" appears more than once in this mapping")
        #expect(failure("on: 1\ntrue: 3\n") == "p.yaml:2:1: the key \"true\" appears more than once in this mapping")
        #expect(failure("a: *x\n") == "p.yaml:1:4: found undefined alias")
        #expect(failure("a: .inf\n") == "p.yaml:1:4: .inf has no form in JSON")
        #expect(failure("? [1]\n: 2\n") == "p.yaml:1:3: a key must be a scalar")
        #expect(failure("a: !!int x\n") == "p.yaml:1:4: cannot read \"x\" as !!int")
        #expect(failure("a: \u{1}\n", file: "").contains("control characters are not allowed"))
        #expect(throws: YAMLError.self) { try YAMLDocument.parseOne("a: 1\n---\nb: 2\n") }
        #expect(throws: YAMLError.self) { try YAMLDocument.parseOne("# nothing\n") }
        #expect(throws: YAMLError.self) { try YAMLDocument.parse([0x61, 0x3A, 0x20, 0xFF]) }
    }

    @Test func `aliases and merge keys are expanded`() throws {
        let text = "base: &b {x: 1, w: 2}\nother: &o {w: 3, z: 4}\nboth:\n  <<: [*b, *o]\n  x: 9\nsame: *b\n"
        let document = try value(text)
        #expect(document["both"] == ["x": 9, "w": 2, "z": 4])
        #expect(document["same"] == ["x": 1, "w": 2])
    }

    @Test func `a nest of aliases ends at the bound`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(failure(text, maximumNodes: 10_000).contains("too large once its aliases are expanded"))
    }

    @Test func `deep nesting is refused, not followed`() {
        let text = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(failure(text, maximumNodes: 100_000).contains("levels"))
    }
}
