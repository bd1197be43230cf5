import KubeCore
import Synchronization

/// Hands a list out in chunks.
final class ListCursor: Sendable {
    private struct Progress {
        var position = -1
        var isEnded = false
    }

    private let progress = Mutex(Progress())
    private let head: [UInt8]
    private let objects: [StoredObject]
    private let itemHead: [UInt8]
    private let encode: @Sendable (StoredObject) -> [UInt8]
    private static let chunkSize = 256 * 1024

    init(head: [UInt8], objects: [StoredObject], itemHead: [UInt8], encode: @escaping @Sendable (StoredObject) -> [UInt8]) {
        self.head = head
        self.objects = objects
        self.itemHead = itemHead
        self.encode = encode
    }

    func next() -> [UInt8]? {
        progress.withLock { progress in
            if progress.isEnded { return nil }
            var chunk: [UInt8] = []
            if progress.position < 0 {
                chunk = head
                progress.position = 0
            }
            while progress.position < objects.count, chunk.count < Self.chunkSize {
                if progress.position > 0 { chunk.append(UInt8(ascii: ",")) }
                chunk += itemHead
                chunk += encode(objects[progress.position])
                chunk.append(UInt8(ascii: "}"))
                progress.position += 1
            }
            if progress.position == objects.count {
                chunk += Array("]}\n".utf8)
                progress.isEnded = true
            }
            return chunk
        }
    }
}
