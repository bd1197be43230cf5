/// Carries requests to an API server: libcurl in production, the simulator in tests. The two share this protocol and nothing else.
///
/// Guarantees: `send` returns once status and headers have arrived; the body streams. Cancelling the task, or dropping
/// the body's iterator, ends the exchange. No retries: a request is sent at most once, unless it is a GET.
/// Errors: only transport failures throw; an HTTP status of any kind is a response.
package protocol KubeTransport: Sendable {
    func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse
}

package struct KubeResponse: Sendable {
    package var status: Int
    package var headers: [HeaderField]
    package var body: KubeBody

    package init(status: Int, headers: [HeaderField] = [], body: KubeBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, compared without case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A response body as a pull: each call of `next` gives the next bytes, or nil at the clean end.
///
/// One consumer. Chunks are never empty and have no relation to frames or lines.
package struct KubeBody: Sendable {
    private let pull: @Sendable () async throws(KubeError) -> [UInt8]?

    package init(next: @escaping @Sendable () async throws(KubeError) -> [UInt8]?) { pull = next }

    /// A body that is there already.
    package init(_ bytes: [UInt8]) {
        let rest = Once(bytes)
        pull = { () async throws(KubeError) -> [UInt8]? in rest.take() }
    }

    package func next() async throws(KubeError) -> [UInt8]? { try await pull() }

    /// The whole body. Errors: `.tooLarge` when it exceeds `limit` bytes.
    package func collect(upTo limit: Int) async throws(KubeError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await next() {
            guard bytes.count + chunk.count <= limit else {
                throw KubeError(.tooLarge, "the response is larger than \(limit) bytes")
            }
            if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
        }
        return bytes
    }
}
