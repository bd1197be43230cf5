import CurlHTTP
import FoundationEssentials
import KubeClient
import KubeCore
import KubeSimulator
import Logging
import TestSupport
import Testing

/// The stages of all open doors, set up once around the suite and struck after it, whatever the tests came to.
struct Stages: SuiteTrait, TestScoping {
    @TaskLocal static var current: [Door: Stage] = [:]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.raise(Door.open[...], [:], function)
    }

    private static func raise(_ doors: ArraySlice<Door>, _ stages: [Door: Stage], _ body: @Sendable () async throws -> Void) async throws {
        guard let door = doors.first else {
            return try await $current.withValue(stages) { try await body() }
        }
        try await withTransport(through: door) { transport in
            let stage = Stage(door: door, transport: transport)
            let result: Result<Void, any Error>
            do {
                try await stage.raise()
                var stages = stages
                stages[door] = stage
                result = .success(try await raise(doors.dropFirst(), stages, body))
            } catch {
                result = .failure(error)
            }
            await stage.strike()
            try result.get()
        }
    }

    // MARK: Servers

    private static let silent = Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() }

    private static func withTransport(
        through door: Door, _ body: @Sendable (any KubeTransport) async throws -> Void
    ) async throws {
        switch door {
        case .inProcess: try await withSimulator { server in try await body(server) }
        case .http:
            try await withSimulator { server in
                let (ports, bound) = AsyncStream.makeStream(of: Int.self)
                let face = HTTPFace(transport: server, port: 0, logger: silent) { bound.yield($0) }
                try await running([{ try await face.run() }]) {
                    var iterator = ports.makeAsyncIterator()
                    let port = try #require(await iterator.next())
                    try await withCurl(ClusterConfiguration(server: "http://127.0.0.1:\(port)", origin: "the contract's simulator"), body)
                }
            }
        case .cluster:
            let environment = ProcessInfo.processInfo.environment
            let configuration = try ClusterConfiguration.load(
                ClusterConfiguration.Sources(kubeconfig: Door.kubeconfig, environment: environment, home: environment["HOME"]))
            try await withCurl(configuration, body)
        }
    }

    /// An API server with the controllers that its behaviour needs: garbage, namespaces, budgets and DaemonSets. No nodes.
    private static func withSimulator(_ body: @Sendable (SimulatedAPIServer) async throws -> Void) async throws {
        let time = SystemTime()
        let server = SimulatedAPIServer(time: time)
        var configuration = SimulatedCluster.Configuration()
        configuration.containerOptimizedNodes = 0
        configuration.latency = .none
        configuration.fillsNamespaces = true
        configuration.tracksManagedFields = true
        let cluster = SimulatedCluster(server: server, time: time, configuration: configuration)
        try await running([{ try await cluster.run() }]) { try await body(server) }
    }

    private static func withCurl(
        _ configuration: ClusterConfiguration, _ body: @Sendable (any KubeTransport) async throws -> Void
    ) async throws {
        let http = try CurlHTTPClient()
        let proxies = ProxyRules(environment: ProcessInfo.processInfo.environment)
        let result: Result<Void, any Error>
        do {
            let transport = try CurlTransport(configuration, http: http, proxies: proxies, time: SystemTime(), logger: silent)
            result = .success(try await body(transport))
        } catch {
            result = .failure(error)
        }
        await http.shutdown()
        try result.get()
    }
}
