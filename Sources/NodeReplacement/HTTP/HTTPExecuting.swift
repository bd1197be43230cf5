package import CurlHTTP

/// Sends one HTTP request and brings the whole answer: libcurl in production, a script in tests, a fence around either.
///
/// Whoever may lose leadership wraps what it hands to providers in a `FencedHTTP`: the fence is asked when a request is sent, after
/// any wait for a token, so nothing is asked for by a replica that no longer leads. (Requests to Kubernetes have their own, in
/// their `KubeTransport`.)
///
/// Errors: only transport failures; an HTTP status of any kind is an answer.
package protocol HTTPExecuting: Sendable {
    func answer(to request: TransferRequest) async throws(TransferError) -> HTTPAnswer
}

package struct HTTPAnswer: Sendable {
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]

    package init(status: Int, headers: HeaderFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `Retry-After` in seconds, at most an hour; its date form is not used by the services spoken to here.
    var retryAfter: Duration? {
        guard let text = headers["Retry-After"], let seconds = Int64(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 3600))
    }
}

extension CurlHTTPClient: HTTPExecuting {
    package func answer(to request: TransferRequest) async throws(TransferError) -> HTTPAnswer {
        let response = try await collect(request, upTo: request.maximumBodySize ?? 1 << 20)
        return HTTPAnswer(status: response.status, headers: response.headers, body: response.body)
    }
}

/// How a service is reached.
package struct HTTPRoute: Sendable {
    package var tls: TLSMaterial
    package var proxy: Proxy?

    package init(tls: TLSMaterial = TLSMaterial(), proxy: Proxy? = nil) {
        self.tls = tls
        self.proxy = proxy
    }
}
