import KubeCore
import TestSupport
import Testing

@testable import KubeSimulator

struct ClusterPartsTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("No rules\n", "61501e69a61dbbc1a41605ea15c34807e6b1d3992bee195dde36a7ebdd95dd87"),
    ])
    func `digests are those of sha256sum`(text: String, digest: String) {
        #expect(SHA256Digest.hex(text) == digest)
    }

    @Test func `a timetable gives out what is due by time and then by arrival`() {
        var timetable = Timetable<String>()
        for (name, due) in [("c", 3), ("a", 1), ("b1", 2), ("d", 9), ("b2", 2), ("b3", 2)] { timetable.add(name, at: .seconds(due)) }
        #expect(timetable.first == .seconds(1))
        var out: [String] = []
        while let name = timetable.next(dueAt: .seconds(3)) { out.append(name) }
        #expect(out == ["a", "b1", "b2", "b3", "c"])
        #expect(timetable.first == .seconds(9))
        #expect(timetable.next(dueAt: .seconds(8)) == nil)
    }

    @Test func `accelerated time passes faster and leaves the wall clock alone`() throws {
        try withVirtualTime { time in
            let fast = AcceleratedTime(time, speed: 60)
            let wall = fast.now()
            try await fast.sleep(for: .seconds(3600))
            #expect(time.uptime() == .seconds(60))
            #expect(fast.uptime() == .seconds(3600))
            #expect(fast.now() - wall == .seconds(60))
        }
    }

    @Test func `a shorter toleration wins and none at all means at once`() {
        func tolerations(_ rows: [(key: String?, effect: String?, seconds: Int64?)]) -> PodTolerations {
            PodTolerations(
                .array(
                    rows.map { row in
                        var toleration: JSONValue = ["operator": "Exists"]
                        toleration["key"] = row.key.map { .string($0) }
                        toleration["effect"] = row.effect.map { .string($0) }
                        toleration["tolerationSeconds"] = row.seconds.map { .integer($0) }
                        return toleration
                    }))
        }
        let taint = Taint(key: "down", effect: "NoExecute")
        #expect(tolerations([]).patience(with: taint) == .none)
        #expect(tolerations([("up", nil, nil)]).patience(with: taint) == .none)
        #expect(tolerations([("down", "NoSchedule", nil)]).patience(with: taint) == .none)
        #expect(tolerations([("down", "NoExecute", nil)]).patience(with: taint) == .forever)
        #expect(tolerations([("down", "NoExecute", 300), (nil, nil, 60)]).patience(with: taint) == .seconds(60))
        #expect(tolerations([("down", "NoExecute", -5)]).patience(with: taint) == .seconds(0))
    }

    @Test(arguments: [
        ("In", ["a", "b"], true, false), ("NotIn", ["a"], false, true), ("Exists", [], true, false), ("DoesNotExist", [], false, true),
    ])
    func `requirements of node affinity`(operation: String, values: [String], matchesA: Bool, matchesNothing: Bool) {
        let requirement = NodeRequirement(["key": "k", "operator": .string(operation), "values": .array(values.map { .string($0) })])
        #expect(requirement.matches(["k": "a"]) == matchesA)
        #expect(requirement.matches([:]) == matchesNothing)
    }

    @Test func `numbers compare in node affinity`() {
        #expect(NodeRequirement(["key": "k", "operator": "Gt", "values": ["4"]]).matches(["k": "5"]))
        #expect(!NodeRequirement(["key": "k", "operator": "Gt", "values": ["4"]]).matches(["k": "4"]))
        #expect(NodeRequirement(["key": "k", "operator": "Lt", "values": ["4"]]).matches(["k": "3"]))
        #expect(!NodeRequirement(["key": "k", "operator": "Lt", "values": ["4"]]).matches(["k": "x"]))
    }

    @Test(.timeLimit(.minutes(2)))
    func `on real threads 100 nodes register and 100 agents run, whatever meets whatever`() async throws {
        var configuration = SimulatedCluster.Configuration()
        configuration.containerOptimizedNodes = 100
        configuration.latency = .none
        let time = SystemTime()
        let server = SimulatedAPIServer(time: time)
        try server.create(Namespace.type, ["metadata": ["name": .string(World.namespace)]])
        let cluster = SimulatedCluster(server: server, time: time, configuration: configuration)
        try await running([{ try await cluster.run() }]) {
            try server.create(DaemonSet.type, World.agent)
            let changes = server.subscribe(to: [DaemonSet.type])
            while server.list(DaemonSet.type).first?["status"]?["numberReady"] != 100 { _ = try await changes.next() }
        }
        #expect(server.count(Pod.type) == 100)
    }

    @Test func `leases are renewed where they are asked for`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
            $0.nodeLeaseInterval = .seconds(10)
        } _: { world in
            let key = ObjectKey(namespace: "kube-node-lease", name: world.node(0))
            try await world.time.sleep(for: .seconds(61))
            let lease = try Lease(#require(world.server.get(Lease.type, key)))
            let renewed = try #require(lease.spec?.renewTime)
            #expect(world.time.now() - renewed.timestamp < .seconds(10))
            world.cluster.setFault(.unreachable, on: world.node(0))
            try await world.time.sleep(for: .seconds(60))
            #expect(try Lease(#require(world.server.get(Lease.type, key))).spec?.renewTime == renewed)
        }
    }

    @Test func `events say what happened and are counted`() throws {
        try World.run {
            $0.containerOptimizedNodes = 1
            $0.recordsEvents = true
            $0.faults = [0: .failingUnit]
        } _: { world in
            try world.apply()
            try await world.time.sleep(for: .seconds(300))
            let events = try world.server.list(Event.type, namespace: World.namespace).map { try Event($0) }
            #expect(Set(events.compactMap(\.reason)) == ["SuccessfulCreate", "Scheduled", "BackOff"])
            let backOff = try #require(events.first { $0.reason == "BackOff" })
            #expect(backOff.type == "Warning")
            #expect(backOff.regarding?.kind == "Pod")
            #expect(world.server.list(Event.type).first { $0["reason"] == "BackOff" }?["deprecatedCount"]?.integer ?? 0 > 2)
        }
    }
}
