import CloudSupport
import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

struct TroubleTests {
    @Test(arguments: [
        (Machine.Trouble.stockOut, "ZONE_RESOURCE_POOL_EXHAUSTED", ReplacementError.Reason.outOfCapacity),
        (.quota, "QUOTA_EXCEEDED", .quotaExceeded),
    ])
    func `without room the group goes on trying, says why, and gets there`(
        trouble: Machine.Trouble, code: String, reason: ReplacementError.Reason
    ) throws {
        try Cloud.run { cloud in
            var order = try await cloud.order()
            cloud.cluster.setTrouble(trouble, on: order.nodeName)
            order.operation = try await cloud.replacer.request(order).operation
            try await cloud.time.sleep(for: .seconds(3600))
            let progress = try await cloud.replacer.progress(of: order)
            #expect(progress.isPending)
            #expect(progress.obstacle?.code == code)
            #expect(progress.obstacle?.reason == reason)
            #expect(progress.text.contains(code))
            #expect(try await cloud.replacer.request(order).isAccepted)
            #expect(cloud.calls(.recreateInstances) == 1)
            cloud.cluster.setTrouble(.none, on: order.nodeName)
            let texts = try await cloud.follow(order)
            #expect(texts.last?.contains(code) == false, "the obstacle is over")
            #expect(cloud.boots() == 2)
        }
    }

    @Test func `a group that never finishes stays under way, and is not asked twice`() throws {
        try Cloud.run { cloud in
            var order = try await cloud.order()
            cloud.cluster.setTrouble(.neverDone, on: order.nodeName)
            order.operation = try await cloud.replacer.request(order).operation
            for _ in 0..<12 {
                try await cloud.time.sleep(for: .seconds(600))
                #expect(
                    try await cloud.replacer.progress(of: order)
                        == .pending("group \(order.target.group) is RECREATING instance \(order.nodeName)"))
                #expect(try await cloud.replacer.request(order) == .accepted(operation: order.operation))
            }
            #expect(cloud.calls(.recreateInstances) == 1)
            #expect(cloud.boots() == 1)
            cloud.cluster.setTrouble(.none, on: order.nodeName)
            try await cloud.follow(order)
            #expect(cloud.boots() == 2)
        }
    }

    @Test func `a machine that runs and never registers is finished for its provider`() throws {
        try Cloud.run { cloud in
            let order = try await cloud.order()
            cloud.cluster.setTrouble(.neverRegisters, on: order.nodeName)
            _ = try await cloud.replacer.request(order)
            try await cloud.follow(order)
            #expect(cloud.server.get(Node.type, ObjectKey(name: order.nodeName)) == nil)
        }
    }

    @Test func `what the cloud gives out for a while is tried through`() throws {
        try Cloud.run { cloud in
            let order = try await cloud.order()
            cloud.compute.refuse(.recreateInstances, with: .unavailable, times: 2)
            for _ in 0..<2 {
                let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.request(order) }
                #expect(error?.reason == .serverError)
            }
            #expect(try await cloud.replacer.request(order).isAccepted)
            #expect(Set(cloud.door.values(of: "requestId", with: "recreateInstances")).count == 1)
            try await cloud.follow(order)
        }
    }

    @Test func `after too many requests nothing is sent until the pause is over`() throws {
        try Cloud.run(2) { cloud in
            let order = try await cloud.order()
            var refusal = ComputeRefusal.tooManyRequests
            refusal.retryAfterSeconds = 17
            cloud.compute.refuse(.recreateInstances, with: refusal, times: 1)
            let error = await failure { () async throws(ReplacementError) in try await cloud.replacer.request(order) }
            #expect(error?.reason == .rateLimited)
            #expect(error?.verdict == .retryLater(after: .seconds(17)))
            try await cloud.time.sleep(for: .seconds(10))
            let count = cloud.door.requests.count
            let other = await failure { () async throws(ReplacementError) in try await cloud.replacer.locate(try cloud.identity(1)) }
            #expect(other?.verdict == .retryLater(after: .seconds(7)))
            #expect(cloud.door.requests.count == count, "other nodes wait, too")
            try await cloud.time.sleep(for: .seconds(7))
            #expect(try await cloud.replacer.request(order).isAccepted)
        }
    }
}

extension Cloud {
    /// As `node`, for bodies that throw one type.
    fileprivate func identity(_ ordinal: Int) throws(ReplacementError) -> NodeIdentity {
        do { return try node(ordinal) } catch { throw ReplacementError(.failed, "\(error)") }
    }
}
