import KubeCore

/// Cuts a watch's bytes into frames as protobuf has them: four bytes of length, the highest first, and then the frame. Chunks may end
/// anywhere.
struct LengthFrames: Sendable {
    private static let prefix = 4

    /// Longer frames are an error: no object of the API is near it.
    let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0

    init(limit: Int) { self.limit = limit }

    mutating func append(_ chunk: [UInt8]) {
        if start == buffer.count {
            buffer = chunk
        } else {
            buffer.removeFirst(start)
            buffer.append(contentsOf: chunk)
        }
        start = 0
    }

    /// The next whole frame; nil when more bytes are needed. Errors: `.tooLarge`.
    mutating func next() throws(KubeError) -> ArraySlice<UInt8>? {
        guard buffer.count - start >= Self.prefix else { return nil }
        let length = buffer[start..<start + Self.prefix].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw KubeError(.tooLarge, "a watch event is longer than \(limit) bytes") }
        let begin = start + Self.prefix
        guard buffer.count - begin >= length else { return nil }
        start = begin + length
        return buffer[begin..<start]
    }
}
