import KubeCore

/// Cuts a watch's bytes into frames as protobuf has them: four bytes of length, the highest first, and then the frame. Chunks may end
/// anywhere.
///
/// A frame that lies whole in a chunk is given as it lies there; only one that a chunk's end has cut is put together.
struct LengthFrames: Sendable {
    private static let prefix = 4

    /// Longer frames are an error: no object of the API is near it.
    let limit: Int
    private var chunk: [UInt8] = []
    private var position = 0
    /// The beginning of a frame whose rest is in the chunk, or yet to come.
    private var cut: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    /// Takes the next bytes. Call `next` until it gives nil before.
    mutating func append(_ chunk: [UInt8]) {
        cut += self.chunk[position...]
        self.chunk = chunk
        position = 0
    }

    /// The next whole frame; nil when more bytes are needed. Errors: `.tooLarge`.
    mutating func next() throws(KubeError) -> ArraySlice<UInt8>? {
        if !cut.isEmpty { return try nextCut() }
        guard let size = try size(of: chunk[position...]), chunk.count - position >= size else { return nil }
        defer { position += size }
        return chunk[position + Self.prefix..<position + size]
    }

    private mutating func nextCut() throws(KubeError) -> ArraySlice<UInt8>? {
        take(upTo: Self.prefix)
        guard let size = try size(of: cut[...]) else { return nil }
        take(upTo: size)
        guard cut.count == size else { return nil }
        defer { cut = [] }
        return cut[Self.prefix...]
    }

    /// Moves what a cut frame lacks out of the chunk, as far as it is there.
    private mutating func take(upTo size: Int) {
        let count = min(size - cut.count, chunk.count - position)
        guard count > 0 else { return }
        cut += chunk[position..<position + count]
        position += count
    }

    /// The frame with its prefix; nil before the prefix is there.
    private func size(of bytes: ArraySlice<UInt8>) throws(KubeError) -> Int? {
        guard bytes.count >= Self.prefix else { return nil }
        let length = bytes.prefix(Self.prefix).reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw KubeError(.tooLarge, "a watch event is longer than \(limit) bytes") }
        return Self.prefix + length
    }
}
