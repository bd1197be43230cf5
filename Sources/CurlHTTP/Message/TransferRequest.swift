/// One HTTP request as a plain value: everything that decides what is sent, to whom and how long it may take.
///
/// It carries its own TLS material and its own proxy, so that a rotated certificate or another server takes effect with
/// the next request. Connections are shared only between requests whose TLS material, proxy and host are equal.
package struct TransferRequest: Sendable {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether asking twice is as good as asking once, as RFC 9110 (9.2.1) has it: only reading is safe.
        ///
        /// A safe request is asked again, by libcurl and unseen, if a kept-alive connection dies under it.
        /// Any other is begun at most once.
        package var isSafe: Bool { self == .get || self == .head }
    }

    package var method: Method
    /// An absolute `http` or `https` URL without user information. It is sent as it stands: no path is squashed,
    /// nothing is escaped.
    package var url: String
    /// Sent in this order. `Host`, `Connection`, `Content-Length`, `Transfer-Encoding`, `Expect`, `TE` and `Upgrade` are
    /// refused, since they would undo what the client promises. `Accept-Encoding: identity` is added unless another is given.
    package var headers: HeaderFields
    /// The bytes to send. `nil` and empty are the same to a server: `Content-Length: 0`. Refused for safe methods.
    package var body: [UInt8]?
    package var tls: TLSMaterial
    /// The proxy for this request, `nil` for none. Nothing is read from the environment.
    package var proxy: Proxy?
    /// From the call of `execute` to the last byte of the body, time spent waiting for a slow reader included.
    package var totalTimeout: Duration?
    /// How long the connection may be silent in both directions while bytes are expected. Time during which the
    /// reader of the body is the slow one does not count, nor does connecting, which has its own limit.
    package var idleTimeout: Duration?
    /// The most bytes that the body of the response may have, `nil` for any: memory is bounded by back-pressure anyway.
    package var maximumBodySize: Int?

    package init(
        _ method: Method = .get,
        _ url: String,
        headers: HeaderFields = [:],
        body: [UInt8]? = nil,
        tls: TLSMaterial = TLSMaterial(),
        proxy: Proxy? = nil,
        totalTimeout: Duration? = nil,
        idleTimeout: Duration? = nil,
        maximumBodySize: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.tls = tls
        self.proxy = proxy
        self.totalTimeout = totalTimeout
        self.idleTimeout = idleTimeout
        self.maximumBodySize = maximumBodySize
    }
}

extension TransferRequest: CustomStringConvertible {
    /// Method and URL, without credentials and without the query.
    package var description: String { "\(method.rawValue) \(RedactedURL(url))" }
}
