/// The body of a response, as the bytes come in.
///
/// Guarantees:
/// - **Bounded**: about `Configuration.unreadLimit` bytes are held for a slow reader; then the connection is no longer
///   read and the server has to wait. What is held may exceed it by one read of libcurl, and by the room that is left in its pieces.
/// - **Complete**: the sequence ends without an error only after the whole body as the server framed it. What arrived
///   before a failure is handed out first, then the failure.
/// - **Prompt end**: when its iterator goes away, or the reading task is cancelled, the transfer ends and the connection
///   is closed, unless the body was complete: then the connection is kept for the next request.
///
/// It is read once, by one reader; what was read is gone. A second reader gets an error.
package struct ResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = TransferError

    private let lease: Lease

    init(of exchange: Exchange) {
        lease = Lease(exchange)
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(body: lease, reading: Lease(lease.exchange))
    }

    /// Reads everything that is left.
    ///
    /// - Throws: `TransferError`, `tooLarge(.body)` if there are more than `limit` bytes; the transfer is ended then.
    package func collect(upTo limit: Int) async throws(TransferError) -> [UInt8] {
        let iterator = makeAsyncIterator()
        var collected: [UInt8] = []
        while let chunk = try await iterator.next(isolation: nil) {
            guard chunk.count <= limit - collected.count else {
                throw lease.exchange.error(.tooLarge(.body), "the body has more than \(limit) bytes")
            }
            if collected.isEmpty { collected = chunk } else { collected += chunk }
        }
        return collected
    }

    package struct Iterator: AsyncIteratorProtocol {
        /// The reader may let go of the response while it reads on.
        fileprivate let body: Lease
        fileprivate let reading: Lease

        /// The next bytes, at least one, or `nil` at the end of the body.
        ///
        /// - Throws: `TransferError`; `.cancelled` if the task was cancelled, even if bytes were waiting.
        package func next(isolation actor: isolated (any Actor)?) async throws(TransferError) -> [UInt8]? {
            try await reading.exchange.nextChunk(isolation: actor)
        }
    }

    /// Ends the transfer when nobody can read it any more. A transfer that is over is not disturbed.
    fileprivate final class Lease: Sendable {
        let exchange: Exchange

        init(_ exchange: Exchange) {
            self.exchange = exchange
        }

        deinit {
            exchange.cancel()
        }
    }
}
