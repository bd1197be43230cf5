import CurlHTTP
import Testing

/// All tests that use the network, one after the other: they count connections, threads and descriptors.
///
/// What they cannot see, and rests on libcurl 7.88.1's source: that CAPATH is cleared beside given authorities (seen once with
/// strace: no look into /etc/ssl/certs), that giving up on a name that does not resolve does not block the loop (QUICK_EXIT), that
/// no terminal is asked for a passphrase (there is none in CI), and the failing seek function, since the second attempt at a change
/// is called off before libcurl would rewind.
@Suite(.serialized, .timeLimit(.minutes(2))) enum OverTheWire {}

/// Runs `body` with a client that is shut down afterwards.
func withClient<Value>(
    _ configure: (inout CurlHTTPClient.Configuration) -> Void = { _ in },
    _ body: (CurlHTTPClient) async throws -> Value
) async throws -> Value {
    var configuration = CurlHTTPClient.Configuration()
    configure(&configuration)
    let client = try CurlHTTPClient(configuration: configuration)
    do {
        let value = try await body(client)
        await client.shutdown()
        return value
    } catch {
        await client.shutdown()
        throw error
    }
}

extension CurlHTTPClient {
    func text(_ request: TransferRequest) async throws -> String {
        String(decoding: try await collect(request, upTo: 1 << 20).body, as: UTF8.self)
    }

    /// The error that this request ends with, in its head or in its body.
    func failure(_ request: TransferRequest, sourceLocation: SourceLocation = #_sourceLocation) async throws -> TransferError {
        try await #require(throws: TransferError.self, sourceLocation: sourceLocation) {
            _ = try await self.collect(request, upTo: .max)
        }
    }
}
