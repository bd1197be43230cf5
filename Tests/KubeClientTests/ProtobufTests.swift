import KubeCore
import TestSupport
import Testing

@testable import KubeClient

@Suite("Protobuf as an API server writes it")
struct ProtobufTests {
    private static let node = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    /// What Kubernetes 1.36.2 sent: the end of the initial events of an empty selection.
    private static let bookmark = """
        000000880a08424f4f4b4d41524b127c0a7a6b3873000a0a0a02763112044e6f646512640a380a0012001a0022002a003205393136353838004200
        62210a196b38732e696f2f696e697469616c2d6576656e74732d656e6412047472756512080a0012001a0020001a1e1a0032040a0208003a140a00
        12001a0022002a0032003a0042004a0052001a002200
        """
    /// The same server about revision 1.
    private static let expired = """
        000000650a054552524f52125c0a5a6b3873000a0c0a027631120653746174757312420a060a0012001a0012074661696c7572651a23746f6f206f
        6c64207265736f757263652076657273696f6e3a20312028393134383629220745787069726564309a031a002200
        """
    /// And about a node that it does not have: no watch, an answer.
    private static let notFound = """
        6b3873000a0c0a0276311206537461747573124f0a060a0012001a0012074661696c7572651a186e6f64657320226e6f7375636822206e6f742066
        6f756e6422084e6f74466f756e642a150a066e6f7375636812001a056e6f646573280032003094031a002200
        """

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.filter { !$0.isWhitespace })
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }

    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(content.count)] + content }

    /// A frame around an object with a name and a revision.
    private static func frame(_ type: String, name: String) -> [UInt8] {
        let metadata = field(1, Array(name.utf8)) + field(6, Array("7".utf8))
        let unknown = field(1, field(1, Array("v1".utf8)) + field(2, Array("Node".utf8))) + field(2, field(1, metadata))
        let event = field(1, Array(type.utf8)) + field(2, field(1, Array("k8s\0".utf8) + unknown))
        return [0, 0, 0, UInt8(event.count)] + event
    }

    private func events(_ chunks: [[UInt8]], type: String = "application/vnd.kubernetes.protobuf;stream=watch") async throws
        -> [WatchEvent<String>]
    {
        let rest = Monitor(chunks)
        let body = KubeBody { () async throws(KubeError) -> [UInt8]? in rest.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
        let transport = ScriptedTransport(
            answers: [KubeResponse(status: 200, headers: [HeaderField("Content-Type", type)], body: body)])
        var stream = try await KubeAPI(transport).watch(Self.node, .everything, WatchOptions(), offersProtobuf: true) {
            (bytes) throws(KubeError) -> String in
            switch bytes {
            case .json: return "JSON"
            case .protobuf(let bytes): return try ProtoHeader(bytes).key.name
            }
        }
        #expect(transport.requests.first?.accept == "application/vnd.kubernetes.protobuf, application/json")
        var events: [WatchEvent<String>] = []
        while let event = try await stream.next() { events.append(event) }
        return events
    }

    @Test func `events are the same wherever the chunks are cut`() async throws {
        let all =
            Self.frame("ADDED", name: "a") + Self.frame("MODIFIED", name: "b") + Self.bytes(Self.bookmark)
            + Self.frame("DELETED", name: "a") + Self.frame("NEWS", name: "c")
        let whole: [WatchEvent<String>] = [
            .added("a"), .modified("b"), .bookmark(revision: "91658", endsInitialEvents: true), .deleted("a"), .unknown(type: "NEWS"),
        ]
        for size in [1, 2, 3, 5, 7, 64, 1_000] {
            let chunks = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
            #expect(try await events(chunks) == whole)
        }
        // A frame that the end of the stream has cut is dropped.
        #expect(try await events([Array(all.dropLast(3))]) == whole.dropLast())
    }

    @Test func `errors are the server's own, in a watch and instead of it`() async throws {
        guard case .error(let gone)? = try await events([Self.bytes(Self.expired)]).first else {
            Issue.record("no error")
            return
        }
        #expect(gone.code == .gone && gone.message == "too old resource version: 1 (91486)")
        let refusal = KubeResponse(
            status: 404, headers: [HeaderField("Content-Type", "application/vnd.kubernetes.protobuf")],
            body: KubeBody(Self.bytes(Self.notFound)))
        let api = KubeAPI(ScriptedTransport(answers: [refusal]))
        let error = await #expect(throws: KubeError.self) { try await api.bytes(for: KubeRequest(method: .get, path: "/x")) }
        #expect(error?.code == .notFound && error?.message == "nodes \"nosuch\" not found" && error?.status?.details?.name == "nosuch")
    }

    @Test func `a server that answers in JSON is understood as well`() async throws {
        let line = #"{"type":"ADDED","object":{"metadata":{"name":"a"}}}"# + "\n"
        #expect(try await events([Array(line.utf8)], type: "application/json") == [.added("JSON")])
    }

    @Test func `a frame that is too long is an error before it has come`() throws {
        var frames = LengthFrames(limit: 5)
        frames.append([0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0])
        #expect(try frames.next() == [1, 2, 3, 4, 5])
        #expect(try frames.next() == nil)
        frames.append([0, 6])
        let error = #expect(throws: KubeError.self) { try frames.next() }
        #expect(error?.code == .tooLarge)
    }

    @Test func `every cut of a message is refused or a shorter message, and never a crash`() throws {
        let message = Array(Self.bytes(Self.bookmark).dropFirst(4))
        for end in 0...message.count { Self.walk(message[..<end], depth: 0) }
    }

    @Test(arguments: Seeds.first(30)) func `any bytes are refused or walked over, and never a crash`(seed: Int) {
        let random = Damage(seed)
        for _ in 0..<200 {
            var bytes = Self.bytes([Self.bookmark, Self.expired, Self.notFound][random.draw(3)])
            for _ in 0...random.draw(6) { bytes[random.draw(bytes.count)] = UInt8(random.draw(256)) }
            Self.walk(bytes[...], depth: 0)
            var frames = LengthFrames(limit: 1 << 20)
            frames.append(bytes)
            do { while let frame = try frames.next() { Self.walk(frame, depth: 0) } } catch { #expect(error.code == .tooLarge) }
        }
    }

    /// A generator for damage, the same in each run.
    private final class Damage {
        private var state: UInt64

        init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

        func draw(_ count: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(count))
        }
    }

    /// Reads every field in every way.
    private static func walk(_ bytes: ArraySlice<UInt8>, depth: Int) {
        guard depth < 8 else { return }
        var cursor = ProtoCursor(bytes)
        do {
            while let field = try cursor.next() {
                for read in [
                    { _ = try cursor.text(field) }, { _ = try cursor.integer(field) }, { _ = try cursor.time(field) },
                    { _ = try cursor.entry(field) }, { walk(try cursor.slice(field), depth: depth + 1) },
                ] {
                    do { try read() } catch { #expect(error is KubeError) }
                }
            }
        } catch {
            #expect(error.code == .malformedResponse)
        }
        for read in [{ _ = try ProtoObject(bytes) }, { _ = try ProtoHeader(bytes) }, { _ = try Status(protobuf: bytes) }] {
            do { try read() } catch { #expect(error is KubeError) }
        }
    }

    @Test(
        arguments: [
            [0x08], [0x08, 0x80], [0x0A, 0x05, 1], [0x0B], [0x0D, 1, 2, 3], [0x09, 1], [0x00, 1], [0x0F],
            [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        ] as [[UInt8]])
    func `what is no message is refused`(bytes: [UInt8]) {
        var cursor = ProtoCursor(bytes[...])
        let error = #expect(throws: KubeError.self) { while try cursor.next() != nil {} }
        #expect(error?.code == .malformedResponse)
    }

    @Test func `a time beyond the years that JSON knows is refused`() throws {
        func time(_ varint: [UInt8]) throws -> Timestamp? {
            let message: [UInt8] = [0x08] + varint
            var cursor = ProtoCursor(([0x0A, UInt8(message.count)] + message)[...])
            let field = try #require(try cursor.next())
            return try cursor.time(field)
        }
        #expect(try time([0x96, 0x01]) == Timestamp(seconds: 150))
        let largest = [UInt8](repeating: 0xFF, count: 8) + [0x7F]
        let smallest = [UInt8](repeating: 0x80, count: 9) + [0x01]
        for varint in [largest, smallest] { #expect(throws: KubeError.self) { try time(varint) } }
    }

    @Test func `numbers have 64 bits and a sign`() throws {
        var cursor = ProtoCursor([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x10, 0x96, 0x01][...])
        let first = try #require(try cursor.next())
        #expect(try cursor.integer(first) == -1)
        let second = try #require(try cursor.next())
        #expect(try second.number == 2 && cursor.integer(second) == 150)
        #expect(try cursor.next() == nil)
    }
}
