/// Bytes in the order in which they came, in pieces of a bounded size.
///
/// One growing piece would be copied each time it grows, and be so large that the allocator asks the kernel for it each time.
struct Chunks: Sendable {
    /// Of one piece, in bytes. A read of libcurl is at most 64 KB.
    private static let largest = 96 << 10

    private var pieces: [[UInt8]] = []
    private(set) var size = 0
    /// How much there was when it was last taken: as much may come again.
    private var usualSize = 0

    var isEmpty: Bool { pieces.isEmpty }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        size += bytes.count
        if let last = pieces.indices.last, pieces[last].count + bytes.count <= Self.largest {
            pieces[last].append(contentsOf: bytes)
        } else {
            var piece: [UInt8] = []
            // Room for what follows, where much comes. A piece in which room is left over counts for less than it takes.
            piece.reserveCapacity(usualSize >= Self.largest / 2 ? Self.largest : bytes.count)
            piece.append(contentsOf: bytes)
            pieces.append(piece)
        }
    }

    /// Takes everything of another. Small pieces are put together: who reads slowly from a slow server must not end up with thousands.
    mutating func take(all other: inout Chunks) {
        size += other.size
        for piece in other.pieces {
            if let last = pieces.indices.last, pieces[last].count + piece.count <= Self.largest / 8 {
                pieces[last] += piece
            } else {
                pieces.append(piece)
            }
        }
        other.usualSize = other.size
        other.pieces = []
        other.size = 0
    }

    mutating func popFirst() -> [UInt8]? {
        guard !pieces.isEmpty else { return nil }
        let piece = pieces.removeFirst()
        size -= piece.count
        return piece
    }
}
