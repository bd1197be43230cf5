import CurlHTTP
import KubeCore
import Logging

/// The cluster's name and location for log destinations, from GKE's metadata server, where flags and policies give none.
///
/// The server answers workloads with the instance attributes `cluster-name` and `cluster-location`; elsewhere the name does
/// not resolve, which is no error.
struct ClusterIdentity: Sendable {
    static let defaultEndpoint = "http://metadata.google.internal"

    private let http: CurlHTTPClient
    private let endpoint: String
    private let logger: Logger

    init(http: CurlHTTPClient, endpoint: String = ClusterIdentity.defaultEndpoint, logger: Logger) {
        self.http = http
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Fills in what is empty. Takes at most four seconds.
    func complete(_ configuration: OperatorConfiguration) async -> OperatorConfiguration {
        var configuration = configuration
        if configuration.clusterName.isEmpty { configuration.clusterName = await attribute("cluster-name") }
        if configuration.clusterLocation.isEmpty { configuration.clusterLocation = await attribute("cluster-location") }
        return configuration
    }

    private func attribute(_ name: String) async -> String {
        let request = TransferRequest(
            .get, "\(endpoint)/computeMetadata/v1/instance/attributes/\(name)", headers: ["Metadata-Flavor": "Google"],
            totalTimeout: .seconds(2), maximumBodySize: 1024)
        do {
            let response = try await http.collect(request, upTo: 1024)
            // Captive portals and other servers of that name do not send this header.
            guard response.status == 200, response.headers["Metadata-Flavor"] == "Google" else { return "" }
            let text = String(decoding: response.body, as: UTF8.self)
            logger.info("found by the metadata server", metadata: ["attribute": .string(name), "value": .string(text)])
            return text
        } catch {
            logger.debug("no metadata server", metadata: ["reason": .string(error.message)])
            return ""
        }
    }
}
