import Foundation
import KubeCore
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// What a reader made of a list.
private struct Reading: Equatable {
    var items: [[UInt8]] = []
    var head: ListHead?
    var error: KubeError.Code?

    /// Chunks end where `sizes` says, over and over.
    init(_ bytes: [UInt8], sizes: [Int], limit: Int = 16 << 20) {
        var reader = ListReader(limit: limit)
        var rest = bytes[...]
        var turn = 0
        do throws(KubeError) {
            while !rest.isEmpty {
                let size = max(1, sizes[turn % sizes.count])
                turn += 1
                reader.append(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                while let item = try reader.next() { items.append(Array(item)) }
            }
            head = try reader.finish()
        } catch {
            self.error = error.code
        }
    }
}

struct ListReaderTests {
    private func text(_ text: String, sizes: [Int] = [1 << 20], limit: Int = 16 << 20) -> Reading {
        Reading(Array(text.utf8), sizes: sizes, limit: limit)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 1000, 1 << 20])
    func `the items of a list are given whole, wherever its bytes are cut`(size: Int) throws {
        for exchange in try Recording("09-list-paging-and-selectors").exchanges where exchange.body?["items"] != nil {
            let body = try #require(exchange.body)
            let reading = Reading(body.serialized, sizes: [size])
            #expect(try reading.items.map { try JSONValue(parsing: $0) } == body["items"]?.array)
            #expect(reading.head?.resourceVersion == body["metadata"]?["resourceVersion"]?.string)
            let token = body["metadata"]?["continue"]?.string ?? ""
            #expect(reading.head?.continueToken == (token.isEmpty ? nil : token))
        }
    }

    @Test func `members come in any order, white space anywhere, and null stands for no items`() {
        let list =
            " {\"items\" : [ {\"a\":1} ,\n{} ] ,\"kind\":\"L\", \"x\":[1,{\"y\":\"]\"}], \"metadata\":{\"resourceVersion\":\"7\"}}\r\n"
        for size in 1...9 {
            let reading = text(list, sizes: [size])
            #expect(reading.items == [Array("{\"a\":1}".utf8), Array("{}".utf8)])
            #expect(reading.head == ListHead(resourceVersion: "7", continueToken: nil))
        }
        for items in ["null", "[]"] {
            let reading = text("{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":\(items)}")
            #expect(reading.items.isEmpty && reading.head?.resourceVersion == "7")
        }
    }

    @Test func `a list that is cut anywhere is an error, and what was whole came before it`() {
        let list = Array("{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[{\"a\":\"\\\"}\"},{\"b\":[{}]}],\"n\":12}".utf8)
        for length in 0..<list.count {
            let reading = Reading(Array(list[..<length]), sizes: [5, 1])
            #expect(reading.head == nil && reading.error == .malformedResponse)
            #expect(reading.items.count <= 2)
        }
        #expect(Reading(list, sizes: [5, 1]).items.count == 2)
    }

    @Test(arguments: [
        "[]", "7", "\"x\"", "{\"items\":[1]}", "{\"items\":[{},]}", "{\"items\":[{}{}]}", "{\"items\":[{}],}", "{,}", "{\"a\"1}",
        "{\"a\":}",
        "{\"items\":[{]}", "{\"items\":{}}", "{}", "{\"metadata\":{\"resourceVersion\":\"\"}}", "{\"metadata\":7,\"items\":[]}",
        "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]} x", "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[],\"items\":[]}",
    ])
    func `what is no list is refused`(list: String) {
        #expect(text(list).error == .malformedResponse)
        #expect(text(list, sizes: [1]).error == .malformedResponse)
    }

    @Test func `an item beyond the limit is refused before it is whole, others are not counted together`() {
        let item = "{\"a\":\"" + String(repeating: "x", count: 90) + "\"}"
        let head = "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":["
        let many = text(head + Array(repeating: item, count: 50).joined(separator: ",") + "]}", sizes: [33], limit: 100)
        #expect(many.items.count == 50 && many.error == nil)
        #expect(text(head + "{\"a\":\"" + String(repeating: "x", count: 1000), sizes: [33], limit: 100).error == .tooLarge)
        #expect(text("{\"a\":\"" + String(repeating: "x", count: 1000), sizes: [33], limit: 100).error == .tooLarge)
        #expect(text(head + String(repeating: "[", count: 1000), limit: 100).error == .malformedResponse)
        #expect(text(head + "{\"a\":" + String(repeating: "[", count: 100_000)).error == .malformedResponse)
    }

    @Test func `a page comes through the API without being held`() async throws {
        let item =
            Array("{\"metadata\":{\"name\":\"n\"},\"x\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 20_000)
            + Array("\"},".utf8)
        let source = Chunks(count: 500, item)
        let api = KubeAPI(ScriptedTransport { (_) async throws(KubeError) in KubeResponse(status: 200, body: source.body) })
        var count = 0
        var isWhole = true
        var ahead = 0
        let head = try await api.list(Node.type, .everything, ListOptions(limit: 500)) { (bytes) throws(KubeError) in
            count += 1
            isWhole = isWhole && bytes.count == item.count - 1
            ahead = max(ahead, source.ahead(of: count))
        }
        #expect(count == 500 && isWhole && head.resourceVersion == "9")
        // The page would be 10 MB.
        #expect(ahead <= 2)
    }

    /// Differential: what Foundation reads is read item for item, and never more is given than it has.
    @Test(arguments: Seeds.first(20))
    func `damaged lists are refused or read as Foundation reads them`(seed: Int) throws {
        let base = Array(
            "{\"kind\":\"L\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"t\"},\"items\":[{\"a\":[1,{\"b\":\"\\\\x\\\"\u{e4}\"}]},{},{\"c\":null}]}"
                .utf8)
        var generator = Shuffled(UInt64(seed) + 100)
        var agreed = 0
        for _ in 0..<400 {
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
            let sizes = (0..<5).map { _ in Int(generator.next() % 40) }
            let reading = Reading(bytes, sizes: sizes)
            #expect(reading == Reading(bytes, sizes: [bytes.count]), "chunks matter: \(String(decoding: bytes, as: UTF8.self))")
            // Foundation lets a comma pass before a closing bracket.
            guard let expected = Reference.reading(bytes), (try? JSONValue(parsing: bytes)) != nil else { continue }
            agreed += 1
            #expect(
                reading.head == expected.head && reading.items.map(Reference.object) == expected.items,
                "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(agreed > 5)
    }
}

/// A list's bytes, made only when asked for.
private final class Chunks: Sendable {
    private let state = Mutexed(0)
    private let count: Int
    private let item: [UInt8]

    init(count: Int, _ item: [UInt8]) {
        self.count = count
        self.item = item
    }

    /// Items made but not given on yet.
    func ahead(of given: Int) -> Int { state.value - given }

    var body: KubeBody {
        KubeBody { () async throws(KubeError) -> [UInt8]? in
            let made = self.state.increment()
            switch made {
            case 1: return Array("{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[".utf8) + self.item
            case self.count: return self.item.dropLast() + Array("]}".utf8)
            case ..<self.count: return self.item
            default: return nil
            }
        }
    }
}

private final class Mutexed: Sendable {
    private let number: Mutex<Int>

    init(_ number: Int) { self.number = Mutex(number) }

    var value: Int { number.withLock { $0 } }

    func increment() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }
}

/// A list as Foundation sees it.
private enum Reference {
    struct Expected {
        var head: ListHead
        var items: [NSDictionary?]
    }

    static func object(_ bytes: [UInt8]) -> NSDictionary? {
        do {
            return try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary
        } catch {
            return nil
        }
    }

    /// nil: it is no list that a reader should read. Names that come twice are left to the reader.
    static func reading(_ bytes: [UInt8]) -> Expected? {
        guard let list = object(bytes), let metadata = list["metadata"] as? NSDictionary,
            let revision = metadata["resourceVersion"] as? String, !revision.isEmpty, let items = list["items"] as? [Any],
            items.allSatisfy({ $0 is NSDictionary })
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        for name in ["\"metadata\"", "\"items\"", "\"resourceVersion\"", "\"continue\""] where text.ranges(of: name).count > 1 {
            return nil
        }
        // A name written with an escape is a name that the reader does not know.
        guard !text.contains("\\u") else { return nil }
        let token = metadata["continue"] as? String ?? ""
        return Expected(
            head: ListHead(resourceVersion: revision, continueToken: token.isEmpty ? nil : token), items: items.map { $0 as? NSDictionary })
    }
}
