import CurlHTTP
import Foundation
import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

/// Over sockets, with libcurl and the machine's clock: what `nodeaudit-sandbox` serves is enough for a recreation.
@Suite(.timeLimit(.minutes(1)))
struct LoopbackTests {
    @Test(arguments: [true, false])
    func `a machine is recreated over HTTP with either kind of token`(fromMetadata: Bool) async throws {
        let time = SystemTime()
        var configuration = SimulatedCluster.Configuration()
        configuration.containerOptimizedNodes = 1
        configuration.latency.flagging = .milliseconds(100)
        configuration.latency.nodeGone = .milliseconds(100)
        configuration.latency.recreation = .milliseconds(300)
        configuration.latency.registration = .milliseconds(100)
        let server = SimulatedAPIServer(time: time)
        let cluster = SimulatedCluster(server: server, time: time, configuration: configuration)
        let compute = SimulatedCompute(cluster: cluster)
        let doors = RoutedTransport([("/compute", compute), ("/token", compute)], otherwise: server)
        let key = try Self.key()
        let http = try CurlHTTPClient()
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let face = HTTPFace(transport: doors, port: 0, logger: .quiet) { bound.yield($0) }
        try await running([{ try await face.run() }, { try await cluster.run() }]) {
            var iterator = ports.makeAsyncIterator()
            let address = "http://127.0.0.1:\(try #require(await iterator.next()))"
            let tokens: any TokenSource =
                fromMetadata
                ? MetadataTokens(http: http, endpoint: address)
                : ServiceAccountTokens(http: http, time: time, endpoint: "\(address)/token") { () throws(ReplacementError) in key }
            var settings = GCEManagedInstanceGroup.Configuration()
            settings.endpoint = "\(address)/compute/v1"
            settings.listingAge = .zero
            let replacer = GCEManagedInstanceGroup(http: http, tokens: tokens, time: time, configuration: settings, logger: .quiet)

            try await time.wait(every: .milliseconds(20), for: "a node") { server.count(Node.type) == 1 }
            let node = NodeIdentity(try Node(#require(server.list(Node.type).first)))
            let target = try await replacer.locate(node)
            var order = ReplacementOrder(nodeName: node.name, target: target, requestID: Cloud.requestID)
            order.operation = try await replacer.request(order).operation
            #expect(order.operation != nil)
            try await time.wait(upTo: .seconds(20), every: .milliseconds(50), for: "its end") {
                try await replacer.progress(of: order) == .finished
            }
            #expect(compute.calls.filter { $0.call == .recreateInstances }.count == 1)
            let machine = try #require(cluster.machines.machine(node.name))
            #expect(String(machine.instanceID) != target.machineID)
        }
        await http.shutdown()
    }

    private static func key() throws -> ServiceAccountKey {
        let pair = try SigningKey()
        let value: JSONValue = ["type": "service_account", "client_email": "op@example.com", "private_key": .string(pair.pem)]
        return try ServiceAccountKey(json: value.serialized)
    }
}
