import CurlHTTP
package import KubeClient
package import KubeCore
package import Logging

/// The way to a real cluster: one HTTP client, and the transport to the API server that a configuration names.
package struct ClusterConnection: Sendable {
    package let transport: any KubeTransport
    /// Who replaces machines, over the same HTTP client.
    package let machines: MachineSources
    private let http: CurlHTTPClient
    private let logger: Logger

    /// Errors: `.configuration`, naming the file, the context and what to do. The server is not asked yet.
    package init(_ sources: ClusterConfiguration.Sources, time: any TimeSource, logger: Logger) throws(KubeError) {
        let configuration = try ClusterConfiguration.load(sources)
        logger.info("using cluster", metadata: ["cluster": .stringConvertible(configuration)])
        do throws(TransferError) {
            http = try CurlHTTPClient()
        } catch {
            throw KubeError(.configuration, error.message)
        }
        transport = try CurlTransport(
            configuration, http: http, proxies: ProxyRules(environment: sources.environment), files: sources.files, time: time,
            logger: logger)
        machines = MachineSources(http: http, files: sources.files)
        self.logger = logger
    }

    /// Fills in the cluster's name and location where they are not given and the metadata server knows them.
    package func complete(_ configuration: OperatorConfiguration) async -> OperatorConfiguration {
        await ClusterIdentity(http: http, logger: logger).complete(configuration)
    }

    /// Ends every exchange.
    package func close() async { await http.shutdown() }
}
