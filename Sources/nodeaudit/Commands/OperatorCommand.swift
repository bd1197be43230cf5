import ArgumentParser
import AuditOperator
import FoundationEssentials
import KubeClient
import KubeCore
import Logging
import ServiceLifecycle
import UnixSignals

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Run the controller.",
        discussion: """
            Watches AuditPolicies and makes the cluster so. In a pod it uses the service account; elsewhere --kubeconfig, \
            KUBECONFIG or ~/.kube/config. Every flag can be given as an environment variable.

            Examples:
              nodeaudit operator
              nodeaudit operator --kubeconfig ~/.kube/config --no-leader-elect --log-level debug
            """)

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var rendering: RenderingOptions

    @Option(help: "Namespace of the operator's Lease. [env: NODEAUDIT_NAMESPACE; default: nodeaudit-system]")
    var namespace: String?

    @Option(help: "The node that this process runs on: it is recreated last. [env: NODE_NAME; default: none]")
    var nodeName: String?

    @OptionGroup var machines: MachineOptions

    @Flag(inversion: .prefixedNo, help: "Let only one of several replicas work. [env: NODEAUDIT_LEADER_ELECT; default: true]")
    var leaderElect: Bool?

    @Option(help: "Address of /healthz, /readyz and /metrics. [env: NODEAUDIT_HEALTH_ADDRESS; default: 0.0.0.0:8080]")
    var healthAddress: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. [env: NODEAUDIT_LOG_LEVEL; default: info]")
    var logLevel: String?

    @Option(help: "text or json. [env: NODEAUDIT_LOG_FORMAT; default: text]")
    var logFormat: String?

    func run() async throws {
        let environment = Environment.process
        let time = SystemTime()
        let logger = try LogSettings(
            level: environment.value(logLevel, "NODEAUDIT_LOG_LEVEL", "info"),
            format: environment.value(logFormat, "NODEAUDIT_LOG_FORMAT", "text")
        ).logger(time: time)
        var configuration = rendering.configuration(identity: Self.identity(environment))
        configuration.namespace = environment.value(namespace, "NODEAUDIT_NAMESPACE", configuration.namespace)
        configuration.ownNode = environment.value(nodeName, "NODE_NAME", "")
        configuration.electsLeader =
            leaderElect ?? (environment.value(nil, "NODEAUDIT_LEADER_ELECT", "true").lowercased() != "false")
        let address = try Address(environment.value(healthAddress, "NODEAUDIT_HEALTH_ADDRESS", "0.0.0.0:8080"))

        let memory = ProcessMemory(time: time)
        let connection = try cluster.connect(environment: environment, time: time, logger: logger)
        configuration = await connection.complete(configuration)
        let registry = PrometheusRegistry()
        let controller = Operator(
            configuration, transport: connection.transport, machines: machines.sources(of: connection, environment: environment),
            time: time,
            metrics: registry, logger: logger)
        let health = HealthServer(registry: registry, refresh: controller.refreshGauges, isReady: { controller.isReady })
        let server = health.application(host: address.host, port: address.port, logger: logger) { port in
            logger.info("serving health and metrics", metadata: ["port": .stringConvertible(port)])
        }
        // Health is served until last: services stop in the reverse order.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server), .init(service: memory),
                    .init(service: OperatorService(controller: controller)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            logger.critical("ended", metadata: ["reason": .string("\(error)")])
            await connection.close()
            throw ExitCode.no
        }
        await connection.close()
    }

    /// Unique per process: the pod's name, or the host's, and a random part.
    private static func identity(_ environment: Environment) -> String {
        let name = environment.value(environment.variables["POD_NAME"], "HOSTNAME", ProcessInfo.processInfo.hostName)
        return "\(name)_\(UUID().uuidString.lowercased())"
    }
}

/// The operator as a service: told to stop, it ends what it has in hand and gives the lease back.
private struct OperatorService: Service {
    let controller: Operator

    func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await controller.run()
            } onGracefulShutdown: {
                controller.shutDown()
            }
        } catch let error as KubeError where error.isCancelled {
            return
        }
    }
}
