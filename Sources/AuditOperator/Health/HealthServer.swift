package import Hummingbird
import KubeCore
package import Logging

/// The operator's own HTTP port: `/healthz`, `/readyz` and `/metrics`.
///
/// `/healthz` answers as long as the process can answer; `/readyz` turns to 200 when the caches are filled, also on a
/// standby, so that a roll-out of the operator waits for warm caches. No request reads an object's contents.
package struct HealthServer: Sendable {
    private let registry: PrometheusRegistry
    private let refresh: @Sendable () -> Void
    private let isReady: @Sendable () -> Bool

    /// `refresh` brings gauges up to date before each page is rendered.
    package init(
        registry: PrometheusRegistry, refresh: @escaping @Sendable () -> Void = {}, isReady: @escaping @Sendable () -> Bool
    ) {
        self.registry = registry
        self.refresh = refresh
        self.isReady = isReady
    }

    package func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/healthz") { _, _ in Self.text(.ok, "ok\n") }
        router.get("/readyz") { _, _ in
            isReady() ? Self.text(.ok, "ok\n") : Self.text(.serviceUnavailable, "caches are not filled yet\n")
        }
        router.get("/metrics") { _, _ in
            refresh()
            return Self.text(.ok, registry.page(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return router
    }

    /// Serves on `host:port`; port 0 takes a free one, which `onBound` is told.
    package func application(
        host: String, port: Int, logger: Logger, onBound: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(), configuration: .init(address: .hostname(host, port: port), serverName: "nodeaudit"),
            onServerRunning: { channel in await onBound(channel.localAddress?.port ?? port) }, logger: logger)
    }

    private static func text(_ status: HTTPResponse.Status, _ body: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
