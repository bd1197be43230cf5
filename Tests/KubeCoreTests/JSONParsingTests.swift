import Foundation
import KubeCore
import TestSupport
import Testing

struct JSONParsingTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), (" false ", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", .number(1.5)), ("1e2", .number(100)),
            ("-2.5E-1", .number(-0.25)),
            ("3.0", .number(3)), ("\"\"", .string("")), ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("a\"\\/\u{8}\u{C}\n\r\t")),
            ("\"\\u00e4\\u20AC\"", .string("ä€")), ("\"\\ud83d\\ude00\"", .string("😀")), ("[]", .array([])),
            ("[1, [2], {}]", [1, [2], [:]]),
            ("{\"a\":{\"b\":[null]}}", ["a": ["b": [.null]]]), ("\t\r\n {} ", [:]),
        ] as [(String, JSONValue)])
    func `what is JSON is read`(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x10", "1_000", "1e400",
        "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\u{1}\"", "'a'", "[", "[1", "[1,]", "[,1]", "[1 2]",
        "[1]]",
        "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "{} {}", "1 2", "// c\n1", "/**/1", "\u{FEFF}1",
        "]", "}",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func `bytes that are not UTF-8 are refused in values and in names`() {
        for bad in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]] {
            #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bad + [0x22]) }
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array("{\"".utf8) + bad + Array("\":1}".utf8)) }
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array("\"\\n".utf8) + bad + [0x22]) }
        }
    }

    @Test func `unpaired surrogates become the replacement character`() throws {
        #expect(try parse("\"\\ud83d\"") == "\u{FFFD}")
        #expect(try parse("\"\\ude00\"") == "\u{FFFD}")
        #expect(try parse("\"\\ud83dx\"") == "\u{FFFD}x")
        #expect(try parse("\"\\ud83d\\u0041\"") == "\u{FFFD}A")
        #expect(try parse("\"\\ud83d\\ud83d\\ude00\"") == "\u{FFFD}😀")
    }

    @Test func `nesting ends at 512 levels without a crash`() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + String(repeating: close, count: depth)
        }
        #expect(throws: Never.self) { try parse(nested(512, "[", "]")) }
        #expect(throws: JSONError.self) { try parse(nested(513, "[", "]")) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test func `the error says where`() {
        let error = #expect(throws: JSONError.self) { try parse("{\"a\": tru}") }
        #expect(error?.offset == 6)
        #expect(error?.description.hasSuffix("at byte 6") == true)
    }

    @Test func `of duplicate members the last one counts, and each is named with its path`() throws {
        let text = "{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"d\":[{\"e\":1,\"e\":2}],\"a\":3}"
        let (value, duplicates) = try JSONValue.parsingStrictly(Array(text.utf8))
        #expect(value == ["a": 3, "b": ["c": 2], "d": [["e": 2]]])
        #expect(duplicates == ["b.c", "d[0].e", "a"])
    }

    @Test(arguments: Recording.names)
    func `the recordings read the same as through Foundation`(name: String) throws {
        let bytes = try Recording.bytes(name)
        let ours = try JSONValue(parsing: bytes)
        let theirs = try JSONSerialization.jsonObject(with: Data(bytes))
        #expect(Self.agree(ours, theirs))
        #expect(try JSONValue(parsing: ours.serialized) == ours)
        #expect(try JSONValue(parsing: Array(ours.text(indent: 2).utf8)) == ours)
    }

    /// Mutated texts: we accept only what Foundation accepts, and then read the same.
    @Test(arguments: Seeds.first(20))
    func `damaged texts are never read differently from Foundation`(seed: Int) throws {
        var generator = SplitMix(UInt64(seed))
        let base = Array(
            "{\"a\":[1,-2.5e3,true,null,\"x\\u00e4\\n\"],\"b\":{\"c\":\"é😀\",\"d\":[]},\"e\":9007199254740993,\"f\":\"\\\\\\\"\"}".utf8)
        for _ in 0..<300 {
            var bytes = base
            for _ in 0...Int(generator.next() % 3) {
                let place = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[Int(generator.next() % UInt64(bytes.count))], at: place)
                default: bytes[place] = Array("{}[],:\"\\0123456789.eE+-tfn ".utf8)[Int(generator.next() % 27)]
                }
            }
            guard let ours = try? JSONValue(parsing: bytes) else { continue }
            // As bytes, since a number such as 2e3 comes back as an integer.
            #expect(try JSONValue(parsing: ours.serialized).serialized == ours.serialized)
            // Foundation has no opinion that we share on unpaired surrogates, huge numbers and duplicate names.
            guard let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(text.contains("\\u") || text.contains("\u{0}"), "only we accept \(text)")
                continue
            }
            let (_, duplicates) = try JSONValue.parsingStrictly(bytes)
            if duplicates.isEmpty { #expect(Self.agree(ours, theirs), "\(String(decoding: bytes, as: UTF8.self))") }
        }
    }

    static func agree(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: return theirs is NSNull
        case .bool(let value): return (theirs as? Bool) == value
        case .integer(let value): return (theirs as? NSNumber)?.int64Value == value
        case .number(let value): return (theirs as? NSNumber)?.doubleValue == value
        case .string(let value): return (theirs as? String) == value
        case .array(let elements):
            guard let others = theirs as? [Any], others.count == elements.count else { return false }
            return zip(elements, others).allSatisfy { agree($0, $1) }
        case .object(let members):
            guard let others = theirs as? [String: Any], others.count == members.count else { return false }
            return members.allSatisfy { key, value in others[key].map { agree(value, $0) } ?? false }
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
