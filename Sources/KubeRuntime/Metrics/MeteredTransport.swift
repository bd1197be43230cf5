package import KubeCore

/// Counts requests by method and by how they ended.
package struct MeteredTransport: KubeTransport {
    private let next: any KubeTransport
    private let metrics: RuntimeMetrics

    package init(_ next: any KubeTransport, metrics: RuntimeMetrics) {
        self.next = next
        self.metrics = metrics
    }

    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        do {
            let response = try await next.send(request)
            metrics.requested(method: request.method.rawValue, code: String(response.status))
            return response
        } catch {
            if !error.isCancelled { metrics.requested(method: request.method.rawValue, code: "<error>") }
            throw error
        }
    }
}
