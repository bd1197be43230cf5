package import KubeCore

/// Cuts a watch's bytes into frames: one JSON text a line. Chunks may end anywhere.
package struct WatchFrames: Sendable {
    /// Longer frames are an error: no object of the API is near it.
    package let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0

    package init(limit: Int = 16 << 20) { self.limit = limit }

    /// Bytes that have come and are not part of a whole frame yet.
    package var isEmpty: Bool { start == buffer.count }

    package mutating func append(_ chunk: [UInt8]) {
        if start == buffer.count {
            buffer = chunk
        } else {
            if start > 0 { buffer.removeFirst(start) }
            scanned -= start
            start = 0
            buffer.append(contentsOf: chunk)
            return
        }
        start = 0
        scanned = 0
    }

    /// The next whole frame without its newline; nil when more bytes are needed. Empty lines are skipped.
    package mutating func next() throws(KubeError) -> ArraySlice<UInt8>? {
        while let end = newline() {
            let frame = buffer[start..<end]
            start = end + 1
            scanned = start
            guard frame.count <= limit else { throw tooLong }
            if !frame.isEmpty, frame != [UInt8(ascii: "\r")] { return frame }
        }
        guard buffer.count - start <= limit else { throw tooLong }
        return nil
    }

    private mutating func newline() -> Int? {
        let end = buffer.span.firstOffset(of: UInt8(ascii: "\n"), from: scanned)
        if end == nil { scanned = buffer.count }
        return end
    }

    private var tooLong: KubeError { KubeError(.tooLarge, "a watch event is longer than \(limit) bytes") }
}
