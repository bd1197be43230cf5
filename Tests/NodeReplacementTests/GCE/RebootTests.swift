import CloudSupport
import CurlHTTP
import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

struct RebootTests {
    @Test func `a reboot keeps the machine and changes its start`() throws {
        try Cloud.run { cloud in
            var order = try await cloud.order(0, .reboot)
            order.operation = try await cloud.replacer.request(order).operation
            let texts = try await cloud.follow(order)
            #expect(texts.contains("group \(order.target.group) is RESTARTING instance \(order.nodeName)"))
            let machine = try #require(cloud.cluster.machines.machine(order.nodeName))
            #expect(String(machine.instanceID) == order.target.machineID)
            #expect(machine.boots == 2)

            let request = try #require(cloud.door.requests(with: "applyUpdatesToInstances").first)
            let body = try JSONValue(parsing: request.body ?? [])
            #expect(body["instances"] == [.string("zones/us-central1-a/instances/\(order.nodeName)")])
            #expect(body["minimalAction"] == "RESTART")
            #expect(body["mostDisruptiveAllowedAction"] == "RESTART")
            #expect(cloud.calls(.recreateInstances) == 0)

            #expect(try await cloud.replacer.request(order).isAccepted)
            #expect(cloud.calls(.applyUpdatesToInstances) == 1)
        }
    }

    /// Compute Engine takes no request id here: the stored operation and the group's action have to do.
    @Test(arguments: [0, 2, 10, 30, 300])
    func `an accepted reboot is not asked for again`(secondsLater: Int) throws {
        try Cloud.run { cloud in
            var order = try await cloud.order(0, .reboot)
            order.operation = try await cloud.replacer.request(order).operation
            try await cloud.time.sleep(for: .seconds(secondsLater))
            let again = try await cloud.anotherReplacer().request(order)
            #expect(again == .accepted(operation: order.operation))
            try await cloud.time.sleep(for: .seconds(3600))
            #expect(cloud.calls(.applyUpdatesToInstances) == 1)
            #expect(cloud.boots() == 2)
        }
    }

    @Test func `a machine that was recreated has been booted as well`() throws {
        try Cloud.run { cloud in
            let order = try await cloud.order(0, .reboot)
            cloud.cluster.recreate(order.nodeName)
            try await cloud.time.sleep(for: .seconds(1))
            #expect(try await cloud.replacer.request(order).isAccepted)
            try await cloud.follow(order)
            #expect(cloud.calls(.applyUpdatesToInstances) == 0)
        }
    }

    @Test func `a machine that the group restarts is not recreated meanwhile`() throws {
        try Cloud.run { cloud in
            let recreation = try await cloud.order()
            _ = try await cloud.replacer.request(try await cloud.order(0, .reboot))
            try await cloud.time.sleep(for: .seconds(10))
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.request(recreation) }
            #expect(error?.reason == .busy)
            #expect(error?.verdict == .retryLater(after: nil))
            try await cloud.time.sleep(for: .seconds(300))
            #expect(try await cloud.replacer.request(recreation).isAccepted)
            try await cloud.follow(recreation)
        }
    }
}
