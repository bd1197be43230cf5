package import KubeCore

/// Several services behind one address: a request goes to the first whose path prefix it has.
package struct RoutedTransport: KubeTransport {
    private let routes: [(prefix: String, transport: any KubeTransport)]
    private let otherwise: any KubeTransport

    package init(_ routes: [(prefix: String, transport: any KubeTransport)], otherwise: any KubeTransport) {
        self.routes = routes
        self.otherwise = otherwise
    }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        let transport = routes.first { request.path.hasPrefix($0.prefix) }?.transport ?? otherwise
        return try await transport.send(request)
    }
}
