import KubeClient
import KubeCore
import TestSupport
import Testing

private let widget = ResourceType(group: "example.dev", version: "v1", kind: "Widget", plural: "widgets", isNamespaced: false)

struct WatchFramesTests {
    private func frames(_ chunks: [[UInt8]], limit: Int = 1000) throws -> [String] {
        var frames = WatchFrames(limit: limit)
        var found: [String] = []
        for chunk in chunks {
            frames.append(chunk)
            while let frame = try frames.next() { found.append(String(decoding: frame, as: UTF8.self)) }
        }
        return found
    }

    @Test func `frames are the same wherever the chunks are cut`() throws {
        let text = Array("{\"a\":1}\n{\"b\":\"ä\"}\n\n{\"c\":[]}\r\n{\"d\":4}\n{\"half".utf8)
        let whole = try frames([text])
        #expect(whole == ["{\"a\":1}", "{\"b\":\"ä\"}", "{\"c\":[]}\r", "{\"d\":4}"])
        for size in 1...text.count {
            let chunks = stride(from: 0, to: text.count, by: size).map { Array(text[$0..<min($0 + size, text.count)]) }
            #expect(try frames(chunks) == whole)
        }
    }

    @Test func `a frame that is too long is an error before it has come whole`() throws {
        #expect(try frames([Array("12345\n".utf8)], limit: 5) == ["12345"])
        #expect(throws: KubeError.self) { try frames([Array("123456\n".utf8)], limit: 5) }
        let error = #expect(throws: KubeError.self) { try frames([Array("123".utf8), Array("456".utf8)], limit: 5) }
        #expect(error?.code == .tooLarge)
    }
}

struct WatchStreamTests {
    private func events(_ response: KubeResponse) async throws -> [WatchEvent<JSONValue>] {
        let api = KubeAPI(ScriptedTransport(answers: [response]))
        var stream = try await api.watch(widget, .everything, WatchOptions()) { (bytes) throws(KubeError) in
            let bytes = try bytes.json()
            do { return try JSONValue(parsing: bytes) } catch { throw KubeError(any: error) }
        }
        var events: [WatchEvent<JSONValue>] = []
        while let event = try await stream.next() { events.append(event) }
        return events
    }

    @Test func `the recorded watches are understood event by event`() async throws {
        var kinds: [String] = []
        for exchange in try Recording("10-watch").exchanges where exchange.target.contains("watch=true") && exchange.status == 200 {
            let events = try await events(exchange.response)
            #expect(events.count == exchange.stream.count)
            for (event, frame) in zip(events, exchange.stream) {
                let type = frame["type"]?.string ?? ""
                let object = frame["object"] ?? .null
                kinds.append(type)
                switch event {
                case .added(let value): #expect(type == "ADDED" && value == object)
                case .modified(let value): #expect(type == "MODIFIED" && value == object)
                case .deleted(let value): #expect(type == "DELETED" && value == object)
                case .bookmark(let revision, let ends):
                    #expect(type == "BOOKMARK" && .string(revision) == object["metadata"]?["resourceVersion"])
                    #expect(ends == (object["metadata"]?["annotations"] != nil))
                case .error(let error):
                    #expect(type == "ERROR" && error.code == .gone && error.message == object["message"]?.string)
                case .unknown(let name): Issue.record("\(name)")
                }
            }
        }
        #expect(Set(kinds) == ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"])
    }

    @Test func `a watch that is refused is an error at once`() async throws {
        let refused = try #require(Recording("10-watch").exchanges.first { $0.status == 500 })
        let error = await #expect(throws: KubeError.self) { try await events(refused.response) }
        #expect(error?.code == .internalError)
        #expect(error?.message.contains("resourceVersion: Invalid value") == true)
    }

    @Test func `half a frame at the end is dropped`() async throws {
        let text = "{\"type\":\"ADDED\",\"object\":{\"a\":1}}\n{\"type\":\"ADDED\",\"obj"
        #expect(try await events(KubeResponse(status: 200, body: KubeBody(Array(text.utf8)))) == [.added(["a": 1])])
    }

    @Test(arguments: [
        "[]", "{}", "{\"type\":\"ADDED\"}", "{\"object\":{}}", "{\"type\":1,\"object\":{}}", "{\"type\":\"ADDED\",\"object\":{}} x",
        "{\"type\":\"ADDED\",\"object\":{\"a\":}}", "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}",
        "{\"type\":\"ERROR\",\"object\":{}}", "{\"type\":\"ADDED\",\"object\":{\"a\":[}]}", "\u{0}",
    ])
    func `a frame that is no event is an error`(frame: String) async {
        let error = await #expect(throws: KubeError.self) {
            try await events(KubeResponse(status: 200, body: KubeBody(Array((frame + "\n").utf8))))
        }
        #expect(error?.code == .malformedResponse)
    }

    @Test func `members may stand in any order, and unknown ones are skipped`() async throws {
        let text = "{ \"x\" : [1,{\"type\":\"no\"}], \"object\" : {\"s\":\"}\\\"]\"} , \"type\" : \"MOD\\u0049FIED\" }\n"
        #expect(
            try await events(KubeResponse(status: 200, body: KubeBody(Array(text.utf8)))) == [.modified(["s": "}\"]"])])
    }

    @Test(arguments: [
        "{\"type\":\"ADDED\",\"object\":{\"a\":1},\"more\":{}}", "{\"type\":\"ADDED\",\"object\":{\"a\":1} }",
        "{\"type\":\"ADDED\",\"object\": {\"a\":1}}\r",
        "{\"type\":\"MODIFIED\",\"object\":{\"a\":2},\"object\":{\"a\":1},\"type\":\"ADDED\"}",
    ])
    func `a frame that only begins like a plain one is taken apart properly`(frame: String) async throws {
        #expect(try await events(KubeResponse(status: 200, body: KubeBody(Array((frame + "\n").utf8)))) == [.added(["a": 1])])
    }

    @Test func `an object that is refused is rescued, whole and without what stands around it`() async throws {
        let text = "{\"type\":\"DELETED\",\"object\":{\"a\":1}}\n{\"type\":\"ADDED\",\"object\":{\"b\":2},\"x\":[]}\n"
        var stream = WatchStream<String>(
            KubeBody(Array(text.utf8)), decode: { (_) throws(KubeError) in throw KubeError(.malformedResponse, "no") },
            rescue: { (bytes, error) throws(KubeError) in String(decoding: try bytes.json(), as: UTF8.self) + error.message })
        let first = try await stream.next()
        let second = try await stream.next()
        #expect(first == .deleted("{\"a\":1}no") && second == .added("{\"b\":2}no"))
    }
}
