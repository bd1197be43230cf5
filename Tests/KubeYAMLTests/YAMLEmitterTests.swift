import KubeCore
import KubeYAML
import Testing
import Yams

/// A small generator with a fixed sequence, so that a failure repeats.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct YAMLEmitterTests {
    @Test func `objects are block style with sorted keys and lists at their key's level`() {
        let value: JSONValue = [
            "kind": "ConfigMap", "apiVersion": "v1", "data": ["b": "yes", "a": "x: y", "empty": ""],
            "list": [["name": "a", "args": ["-c", "exit 1"]], [1, [2.5, .null]], [:], []], "size": 3, "t": true,
        ]
        #expect(
            value.yaml == """
                apiVersion: v1
                data:
                  a: "x: y"
                  b: "yes"
                  empty: ""
                kind: ConfigMap
                list:
                - args:
                  - "-c"
                  - exit 1
                  name: a
                - - 1
                  - - 2.5
                    - null
                - {}
                - []
                size: 3
                t: true

                """)
    }

    @Test func `text of several lines becomes a literal block`() {
        let script: JSONValue = ["run.sh": "#!/bin/sh\nset -eu\n\n  echo \"a: b\" # c\n", "tail": "a\nb"]
        #expect(script.yaml == "run.sh: |\n  #!/bin/sh\n  set -eu\n\n    echo \"a: b\" # c\ntail: |-\n  a\n  b\n")
    }

    @Test func `backslashes stand in single quotes`() {
        let value: JSONValue = ["r": "^\\d+\"$", "q": "it's \\ that"]
        #expect(value.yaml == "q: \"it's \\\\ that\"\nr: '^\\d+\"$'\n")
    }

    @Test func `a stream parts its documents`() throws {
        let values: [JSONValue] = [["a": 1], ["b": [1]], "---"]
        #expect(try YAMLDocument.parse(values.yamlStream).map(\.value) == values)
    }

    /// Strings that some reader of some version takes for something else, and all that could end a line, a scalar or a document.
    /// Not among them: a byte-order mark in front, which Foundation drops when Yams decodes a scalar.
    static let nasty: [String] = [
        "", " ", "a ", " a", "yes", "No", "on", "y", "~", "null", "true", "1", "-1", "0x1f", "1e3", ".5", ".inf", "1_0", "1:30", "=", "<<",
        "2026-11-23", "a: b", "a:", ":a", "a #b", "#a", "- a", "-", "---", "...", "--- a", "? a", "&a", "*a", "!a", "!!int 1", "|", ">",
        "%a", "@a",
        "`a", "'", "\"", "'a'", "\"a\"", "a'b", "a\"b", "\\", "a\\nb", "{a: b}", "[a]", "a, b", "a]", "{", "\n", "\n\n", "a\n", "a\nb",
        "a\n\n", "\na",
        " a\nb", "a\n b", "a \nb", "a\t\nb", "a\n\tb", "a\n---\nb\n", "a\n...\n", "\t", "\ta", "a\tb", "\r", "a\rb", "a\r\nb", "\u{0}",
        "\u{7}",
        "\u{1B}[0m", "\u{7F}", "\u{85}", "a\u{85}b", "\u{A0}", "\u{AD}", "\u{2028}", "a\u{2029}b", "a\u{FEFF}", "\u{FFFD}",
        "\u{FFFE}",
        "é", "日本語", "😀", "a😀\nb", "\u{10FFFF}", "${VAR}", "${file:x}", "%{x}", String(repeating: "x", count: 5000),
        String(repeating: "ab ", count: 900) + "c", "key: |\n  x\n", "\u{300}a", "a\n\u{300}b", "C:\\dir", "http://h:80/p?q=1#f",
    ]

    @Test(arguments: nasty) func `any string survives as value, as key, in a list and at the root`(text: String) throws {
        let value: JSONValue = ["v": .string(text), "k": [text: "x"], "l": [.string(text), [.string(text)]], "m": [["a": .string(text)]]]
        try expectSurvives(value)
        try expectSurvives(.string(text))
    }

    @Test(arguments: 0..<40) func `random documents survive`(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        for _ in 0..<25 { try expectSurvives(randomValue(depth: 0, &random)) }
    }

    @Test func `numbers survive`() throws {
        for number in [0.1, -2.5e-7, 1e300, 1.7976931348623157e308, 2.2250738585072014e-308, 123456.789, 1e21, 1.5e22] {
            try expectSurvives(["n": .number(number)])
        }
        for integer in [Int64.min, Int64.max, 0, -1] { try expectSurvives([.integer(integer)]) }
        #expect(try YAMLDocument.parseOne(JSONValue.array([.number(3)]).yaml).value == [3])
    }

    private func expectSurvives(_ value: JSONValue, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let text = value.yaml
        let read = try YAMLDocument.parseOne(text).value
        #expect(read == value, "written as \(text.debugDescription)", sourceLocation: sourceLocation)
        // Yams' own resolver, which knows 1.1's timestamps, base 60 and merge keys, must see strings as strings too.
        let node = try #require(try Yams.compose(yaml: text))
        #expect(
            strings(in: node).sorted() == strings(in: value).sorted(), "written as \(text.debugDescription)", sourceLocation: sourceLocation
        )
    }

    private func strings(in node: Yams.Node) -> [String] {
        switch node {
        case .scalar(let scalar): node.tag == Tag(.str) ? [scalar.string] : []
        case .sequence(let sequence): sequence.flatMap { strings(in: $0) }
        case .mapping(let mapping): mapping.flatMap { strings(in: $0.key) + strings(in: $0.value) }
        case .alias: ["<alias>"]
        }
    }

    private func strings(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap { strings(in: $0) }
        case .object(let members): members.flatMap { [$0.key] + strings(in: $0.value) }
        default: []
        }
    }

    private func randomValue(depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 3 ? 6 : 9), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &random))
        case 3: return .number(Double.random(in: -1...1, using: &random) + 0.0001)
        case 4, 5: return .string(randomText(&random))
        case 6, 7:
            let count = Int.random(in: 0...4, using: &random)
            return .object(
                Dictionary(
                    (0..<count).map { _ in (randomText(&random), randomValue(depth: depth + 1, &random)) },
                    uniquingKeysWith: { first, _ in first }))
        default: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in randomValue(depth: depth + 1, &random) })
        }
    }

    private func randomText(_ random: inout SplitMix64) -> String {
        let alphabet = Array("ab01 \n\t:#-?'\"\\|>{}[]&*!%@,.~=<é\u{2028}\r😀")
        return String(
            (0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
    }
}
