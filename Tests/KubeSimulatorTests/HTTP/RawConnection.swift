import NIOCore
import NIOPosix

/// A client that writes bytes and reads bytes, so that a test sees exactly what went over the socket.
struct RawConnection {
    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var pending = ByteBuffer()

    /// Connects, runs the body and leaves, as a client that is killed leaves.
    static func open<Value: Sendable>(port: Int, _ body: (inout RawConnection) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
            }
        return try await channel.executeThenClose { input, output in
            var connection = RawConnection(input: input.makeAsyncIterator(), output: output)
            return try await body(&connection)
        }
    }

    func send(_ text: String, body: [UInt8] = []) async throws {
        var buffer = ByteBuffer(string: text)
        buffer.writeBytes(body)
        try await output.write(buffer)
    }

    func get(_ target: String, headers: String = "") async throws {
        try await send("GET \(target) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
    }

    /// The next bytes, or nil at the end of the connection.
    private mutating func more() async throws -> Bool {
        guard var next = try await input.next() else { return false }
        pending.writeBuffer(&next)
        return true
    }

    /// Status line and headers, lower-cased names; nil when the connection ended before.
    mutating func head() async throws -> (status: Int, headers: [String: String])? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let bytes = Array(pending.readableBytesView)
            if let index = bytes.firstRange(of: end) {
                pending.moveReaderIndex(forwardBy: index.upperBound)
                let lines = String(decoding: bytes[..<index.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let headers = lines.dropFirst().map { line in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return (parts[0].lowercased(), String(parts.count > 1 ? parts[1].drop { $0 == " " } : ""))
                }
                let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                return (status, Dictionary(headers) { $1 })
            }
            guard try await more() else { return nil }
        }
    }

    mutating func bytes(_ count: Int) async throws -> [UInt8]? {
        while pending.readableBytes < count {
            guard try await more() else { return nil }
        }
        return pending.readBytes(length: count)
    }

    /// One chunk of a chunked body: empty for the last one, nil when the connection ended instead.
    mutating func chunk() async throws -> [UInt8]? {
        while true {
            if let line = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let size = String(decoding: pending.readableBytesView[..<line], as: UTF8.self).prefix { $0.isHexDigit }
                pending.moveReaderIndex(to: line + 1)
                guard let count = Int(size, radix: 16), let bytes = try await bytes(count), try await self.bytes(2) != nil else {
                    return nil
                }
                return bytes
            }
            guard try await more() else { return nil }
        }
    }
}
