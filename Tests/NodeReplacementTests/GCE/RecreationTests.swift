import CloudSupport
import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

struct RecreationTests {
    @Test func `a machine is recreated under its name, and the stored order tells the new one from the old`() throws {
        try Cloud.run { cloud in
            let node = try cloud.node()
            var order = try await cloud.order()
            #expect(order.target.machine == "projects/proj/zones/us-central1-a/instances/\(node.name)")
            #expect(order.target.group.hasPrefix("projects/proj/zones/us-central1-a/instanceGroupManagers/gke-pool-0-"))
            #expect(order.target.machineID == node.annotations["container.googleapis.com/instance_id"])
            let started = try await cloud.replacer.progress(of: order)
            #expect(started == .notBegun("group \(order.target.group) has not begun with instance \(node.name)"))

            order.operation = try await cloud.replacer.request(order).operation
            #expect(order.operation != nil)
            let texts = try await cloud.follow(order)
            #expect(
                texts == [
                    "operation \(order.operation ?? "") of group \(order.target.group) is under way",
                    "group \(order.target.group) is RECREATING instance \(node.name)",
                ])
            let machine = try #require(cloud.cluster.machines.machine(node.name))
            #expect(String(machine.instanceID) != order.target.machineID)
            #expect(cloud.door.values(of: "requestId", with: "recreateInstances") == [Cloud.requestID])

            // The same wish again, at any later time, is granted already.
            try await cloud.time.sleep(for: .seconds(7200))
            let again = try await cloud.replacer.request(order)
            #expect(again == .accepted(operation: order.operation))
            #expect(cloud.calls(.recreateInstances) == 1)
            #expect(cloud.boots() == 2)
        }
    }

    /// At once, when the group has flagged the machine, when the machine is away, and when it is back.
    @Test(arguments: [0, 8, 40, 200])
    func `a request whose answer is lost is repeated and acts once`(secondsLater: Int) throws {
        try Cloud.run { cloud in
            let order = try await cloud.order()
            cloud.door.lose(.answer, ofNext: "recreateInstances")
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.request(order) }
            #expect(error?.reason == .outcomeUnknown)
            #expect(error?.verdict == .retryLater(after: nil))
            try await cloud.time.sleep(for: .seconds(secondsLater))
            // Another process, which knows the order and nothing else.
            let again = try await cloud.anotherReplacer().request(order)
            #expect(again.isAccepted)
            try await cloud.follow(order)
            try await cloud.time.sleep(for: .seconds(3600))
            #expect(cloud.boots() == 2)
            #expect(Set(cloud.door.values(of: "requestId", with: "recreateInstances")) == [Cloud.requestID])
        }
    }

    @Test func `a request that never arrived is not taken for done`() throws {
        try Cloud.run { cloud in
            let order = try await cloud.order()
            cloud.door.lose(.request, ofNext: "recreateInstances")
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.request(order) }
            #expect(error?.reason == .outcomeUnknown)
            try await cloud.time.sleep(for: .seconds(600))
            guard case .notBegun = try await cloud.replacer.progress(of: order) else {
                Issue.record("nothing has begun")
                return
            }
            #expect(cloud.boots() == 1)
            #expect(try await cloud.replacer.request(order).isAccepted)
            try await cloud.follow(order)
            #expect(cloud.boots() == 2)
        }
    }

    @Test func `a request accepted before a crash gives the same operation to the next process`() throws {
        try Cloud.run { cloud in
            let order = try await cloud.order()
            let first = try await cloud.replacer.request(order)
            let second = try await cloud.anotherReplacer().request(order)
            #expect(first.operation != nil)
            #expect(first == second)
            try await cloud.time.sleep(for: .seconds(3600))
            #expect(cloud.boots() == 2)
        }
    }

    /// While the group is at it, and when it is done.
    @Test(arguments: [1, 30, 600])
    func `a machine that others recreate counts as asked for, and then as done`(secondsLater: Int) throws {
        try Cloud.run { cloud in
            let order = try await cloud.order()
            cloud.cluster.recreate(cloud.name())
            try await cloud.time.sleep(for: .seconds(secondsLater))
            #expect(try await cloud.replacer.request(order).isAccepted)
            try await cloud.follow(order)
            try await cloud.time.sleep(for: .seconds(3600))
            #expect(cloud.calls(.recreateInstances) == 0)
            #expect(cloud.boots() == 2)
        }
    }

    @Test func `a machine that is away has no place to be found at, and a Node of an earlier machine is outdated`() throws {
        try Cloud.run { cloud in
            let before = try cloud.node()
            cloud.cluster.recreate(before.name)
            try await cloud.time.sleep(for: .seconds(30))
            let away = await failure { () async throws(ReplacementError) in try await cloud.replacer.locate(before) }
            #expect(away?.verdict == .gone)
            try await cloud.time.sleep(for: .seconds(600))
            let outdated = await failure { () async throws(ReplacementError) in try await cloud.replacer.locate(before) }
            #expect(outdated?.reason == .nodeOutdated)
            let after = try await cloud.order()
            #expect(after.target.machineID != before.annotations["container.googleapis.com/instance_id"])
        }
    }

    @Test func `a machine that is gone for good is gone`() throws {
        try Cloud.run(4) { cloud in
            let order = try await cloud.order()
            cloud.cluster.removeNode(order.nodeName)
            try await cloud.time.sleep(for: .seconds(6))
            #expect(try await cloud.replacer.progress(of: order) == .gone)
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.request(order) }
            #expect(error?.verdict == .gone)
        }
    }

    @Test func `a regional group is asked at its region`() throws {
        var configuration = SimulatedCompute.Configuration()
        configuration.isRegional = true
        try Cloud.run(2, configuration) { cloud in
            var order = try await cloud.order(1)
            #expect(order.target.group.hasPrefix("projects/proj/regions/us-central1/instanceGroupManagers/"))
            #expect(order.target.machine.contains("/zones/us-central1-b/"))
            order.operation = try await cloud.replacer.request(order).operation
            let texts = try await cloud.follow(order)
            #expect(texts.count == 2)
            #expect(cloud.door.requests(with: "/regions/us-central1/operations/").isEmpty == false)
            #expect(cloud.boots(1) == 2)
            #expect(cloud.boots(0) == 1)
        }
    }

    @Test func `many nodes of one group cost one listing for a while, and none after a change`() throws {
        try Cloud.run(9) { cloud in
            // Every third node is in zone a.
            let orders = [try await cloud.order(0), try await cloud.order(3), try await cloud.order(6)]
            #expect(cloud.calls(.listManagedInstances) == 1)
            for order in orders { _ = try await cloud.replacer.progress(of: order) }
            #expect(cloud.calls(.listManagedInstances) == 1)
            _ = try await cloud.replacer.request(orders[0])
            #expect(cloud.calls(.listManagedInstances) == 2)
            _ = try await cloud.replacer.progress(of: orders[1])
            #expect(cloud.calls(.listManagedInstances) == 3)
            try await cloud.time.sleep(for: .seconds(6))
            _ = try await cloud.replacer.progress(of: orders[1])
            #expect(cloud.calls(.listManagedInstances) == 4)
        }
    }
}
