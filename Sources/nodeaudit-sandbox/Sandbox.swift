import Glibc
import KubeCore
import KubeSimulator
import Logging
import ServiceLifecycle
import UnixSignals

/// The wiring: API server, world, HTTP.
struct Sandbox {
    var cluster: SimulatedCluster.Configuration
    var port: Int
    var kubeconfig: String?
    /// Paths of CustomResourceDefinitions; none for those of the package.
    var definitions: [String]
    var speed: Int
    var workloads: [Int]
    var faults: [FaultRule]
    var notifiesProgress: Bool
    var logLevel: String

    /// Runs until SIGINT or SIGTERM. Errors: a message for a person.
    func run() async throws {
        let logger = try makeLogger()
        let time = AcceleratedTime(SystemTime(), speed: speed)
        var serving = SimulatedAPIServer.Configuration()
        serving.seed = cluster.seed
        serving.notifiesProgress = notifiesProgress
        // Each revision of a node is a hundred kilobytes here: with that many of them, less is remembered.
        if cluster.heartbeats.nodes > 0 { serving.historyWindow = 5_000 }
        let server = SimulatedAPIServer(time: time, configuration: serving)
        let world = SimulatedCluster(server: server, time: time, configuration: cluster, logger: logger)
        try furnish(server, world)

        let schedule = FaultSchedule(faults, server: server, time: time)
        let cloud = SimulatedCompute(cluster: world)
        let doors = RoutedTransport([("/compute", cloud), ("/token", cloud)], otherwise: server)
        let face = HTTPFace(transport: doors, port: port, logger: logger) { port in
            announce(port, logger)
        }
        var lifecycle = ServiceGroupConfiguration(
            services: [.init(service: WorldService(cluster: world, faults: schedule)), .init(service: face)],
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger)
        // Whatever a request waits for then, it is cut.
        lifecycle.maximumGracefulShutdownDuration = .seconds(1)
        do {
            try await ServiceGroup(configuration: lifecycle).run()
        } catch let error as KubeError where error.isCancelled {
            return
        } catch is CancellationError {
            return
        } catch {
            throw SandboxError("the sandbox cannot serve on port \(port): \(error)")
        }
    }

    private func makeLogger() throws -> Logger {
        guard let level = Logger.Level(rawValue: logLevel) else { throw SandboxError("--log-level \(logLevel): there is no such level") }
        var logger = Logger(label: "nodeaudit-sandbox") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }

    /// Kinds, namespaces and workloads.
    private func furnish(_ server: SimulatedAPIServer, _ world: SimulatedCluster) throws {
        for document in try DefinitionFiles(paths: definitions).documents() {
            try server.create(DefinitionFiles.type, document, manager: "nodeaudit-sandbox")
        }
        let privileged: JSONValue = ["pod-security.kubernetes.io/enforce": "privileged"]
        for (name, labels) in [("nodeaudit-system", [:]), ("nodeaudit-agents", privileged)] as [(String, JSONValue)] {
            try server.create(Namespace.type, ["metadata": ["name": .string(name), "labels": labels]], manager: "nodeaudit-sandbox")
        }
        for (index, replicas) in workloads.enumerated() {
            try world.addWorkload("web-\(index)", replicas: replicas, minAvailable: .int(max(0, replicas - 1)))
        }
    }

    private func announce(_ port: Int, _ logger: Logger) {
        let url = "http://127.0.0.1:\(port)"
        // Whoever waits for the line reads it from a pipe.
        defer { fflush(nil) }
        guard let kubeconfig else { return print("The sandbox serves \(url). Try: kubectl --server \(url) get nodes") }
        do {
            try Kubeconfig(server: url).write(to: kubeconfig)
            print("The sandbox serves \(url). Try: KUBECONFIG=\(kubeconfig) kubectl get nodes")
        } catch {
            logger.critical("the kubeconfig cannot be written", metadata: ["path": "\(kubeconfig)", "error": "\(error)"])
        }
    }
}

struct WorldService: Service {
    let cluster: SimulatedCluster
    let faults: FaultSchedule

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // Both end by cancellation alone.
                group.addTask { await untilCancelled { () async throws(KubeError) in try await cluster.run() } }
                group.addTask { await untilCancelled { () async throws(KubeError) in try await faults.run() } }
            }
        }
    }

    private func untilCancelled(_ body: () async throws(KubeError) -> Void) async {
        do {
            try await body()
        } catch {
            return
        }
    }
}
