import KubeCore
import KubeSimulator
import NodeReplacement
import TestSupport
import Testing

struct ClusterAPITests {
    private func order(_ machines: OwnedMachines, _ ordinal: Int = 0) async throws -> ReplacementOrder {
        let node = try machines.node(ordinal)
        let target = try await ClusterAPIMachines(machines.spy).locate(node)
        return ReplacementOrder(nodeName: node.name, target: target, requestID: Cloud.requestID)
    }

    @Test func `the Machine of a node is deleted by its uid, and another machine comes`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let replacer = ClusterAPIMachines(machines.spy)
            let order = try await order(machines)
            let uid = machines.server.get(machines.owner.type, machines.key())?["metadata"]?["uid"]?.string
            #expect(order.target.machine == "default/\(machines.name())")
            #expect(order.target.group == "MachineSet/default/pool-0")
            #expect(order.target.machineID == uid)
            #expect(!replacer.keepsName(.recreate))
            #expect(try await replacer.progress(of: order) == .notBegun("Machine default/\(machines.name()) is not being deleted"))
            #expect(machines.deletions.isEmpty)

            #expect(try await replacer.request(order) == .accepted(operation: nil))
            let deletion = try #require(machines.deletions.first)
            #expect(deletion.path == "/apis/cluster.x-k8s.io/v1beta1/namespaces/default/machines/\(machines.name())")
            let options = try JSONValue(parsing: deletion.body)
            #expect(options["preconditions"]?["uid"]?.string == uid)
            #expect(try await replacer.progress(of: order) == .pending("Machine default/\(machines.name()) is being deleted"))
            #expect(try await replacer.request(order) == .accepted(operation: nil))
            try await machines.time.wait(for: "its end") { try await replacer.progress(of: order) == .gone }
            try await machines.time.wait(for: "another") { machines.server.count(Node.type) == 2 }
            #expect(try machines.object(ofNode: 0) == nil)
            #expect(try machines.object(ofNode: 2) != nil)
            #expect(try await replacer.request(order) == .accepted(operation: nil))
            #expect(machines.deletions.count == 1)
        }
    }

    @Test func `a Machine of the same name and another uid is left alone`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let order = try await order(machines)
            let uid = try await machines.reuseName()
            let replacer = ClusterAPIMachines(machines.spy)
            #expect(try await replacer.progress(of: order) == .gone)
            #expect(try await replacer.request(order) == .accepted(operation: nil))
            #expect(machines.deletions.isEmpty)
            #expect(machines.server.get(machines.owner.type, machines.key())?["metadata"]?["uid"]?.string == uid)
        }
    }

    /// It is exchanged between the look and the deletion: only the server can know.
    @Test func `the server refuses to delete another uid`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let order = try await order(machines)
            let old = try #require(machines.server.get(machines.owner.type, machines.key()))
            let uid = try await machines.reuseName()
            let type = machines.owner.type
            let server = machines.server
            let late = ScriptedTransport { (request) async throws(KubeError) -> KubeResponse in
                request.method == .get && request.path.contains(type.plural) ? .json(old) : try await server.send(request)
            }
            let replacer = ClusterAPIMachines(late)
            let error = await failure { () async throws(ReplacementError) in try await replacer.request(order) }
            #expect(error?.reason == .conflict)
            #expect(error?.verdict == .retryLater(after: nil))
            let left = server.get(type, machines.key())
            #expect(left?["metadata"]?["uid"]?.string == uid)
            #expect(left?["metadata"]?["deletionTimestamp"] == nil)
        }
    }

    @Test func `a node that claims another's Machine is refused`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            var thief = try machines.node(0)
            thief.annotations[ClusterAPIMachines.machineAnnotation] = machines.name(1)
            let claim = thief
            let replacer = ClusterAPIMachines(machines.spy)
            let error = await failure { () async throws(ReplacementError) in try await replacer.locate(claim) }
            #expect(error?.reason == .identityMismatch)
            var stranger = try machines.node(0)
            stranger.providerID = "gce://proj/us-central1-a/other"
            let other = stranger
            let mismatch = await failure { () async throws(ReplacementError) in try await replacer.locate(other) }
            #expect(mismatch?.reason == .identityMismatch)
            var traveller = try machines.node(0)
            traveller.annotations[ClusterAPIMachines.machineAnnotation] = "../../../api/v1/nodes"
            let path = traveller
            let count = machines.spy.requests.count
            let invalid = await failure { () async throws(ReplacementError) in try await replacer.locate(path) }
            #expect(invalid?.reason == .identityMismatch)
            #expect(machines.spy.requests.count == count)
        }
    }

    @Test func `a Machine that nobody would make anew, or of the control plane, is left alone`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            try machines.edit(0) { $0[["metadata", "labels", "cluster.x-k8s.io/control-plane"]] = "" }
            try machines.edit(1) { $0[["metadata", "ownerReferences"]] = nil }
            let nodes = [try machines.node(0), try machines.node(1)]
            let replacer = ClusterAPIMachines(machines.spy)
            let first = await failure { () async throws(ReplacementError) in try await replacer.locate(nodes[0]) }
            #expect(first?.reason == .notReplaceable)
            let second = await failure { () async throws(ReplacementError) in try await replacer.locate(nodes[1]) }
            #expect(second?.reason == .notInGroup)
        }
    }

    @Test func `what its controller says about a deletion is passed on`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let order = try await order(machines)
            let replacer = ClusterAPIMachines(machines.spy)
            _ = try await replacer.request(order)
            try machines.edit {
                $0[["status", "conditions"]] = [["type": "Deleting", "status": "True", "message": "Drain not completed:\n* Pod a: x"]]
            }
            #expect(
                try await replacer.progress(of: order)
                    == .pending("Machine default/\(machines.name()) is being deleted: Drain not completed: * Pod a: x"))
        }
    }

    @Test func `a kind or version that is not served proves nothing`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let order = try await order(machines)
            let elsewhere = ClusterAPIMachines(SimulatedAPIServer(time: machines.time))
            for error in [
                await failure(of: { () async throws(ReplacementError) in _ = try await elsewhere.request(order) }),
                await failure(of: { () async throws(ReplacementError) in _ = try await elsewhere.progress(of: order) }),
            ] { #expect(error?.reason == .misconfigured) }

            // The group's preferred version is another kind's: the real server says this in plain text.
            let server = machines.server
            let odd = ScriptedTransport { (request) async throws(KubeError) -> KubeResponse in
                request.path == "/apis/cluster.x-k8s.io"
                    ? .json(["preferredVersion": ["version": "v1alpha1"]]) : try await server.send(request)
            }
            let replacer = ClusterAPIMachines(odd)
            let progress = await failure { () async throws(ReplacementError) in try await replacer.progress(of: order) }
            #expect(progress?.verdict == .needsPerson)
            let request = await failure { () async throws(ReplacementError) in try await replacer.request(order) }
            #expect(request?.verdict == .needsPerson)
        }
    }

    @Test(arguments: [
        (KubeResponse.failure(401, reason: "Unauthorized"), ReplacementError.Verdict.needsPerson),
        (.failure(403, reason: "Forbidden"), .needsPerson),
        (.failure(429, reason: "TooManyRequests", headers: [HeaderField("Retry-After", "4")]), .retryLater(after: .seconds(4))),
        (.failure(409, reason: "Conflict"), .retryLater(after: nil)), (.failure(500, reason: "InternalError"), .retryLater(after: nil)),
        (.failure(503, reason: "ServiceUnavailable"), .retryLater(after: nil)),
    ])
    func `a refused deletion says what to do`(answer: KubeResponse, verdict: ReplacementError.Verdict) throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let order = try await order(machines)
            let server = machines.server
            let refusing = ScriptedTransport { (request) async throws(KubeError) -> KubeResponse in
                request.method == .delete ? answer : try await server.send(request)
            }
            let replacer = ClusterAPIMachines(refusing)
            let error = await failure { () async throws(ReplacementError) in try await replacer.request(order) }
            #expect(error?.verdict == verdict)
        }
    }

    @Test func `a lost lease stops a deletion, and a lost answer leaves it open`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            let order = try await order(machines)
            let server = machines.server
            for (code, verdict) in [
                (KubeError.Code.leadershipLost, ReplacementError.Verdict.stopped), (.outcomeUnknown, .retryLater(after: nil)),
            ] {
                let failing = ScriptedTransport { (request) async throws(KubeError) -> KubeResponse in
                    if request.method == .delete { throw KubeError(code, "no") }
                    return try await server.send(request)
                }
                let replacer = ClusterAPIMachines(failing)
                let error = await failure { () async throws(ReplacementError) in try await replacer.request(order) }
                #expect(error?.verdict == verdict)
            }
        }
    }

    @Test func `deleting a Machine is no reboot`() throws {
        try OwnedMachines.run(.clusterAPI) { machines in
            var order = try await order(machines)
            order.method = .reboot
            let reboot = order
            let replacer = ClusterAPIMachines(machines.spy)
            let error = await failure { () async throws(ReplacementError) in try await replacer.request(reboot) }
            #expect(error?.reason == .notReplaceable)
            #expect(machines.deletions.isEmpty)
        }
    }
}
