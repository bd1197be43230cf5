import HTTPTypes
import Hummingbird
package import KubeCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves any `KubeTransport` over HTTP/1.1, so that kubectl and the operator can talk to a simulated API server.
///
/// Guarantees: bodies stream, with the client's back-pressure; a client that goes away ends its exchange with the transport;
/// a transport that fails instead of answering costs the client its connection, without a byte of an answer.
/// Ends by cancellation, at once, or by graceful shutdown: open watches are ended, other answers are finished.
package struct HTTPFace: Service {
    /// What the API server takes at most: `--max-request-bytes` of its storage, 3 MiB.
    package static let bodyLimit = 3 * 1024 * 1024

    private let transport: any KubeTransport
    private let host: String
    private let port: Int
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// `port` 0 takes any free one; `onListening` is told which, once connections are accepted.
    package init(
        transport: any KubeTransport, host: String = "127.0.0.1", port: Int, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.transport = transport
        self.host = host
        self.port = port
        self.logger = logger
        self.onListening = onListening
    }

    /// Errors: NIO's, when the address cannot be bound.
    package func run() async throws {
        let application = Application(
            responder: HTTPResponderOfTransport(transport: transport, logger: logger),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), reuseAddress: true),
            onServerRunning: { [onListening] channel in
                if let port = channel.localAddress?.port { await onListening(port) }
            },
            logger: logger)
        try await application.run()
    }
}

/// What a request needs beside itself: its connection, so that it can be cut.
struct HTTPExchangeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

struct HTTPResponderOfTransport: HTTPResponder {
    let transport: any KubeTransport
    let logger: Logger

    func respond(to request: Request, context: HTTPExchangeContext) async throws -> Response {
        let call: KubeRequest
        switch await KubeRequest.reading(request, bodyLimit: HTTPFace.bodyLimit) {
        case .success(let value): call = value
        case .failure(let refusal): return Response(refusal.status)
        }
        do {
            let answer = try await transport.send(call)
            return call.isWatch ? Response(watch: answer, of: request) : try await Response(answer)
        } catch {
            logger.debug("no answer", metadata: ["request": "\(call.method.rawValue) \(call.path)", "error": "\(error)"])
            try await context.channel.close()
            throw error
        }
    }
}
