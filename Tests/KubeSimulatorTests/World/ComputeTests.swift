import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct ComputeTests {
    /// The Compute API of a world, with a token in hand.
    private struct Cloud: Sendable {
        let compute: SimulatedCompute
        let token: String

        init(_ world: World, _ configuration: SimulatedCompute.Configuration = .init()) async throws {
            compute = SimulatedCompute(cluster: world.cluster, configuration: configuration)
            let request = KubeRequest(
                method: .get, path: "/computeMetadata/v1/instance/service-accounts/default/token",
                headers: [HeaderField("Metadata-Flavor", "Google")])
            let answer = try await JSONValue(parsing: compute.send(request).body.collect(upTo: 10_000))
            token = try #require(answer["access_token"]?.string)
        }

        func call(_ method: KubeRequest.Method, _ path: String, query: [QueryItem] = [], _ body: JSONValue? = nil) async throws -> (
            Int, JSONValue
        ) {
            let request = KubeRequest(
                method: method, path: "/compute/v1/projects/\(path)", query: query, contentType: "application/json",
                body: body?.serialized ?? [], headers: [HeaderField("Authorization", "Bearer \(token)")])
            let answer = try await compute.send(request)
            return (answer.status, try JSONValue(parsing: try await answer.body.collect(upTo: 1_000_000)))
        }

        func group(of name: String, in zone: String = "us-central1-a") async throws -> String {
            let (_, instance) = try await call(.get, "proj/zones/\(zone)/instances/\(name)")
            let items = instance["metadata"]?["items"]?.array ?? []
            let path = try #require(items.first { $0["key"] == "created-by" }?["value"]?.string)
            return String(path.dropFirst("projects/".count))
        }

        func action(_ group: String, _ name: String) async throws -> (action: String?, errors: [JSONValue]) {
            let (_, list) = try await call(.post, "\(group)/listManagedInstances")
            let row = list["managedInstances"]?.array?.first { $0["name"]?.string == name }
            return (row?["currentAction"]?.string, row?["lastAttempt"]?["errors"]?["errors"]?.array ?? [])
        }

        func recreate(_ group: String, _ name: String, requestID: String? = nil, zone: String = "us-central1-a") async throws -> (
            Int, JSONValue
        ) {
            try await call(
                .post, "\(group)/recreateInstances", query: requestID.map { [QueryItem("requestId", $0)] } ?? [],
                ["instances": [.string("zones/\(zone)/instances/\(name)")]])
        }
    }

    private static let requestID = "7b0c1a52-3f0e-4c5b-8f5a-0c6f6b0e9d11"

    private func run(_ nodes: Int = 1, _ body: @escaping @Sendable (World, Cloud) async throws -> Void) throws {
        try World.run {
            $0.containerOptimizedNodes = nodes
        } _: { world in
            try await world.time.wait(for: "nodes") { world.server.count(Node.type) == nodes }
            try await body(world, try await Cloud(world))
        }
    }

    @Test func `an instance names its group and the group its instances`() throws {
        try run(4) { world, cloud in
            let group = try await cloud.group(of: world.node(0))
            #expect(group.hasPrefix("123456789012/zones/us-central1-a/instanceGroupManagers/gke-pool-0-"))
            let (status, list) = try await cloud.call(.post, "\(group)/listManagedInstances")
            #expect(status == 200)
            #expect(list["managedInstances"]?.array?.compactMap { $0["name"]?.string } == [world.node(0), world.node(3)])
            let (_, page) = try await cloud.call(.post, "\(group)/listManagedInstances", query: [QueryItem("maxResults", "1")])
            let token = try #require(page["nextPageToken"]?.string)
            let (_, rest) = try await cloud.call(
                .post, "\(group)/listManagedInstances", query: [QueryItem("maxResults", "1"), QueryItem("pageToken", token)])
            #expect(rest["managedInstances"]?.array?.compactMap { $0["name"]?.string } == [world.node(3)])
            #expect(rest["nextPageToken"] == nil)
            let (_, whole) = try await cloud.call(.get, group)
            #expect(whole["status"]?["isStable"] == true)
        }
    }

    @Test func `accepted is not flagged, flagged is not running, running is not registered`() throws {
        try run { world, cloud in
            let name = world.node(0)
            let before = try Node(#require(world.nodeObject(0)))
            let group = try await cloud.group(of: name)
            let (status, operation) = try await cloud.recreate(group, name, requestID: Self.requestID)
            #expect(status == 200)
            #expect(operation["status"] == "PENDING")
            #expect(try await cloud.action(group, name).action == "NONE")
            let path = "proj/zones/us-central1-a/operations/\(operation["name"]?.string ?? "")"
            try await world.time.wait(for: "done") { try await cloud.call(.get, path).1["status"] == "DONE" }
            #expect(try await cloud.action(group, name).action == "RECREATING")
            #expect(try Node(#require(world.nodeObject(0))).uid == before.uid, "the Node object goes later")
            try await world.time.wait(for: "the Node is gone") { world.nodeObject(0) == nil }
            #expect(try await cloud.call(.get, "proj/zones/us-central1-a/instances/\(name)").0 == 404)
            try await world.time.wait(for: "the action is over") { try await cloud.action(group, name).action == "NONE" }
            #expect(world.nodeObject(0) == nil, "it has not registered yet")
            let (_, instance) = try await cloud.call(.get, "proj/zones/us-central1-a/instances/\(name)")
            let id = try #require(instance["id"]?.string)
            #expect(id != before.metadata.annotations?["container.googleapis.com/instance_id"])
            try await world.time.wait(for: "a new node") { world.nodeObject(0) != nil }
            let after = try Node(#require(world.nodeObject(0)))
            #expect(after.uid != before.uid && after.bootID != before.bootID)
            #expect(after.metadata.annotations?["container.googleapis.com/instance_id"] == id)
        }
    }

    @Test func `a request id makes a request idempotent`() throws {
        try run { world, cloud in
            let name = world.node(0)
            let group = try await cloud.group(of: name)
            let first = try await cloud.recreate(group, name, requestID: Self.requestID).1
            try await world.time.wait(for: "a new boot") { world.cluster.machines.machine(name)?.boots == 2 }
            try await world.time.sleep(for: .seconds(60))
            let again = try await cloud.recreate(group, name, requestID: Self.requestID).1
            #expect(again["name"] == first["name"])
            #expect(again["status"] == "DONE")
            try await world.time.sleep(for: .seconds(600))
            #expect(world.cluster.machines.machine(name)?.boots == 2)
            _ = try await cloud.recreate(group, name, requestID: "7b0c1a52-3f0e-4c5b-8f5a-0c6f6b0e9d12")
            try await world.time.wait(for: "another boot") { world.cluster.machines.machine(name)?.boots == 3 }
        }
    }

    @Test func `a restart is a reboot of the same instance`() throws {
        try run { world, cloud in
            let before = try Node(#require(world.nodeObject(0)))
            let group = try await cloud.group(of: before.name)
            let (status, _) = try await cloud.call(
                .post, "\(group)/applyUpdatesToInstances",
                ["instances": [.string("zones/us-central1-a/instances/\(before.name)")], "minimalAction": "RESTART"])
            #expect(status == 200)
            try await world.time.wait(for: "restarting") { try await cloud.action(group, before.name).action == "RESTARTING" }
            let path = "proj/zones/us-central1-a/instances/\(before.name)"
            let started = try await cloud.call(.get, path).1
            try await world.time.wait(for: "another boot") { try Node(#require(world.nodeObject(0))).bootID != before.bootID }
            #expect(try Node(#require(world.nodeObject(0))).uid == before.uid)
            let restarted = try await cloud.call(.get, path).1
            #expect(restarted["id"] == started["id"])
            #expect(restarted["lastStartTimestamp"] != started["lastStartTimestamp"])
        }
    }

    @Test(arguments: [(Machine.Trouble.stockOut, "ZONE_RESOURCE_POOL_EXHAUSTED"), (.quota, "QUOTA_EXCEEDED")])
    func `without room the old instance is gone and the new one waits`(trouble: Machine.Trouble, code: String) throws {
        try run { world, cloud in
            let name = world.node(0)
            let group = try await cloud.group(of: name)
            world.cluster.setTrouble(trouble, on: name)
            _ = try await cloud.recreate(group, name)
            try await world.time.sleep(for: .seconds(1800))
            #expect(world.nodeObject(0) == nil)
            let (action, errors) = try await cloud.action(group, name)
            #expect(action == "RECREATING")
            #expect(errors.first?["code"]?.string == code)
            world.cluster.setTrouble(.none, on: name)
            try await world.time.wait(for: "a new node") { try world.nodeObject(0).map { try Node($0).isReady } ?? false }
            #expect(try await cloud.action(group, name).action == "NONE")
        }
    }

    @Test func `a group may be at it for ever`() throws {
        try run { world, cloud in
            let name = world.node(0)
            let before = world.cluster.kernel(of: name)?.bootID
            world.cluster.setTrouble(.neverDone, on: name)
            let group = try await cloud.group(of: name)
            _ = try await cloud.recreate(group, name)
            try await world.time.sleep(for: .seconds(7200))
            #expect(try await cloud.action(group, name).action == "RECREATING")
            #expect(world.cluster.kernel(of: name)?.bootID == before)
            world.cluster.setTrouble(.none, on: name)
            try await world.time.wait(for: "another boot") { world.cluster.kernel(of: name)?.bootID != before }
        }
    }

    @Test func `a new instance may never register, or boot twice`() throws {
        try run(2) { world, cloud in
            world.cluster.setTrouble(.neverRegisters, on: world.node(0))
            world.cluster.setTrouble(.bootsTwice, on: world.node(1))
            _ = try await cloud.recreate(try await cloud.group(of: world.node(0)), world.node(0))
            let other = try await cloud.group(of: world.node(1), in: "us-central1-b")
            _ = try await cloud.recreate(other, world.node(1), zone: "us-central1-b")
            try await world.time.sleep(for: .seconds(3600))
            #expect(world.nodeObject(0) == nil)
            #expect(world.cluster.machines.machine(world.node(1))?.boots == 3)
            #expect(try Node(#require(world.nodeObject(1))).bootID == world.cluster.kernel(of: world.node(1))?.bootID)
        }
    }

    @Test func `refusals are those of the cloud`() throws {
        try run { world, cloud in
            let name = world.node(0)
            let group = try await cloud.group(of: name)
            #expect(try await cloud.call(.get, "proj/zones/us-central1-b/instances/\(name)").0 == 404)
            #expect(try await cloud.call(.get, "other/zones/us-central1-a/instances/\(name)").0 == 404)
            #expect(try await cloud.call(.post, "\(group)x/recreateInstances", ["instances": []]).0 == 404)
            #expect(try await cloud.recreate(group, "stranger").0 == 400)
            #expect(try await cloud.recreate(group, name, requestID: "no-uuid").0 == 400)
            cloud.compute.refuse(.recreateInstances, with: .unavailable, times: 2)
            #expect(try await cloud.recreate(group, name).0 == 503)
            #expect(try await cloud.recreate(group, name).0 == 503)
            #expect(try await cloud.recreate(group, name).0 == 200)
            cloud.compute.refuse(.recreateInstances, with: .forbidden("compute.instanceGroupManagers.update"))
            let (status, answer) = try await cloud.recreate(group, name)
            #expect(status == 403)
            #expect(answer["error"]?["errors"]?.array?.first?["reason"] == "forbidden")
            cloud.compute.revokeTokens()
            #expect(try await cloud.recreate(group, name).0 == 401)
        }
    }

    @Test func `a regional group spans its zones, and an instance may be in no group`() throws {
        try run(2) { world, _ in
            var configuration = SimulatedCompute.Configuration()
            configuration.isRegional = true
            let cloud = try await Cloud(world, configuration)
            let group = try await cloud.group(of: world.node(0))
            #expect(group.hasPrefix("123456789012/regions/us-central1/instanceGroupManagers/"))
            let operation = try await cloud.recreate(group, world.node(1), zone: "us-central1-b").1
            #expect(operation["region"]?.string?.hasSuffix("/regions/us-central1") == true)
            #expect(try await cloud.call(.get, "proj/regions/us-central1/operations/\(operation["name"]?.string ?? "")").0 == 200)
            configuration.isUngrouped = true
            let loose = try await Cloud(world, configuration)
            let (_, instance) = try await loose.call(.get, "proj/zones/us-central1-a/instances/\(world.node(0))")
            #expect(instance["metadata"]?["items"]?.array?.contains { $0["key"] == "created-by" } == false)
        }
    }

    @Test func `an assertion is exchanged for a token when it is well-formed and fresh`() throws {
        try run { world, cloud in
            func assertion(_ claims: JSONValue, alg: String = "RS256") -> String {
                func encode(_ bytes: [UInt8]) -> String {
                    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
                    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
                    return String(
                        stride(from: 0, to: bits.count, by: 6).map { start in
                            alphabet[(0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }]
                        })
                }
                let header: JSONValue = ["alg": .string(alg), "typ": "JWT"]
                return [encode(header.serialized), encode(claims.serialized), encode([UInt8](repeating: 7, count: 256))].joined(
                    separator: ".")
            }
            func exchange(_ assertion: String) async throws -> Int {
                let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
                let request = KubeRequest(
                    method: .post, path: "/token", contentType: "application/x-www-form-urlencoded", body: Array(form.utf8))
                return try await cloud.compute.send(request).status
            }
            let now = world.time.now().seconds
            var claims: JSONValue = ["iss": "a@b", "scope": "s", "aud": "t", "iat": .integer(now), "exp": .integer(now + 3600)]
            let fresh = try await exchange(assertion(claims))
            let unsigned = try await exchange(assertion(claims, alg: "none"))
            claims["exp"] = .integer(now + 3601)
            let lasting = try await exchange(assertion(claims))
            claims["exp"] = .integer(now - 1)
            let expired = try await exchange(assertion(claims))
            #expect([fresh, unsigned, lasting, expired] == [200, 400, 400, 400])
        }
    }
}
