import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

struct ManualReplacementTests {
    @Test(arguments: [ReplacementMethod.recreate, .reboot])
    func `a person is told, nothing is done, and nothing is promised`(method: ReplacementMethod) throws {
        try Cloud.run { cloud in
            let replacer = ManualReplacement()
            let node = try cloud.node()
            let order = ReplacementOrder(
                nodeName: node.name, target: try await replacer.locate(node), method: method, requestID: Cloud.requestID)
            #expect(order.target.machineID == node.uid)
            let verb = method == .recreate ? "recreate the machine of node" : "reboot node"
            let wish = "\(verb) \(node.name) (\(node.providerID ?? "")), which is drained"
            #expect(try await replacer.request(order) == .wished(wish))
            try await cloud.time.sleep(for: .seconds(7200))
            #expect(try await replacer.progress(of: order) == .pending(wish))
            #expect(cloud.boots() == 1)
            #expect(cloud.compute.calls.isEmpty)
        }
    }
}
