import KubeCore
import TestSupport
import Testing

struct JSONSerializingTests {
    @Test func `equal values give equal bytes, with sorted members`() {
        let value: JSONValue = ["b": 1, "a": ["y": [1, 2.5, true, .null], "x": "t"], "A": [:]]
        #expect(String(decoding: value.serialized, as: UTF8.self) == "{\"A\":{},\"a\":{\"x\":\"t\",\"y\":[1,2.5,true,null]},\"b\":1}")
    }

    @Test func `only what must be escaped is escaped`() {
        let value: JSONValue = "\"\\/\n\r\t\u{1}\u{1F}ä😀\u{7F}"
        #expect(value.text() == "\"\\\"\\\\/\\n\\r\\t\\u0001\\u001fä😀\u{7F}\"")
    }

    @Test func `indented text has a line for each element`() {
        let value: JSONValue = ["a": [1, []], "b": [:]]
        #expect(value.text(indent: 2) == "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}")
    }

    @Test(arguments: [
        (0.1, "0.1"), (1e21, "1e+21"), (-1e-7, "-1e-07"), (3, "3"), (1e15, "1000000000000000.0"), (.infinity, "null"), (.nan, "null"),
        (1e-300, "1e-300"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    ])
    func `numbers are written so that they read the same`(number: Double, text: String) throws {
        #expect(JSONValue.number(number).text() == text)
        if number.isFinite { #expect(try JSONValue(parsing: text).number == number) }
    }

    /// Trees of every shape survive being written and read.
    @Test(arguments: Seeds.first(50))
    func `any value survives a round trip`(seed: Int) throws {
        var generator = SplitMix(UInt64(seed))
        func text() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0..<8, using: &generator)).map { _ in
                        Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &generator)) ?? "?"
                    }))
        }
        func value(_ depth: Int) -> JSONValue {
            switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &generator) {
            case 0: .null
            case 1: .bool(Bool.random(using: &generator))
            case 2: .integer(Int64.random(in: .min ... .max, using: &generator))
            case 3: .number(Double.random(in: -1e6...1e6, using: &generator) + 0.5)
            case 4: .string(text())
            case 5: .array((0..<Int.random(in: 0..<5, using: &generator)).map { _ in value(depth + 1) })
            default:
                .object(
                    Dictionary(
                        (0..<Int.random(in: 0..<5, using: &generator)).map { _ in (text(), value(depth + 1)) }, uniquingKeysWith: { $1 }))
            }
        }
        for _ in 0..<50 {
            let tree = value(0)
            let normal = try JSONValue(parsing: tree.serialized)
            #expect(normal.serialized == tree.serialized)
            #expect(try JSONValue(parsing: Array(tree.text(indent: 3).utf8)) == normal)
        }
    }
}

struct JSONValueTests {
    @Test func `members are read and written through paths`() {
        var value: JSONValue = ["metadata": ["name": "x"]]
        #expect(value[["metadata", "name"]] == "x")
        #expect(value[["metadata", "name", "deeper"]] == nil)
        #expect(value[["none", "name"]] == nil)
        value[["metadata", "labels", "a"]] = "b"
        #expect(value == ["metadata": ["name": "x", "labels": ["a": "b"]]])
        value[["metadata", "labels", "a"]] = nil
        #expect(value == ["metadata": ["name": "x", "labels": [:]]])
        value[["nothing", "here"]] = nil
        #expect(value["nothing"] == nil)
        value[[]] = "all"
        #expect(value == "all")
    }

    @Test func `a member written to what is no object makes it one`() {
        var value: JSONValue = 7
        value["a"] = 1
        #expect(value == ["a": 1])
    }

    @Test func `whole numbers are integers however they were written`() {
        #expect(JSONValue.number(3).integer == 3)
        #expect(JSONValue.number(3.5).integer == nil)
        #expect(JSONValue.number(1e300).integer == nil)
        #expect(JSONValue.integer(3).number == 3)
        #expect(JSONValue.string("3").integer == nil)
    }
}
