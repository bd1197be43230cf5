import KubeCore
import TestSupport
import Testing

@testable import KubeClient

struct ScanningTests {
    @Test func `stepping over a value ends where the strict parser ends`() throws {
        for name in Recording.names {
            let document = try JSONValue(parsing: Recording.bytes(name))
            let bytes = Array(document.text(indent: 2).utf8) + Array("  !".utf8)
            var cursor = JSONCursor(bytes[...])
            #expect(try cursor.slice().count == bytes.count - 3)
            #expect(try cursor.peek() == UInt8(ascii: "!"))
        }
    }

    @Test func `every cut of a document is an error and never a crash`() throws {
        let text = Array("{\"type\":\"A\\\"DDED\",\"object\":{\"a\":[1,2.5e3,true,null,{\"b\":\"\\u00e4\"}]}}".utf8)
        for length in 0..<text.count {
            var cursor = JSONCursor(text[..<length])
            #expect(throws: KubeError.self) { _ = try cursor.slice() }
        }
        var cursor = JSONCursor(text[...])
        #expect(try cursor.slice().count == text.count)
    }

    @Test func `nesting is limited and costs no stack`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        var cursor = JSONCursor(deep[...])
        #expect(throws: KubeError.self) { try cursor.skipValue() }
        let allowed = [UInt8](repeating: UInt8(ascii: "["), count: 512) + [UInt8](repeating: UInt8(ascii: "]"), count: 512)
        var shallow = JSONCursor(allowed[...])
        #expect(throws: Never.self) { try shallow.skipValue() }
    }

    @Test func `strings end where they end, however many backslashes stand before a quote`() throws {
        for count in 0..<9 {
            let text = "[\"a" + String(repeating: "\\", count: count) + "\",\"b\"]"
            var cursor = JSONCursor(Array(text.utf8)[...])
            let isWhole = count.isMultiple(of: 2)
            #expect(((try? JSONValue(parsing: text)) != nil) == isWhole)
            if isWhole {
                #expect(try cursor.slice().count == text.utf8.count)
            } else {
                #expect(throws: KubeError.self) { try cursor.slice() }
            }
        }
    }

    @Test func `a text that is kept may be long but not endless`() throws {
        let allowed = Array("[\"".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: JSONCursor.maximumTextLength) + Array("\"]".utf8)
        var cursor = JSONCursor(allowed[1..<allowed.count - 1])
        #expect(try cursor.string()?.utf8.count == JSONCursor.maximumTextLength)
        let endless = Array("\"a".utf8) + allowed[2...]
        var refused = JSONCursor(endless[...])
        let error = #expect(throws: KubeError.self) { try refused.string() }
        #expect(error?.code == .tooLarge)
        // Stepping over it holds nothing.
        var skipped = JSONCursor(endless[...])
        #expect(throws: Never.self) { try skipped.skipValue() }
    }

    @Test func `brackets are matched at every depth`() throws {
        for depth in [1, 63, 64, 65, 128, 129, 300] {
            var open = ""
            var close = ""
            for level in 0..<depth {
                open += level.isMultiple(of: 3) ? "{\"a\":" : "["
                close = (level.isMultiple(of: 3) ? "}" : "]") + close
            }
            let text = Array((open + "1" + close).utf8)
            var cursor = JSONCursor(text[...])
            #expect(try cursor.slice().count == text.count)
            // A bracket turned round anywhere on the way out is noticed.
            for place in stride(from: text.count - depth, to: text.count, by: 7) {
                var broken = text
                broken[place] = broken[place] == UInt8(ascii: "}") ? UInt8(ascii: "]") : UInt8(ascii: "}")
                var cursor = JSONCursor(broken[...])
                #expect(throws: KubeError.self) { try cursor.slice() }
            }
        }
    }

    /// What the strict parser reads, the cursor steps over exactly; what it refuses, the cursor never runs away from.
    @Test(arguments: Seeds.first(20))
    func `damaged events are either refused or read as the strict parser reads them`(seed: Int) throws {
        let base = Array(
            "{\"type\":\"ADDED\",\"object\":{\"a\":[1,-2.5e3,{\"b\":\"\\\\x\\\"\u{e4}\"},null],\"metadata\":{\"name\":\"n\"}}}".utf8)
        var generator = Shuffled(UInt64(seed))
        for _ in 0..<500 {
            var bytes = base
            for _ in 0...Int(generator.next() % 3) {
                let place = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[Int(generator.next() % UInt64(bytes.count))], at: place)
                default: bytes[place] = Array("{}[],:\"\\ 0".utf8)[Int(generator.next() % 10)]
                }
            }
            guard !bytes.contains(UInt8(ascii: "\n")) else { continue }
            let strict = try? JSONValue(parsing: bytes)
            var cursor = JSONCursor(bytes[...])
            let end = (try? cursor.slice()) == nil ? nil : cursor.position
            #expect(end.map { $0 <= bytes.count } ?? true)
            if strict != nil {
                cursor.skipWhitespace()
                #expect(end != nil && cursor.isAtEnd, "\(String(decoding: bytes, as: UTF8.self))")
            }
            // The object of a frame that the strict parser reads is the same object.
            guard let strict, strict["type"]?.string == "ADDED", let object = strict["object"] else { continue }
            let (_, duplicates) = try JSONValue.parsingStrictly(bytes)
            guard duplicates.isEmpty else { continue }
            let stream = WatchStream<JSONValue>(KubeBody([])) { (bytes) throws(KubeError) in
                let bytes = try bytes.json()
                do { return try JSONValue(parsing: bytes) } catch { throw KubeError(any: error) }
            }
            let found = try stream.event(in: bytes[...])
            #expect(found == .added(object))
        }
    }
}

struct Shuffled {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
