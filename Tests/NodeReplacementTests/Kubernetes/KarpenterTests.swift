import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

struct KarpenterTests {
    private func order(_ machines: OwnedMachines) async throws -> ReplacementOrder {
        let node = try machines.node()
        let target = try await KarpenterNodeClaims(machines.spy).locate(node)
        return ReplacementOrder(nodeName: node.name, target: target, requestID: Cloud.requestID)
    }

    @Test func `the NodeClaim of a node is deleted by its uid, and the node is gone`() throws {
        try OwnedMachines.run(.karpenter) { machines in
            let replacer = KarpenterNodeClaims(machines.spy)
            let order = try await order(machines)
            let uid = machines.server.get(machines.owner.type, machines.key())?["metadata"]?["uid"]?.string
            #expect(order.target.machine == machines.key().name)
            #expect(order.target.group == "NodePool/pool-0")
            #expect(order.target.machineID == uid)
            #expect(try await replacer.request(order) == .accepted(operation: nil))
            let deletion = try #require(machines.deletions.first)
            #expect(deletion.path == "/apis/karpenter.sh/v1/nodeclaims/\(machines.key().name)")
            let options = try JSONValue(parsing: deletion.body)
            #expect(options["preconditions"]?["uid"]?.string == uid)
            #expect(try await replacer.progress(of: order).isPending)
            try await machines.time.wait(for: "its end") { try await replacer.progress(of: order) == .gone }
            try await machines.time.wait(for: "no node") { try machines.object(ofNode: 0) == nil }
            #expect(try machines.object(ofNode: 1) != nil)
            #expect(try await replacer.request(order) == .accepted(operation: nil))
            #expect(machines.deletions.count == 1)
        }
    }

    @Test func `a NodeClaim of the same name and another uid is left alone`() throws {
        try OwnedMachines.run(.karpenter) { machines in
            let order = try await order(machines)
            let uid = try await machines.reuseName()
            let replacer = KarpenterNodeClaims(machines.spy)
            #expect(try await replacer.progress(of: order) == .gone)
            #expect(try await replacer.request(order) == .accepted(operation: nil))
            #expect(machines.deletions.isEmpty)
            #expect(machines.server.get(machines.owner.type, machines.key())?["metadata"]?["uid"]?.string == uid)
        }
    }

    @Test func `without an owner on the Node the claim that names it is found`() throws {
        try OwnedMachines.run(.karpenter) { machines in
            var node = try machines.node()
            node.owners = []
            let old = node
            let replacer = KarpenterNodeClaims(machines.spy)
            let target = try await replacer.locate(old)
            #expect(target.machine == machines.key(0).name)
            try machines.edit(1) { $0[["status", "nodeName"]] = .string(machines.name(0)) }
            let error = await failure { () async throws(ReplacementError) in try await replacer.locate(old) }
            #expect(error?.reason == .identityMismatch, "two of them do")
        }
    }

    @Test func `a node that claims another's NodeClaim is refused`() throws {
        try OwnedMachines.run(.karpenter) { machines in
            let replacer = KarpenterNodeClaims(machines.spy)
            var thief = try machines.node(0)
            thief.owners = try machines.node(1).owners
            let claim = thief
            let error = await failure { () async throws(ReplacementError) in try await replacer.locate(claim) }
            #expect(error?.reason == .identityMismatch)
            var stale = try machines.node(0)
            stale.owners[0].uid = "another"
            let other = stale
            let none = await failure { () async throws(ReplacementError) in try await replacer.locate(other) }
            #expect(none?.reason == .notInGroup)
            var stranger = try machines.node(0)
            stranger.providerID = "gce://proj/us-central1-a/other"
            let elsewhere = stranger
            let mismatch = await failure { () async throws(ReplacementError) in try await replacer.locate(elsewhere) }
            #expect(mismatch?.reason == .identityMismatch)
        }
    }

    @Test func `a NodeClaim of no NodePool would not be made anew`() throws {
        try OwnedMachines.run(.karpenter) { machines in
            try machines.edit { $0[["metadata", "labels"]] = nil }
            let node = try machines.node()
            let replacer = KarpenterNodeClaims(machines.spy)
            let error = await failure { () async throws(ReplacementError) in try await replacer.locate(node) }
            #expect(error?.reason == .notInGroup)
        }
    }
}
