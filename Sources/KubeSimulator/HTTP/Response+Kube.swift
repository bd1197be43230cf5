import HTTPTypes
import Hummingbird
import KubeCore
import NIOCore
import ServiceLifecycle

extension Response {
    /// Bytes of a whole answer that are gathered for a Content-Length; a longer one is sent in chunks, as the API server does.
    private static let wholeLimit = 128 * 1024
    /// Bytes handed to the connection at once, so that a slow reader holds back the one who makes them.
    private static let chunkLimit = 256 * 1024

    init(_ status: Status) {
        let code = status.code ?? 500
        let value: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(status.message ?? ""),
            "reason": .string(status.reason ?? ""), "code": .integer(Int64(code)),
        ]
        self.init(
            status: HTTPResponse.Status(code: code), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.serialized)))
    }

    /// Errors: the transport's, when it fails before anything has been sent.
    init(_ answer: KubeResponse) async throws(KubeError) {
        let head = HTTPFields(answer)
        let source = answer.body
        var start = ByteBuffer()
        var isWhole = false
        while start.readableBytes < Self.wholeLimit, !isWhole {
            if let chunk = try await source.next() { start.writeBytes(chunk) } else { isWhole = true }
        }
        let status = HTTPResponse.Status(code: answer.status)
        guard !isWhole else {
            self.init(status: status, headers: head, body: ResponseBody(byteBuffer: start))
            return
        }
        let first = start
        self.init(
            status: status, headers: head,
            body: ResponseBody { writer in
                try await Self.write(first, to: &writer)
                while let chunk = try await source.next() { try await Self.write(ByteBuffer(bytes: chunk), to: &writer) }
                try await writer.finish(nil)
            })
    }

    /// An answer that lasts until its sender ends it, its reader goes away or the server stops. The connection ends with it.
    init(watch answer: KubeResponse, of request: Request) {
        var head = HTTPFields(answer)
        head[.connection] = "close"
        let source = answer.body
        self.init(
            status: HTTPResponse.Status(code: answer.status), headers: head,
            body: ResponseBody { writer in
                let events = BodyChunks(body: source).cancelOnGracefulShutdown()
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for try await chunk in events { try await Self.write(ByteBuffer(bytes: chunk), to: &writer) }
                }
                try await writer.finish(nil)
            })
    }

    private static func write(_ buffer: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        var rest = buffer
        while let part = rest.readSlice(length: min(rest.readableBytes, chunkLimit)), part.readableBytes > 0 {
            try await writer.write(part)
        }
    }
}

extension HTTPFields {
    /// The answer's headers without those that belong to the connection.
    fileprivate init(_ answer: KubeResponse) {
        let framing: Set<HTTPField.Name> = [.contentLength, .transferEncoding, .connection]
        self.init()
        for field in answer.headers {
            guard let name = HTTPField.Name(field.name), !framing.contains(name) else { continue }
            append(HTTPField(name: name, value: field.value))
        }
    }
}

/// A body as an asynchronous sequence, for the operators that need one.
private struct BodyChunks: AsyncSequence, Sendable {
    let body: KubeBody

    struct Iterator: AsyncIteratorProtocol {
        let body: KubeBody
        func next() async throws -> [UInt8]? { try await body.next() }
    }

    func makeAsyncIterator() -> Iterator { Iterator(body: body) }
}
