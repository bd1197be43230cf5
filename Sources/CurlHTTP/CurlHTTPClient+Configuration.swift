extension CurlHTTPClient {
    /// What holds for all requests of a client.
    package struct Configuration: Sendable {
        /// The thread's name, of which Linux shows 15 bytes.
        package var name = "curl-http"
        package var userAgent = "nodeaudit"
        /// For looking up the name, connecting, the proxy and the TLS handshake together.
        package var connectTimeout: Duration = .seconds(10)
        /// Between probes on a silent connection; Go's default, as other Kubernetes clients have it.
        package var keepAliveInterval: Duration = .seconds(30)
        /// How long sent bytes may stay unacknowledged before the connection counts as broken (TCP_USER_TIMEOUT, RFC 5482).
        package var unacknowledgedTimeout: Duration = .seconds(30)
        /// How long an idle connection is kept. An API server closes them after 90 s, which is a race better not run.
        package var maximumIdleAge: Duration = .seconds(60)
        /// Connections kept open, busy ones included; there is no limit to how many may be opened.
        package var maximumKeptConnections = 256
        /// Bytes that the head of an answer may have, status line and interim answers included. libcurl's own limit for one line
        /// is 100 KB.
        package var headLimit = 64 << 10
        /// Bytes of a body that are held for a reader before the connection is no longer read.
        package var unreadLimit = 256 << 10

        package init() {}
    }
}
