import KubeClient
import KubeCore
import KubeRuntime
import KubeSimulator
import Logging
import Synchronization
import TestSupport
import Testing

/// The client and the runtime against the simulated API server, which shares nothing with them but the wire.
struct SimulatedServerTests {
    private func serving(
        historyWindow: Int = 100_000, _ body: @escaping @Sendable (SimulatedAPIServer, KubeAPI, ManualTime) async throws -> Void
    ) throws {
        try withVirtualTime { time in
            var configuration = SimulatedAPIServer.Configuration()
            configuration.historyWindow = historyWindow
            let server = SimulatedAPIServer(time: time, configuration: configuration)
            try await body(server, KubeAPI(server), time)
        }
    }

    private func map(_ name: String, _ color: String) -> ConfigMap {
        ConfigMap(metadata: ObjectMeta(name: name, namespace: "default"), data: ["color": color])
    }

    @Test func `every verb does what it says`() throws {
        try serving { _, api, _ in
            let key = ObjectKey(namespace: "default", name: "a")
            #expect(try await api.get(ConfigMap.self, key) == nil)
            let created = try await api.create(map("a", "red"))
            #expect(created.metadata.uid != nil)
            let again = await #expect(throws: KubeError.self) { try await api.create(map("a", "red")) }
            #expect(again?.code == .alreadyExists)
            var changed = created
            changed.data = ["color": "blue"]
            let updated = try await api.update(changed)
            let stale = await #expect(throws: KubeError.self) { try await api.update(changed) }
            #expect(stale?.code == .conflict)
            #expect(try await api.get(ConfigMap.self, key) == updated)
            let patched = try await api.patch(ConfigMap.self, key, .merge(["data": ["size": "3"]]))
            #expect(patched.data == ["color": "blue", "size": "3"])
            let managers = try #require(try await api.get(ConfigMap.type, key)?["metadata"]?["managedFields"]?.array)
            #expect(managers.allSatisfy { $0["manager"] == "nodeaudit" })
            #expect(try await api.list(ConfigMap.self, Selection(namespace: "default")).items.map(\.name) == ["a"])
            #expect(try await api.delete(ConfigMap.type, key, .init(uid: "00000000-0000-0000-0000-000000000000")) == .replaced)
            #expect(try await api.delete(ConfigMap.type, key, .init(uid: created.metadata.uid)) == .deleted)
            #expect(try await api.delete(ConfigMap.type, key) == .absent)
        }
    }

    @Test func `server-side apply creates, changes, lets go and conflicts`() throws {
        try serving { _, api, _ in
            let key = ObjectKey(namespace: "default", name: "a")
            _ = try await api.apply(map("a", "red"), force: true)
            let second = try await api.apply(map("a", "blue"), force: true)
            let same = try await api.apply(map("a", "blue"), force: true)
            #expect(second.metadata.resourceVersion == same.metadata.resourceVersion)
            let foreign = await #expect(throws: KubeError.self) {
                try await api.apply(map("a", "green"), force: false, WriteOptions(fieldManager: "someone"))
            }
            #expect(foreign?.code == .conflict)
            #expect(foreign?.status?.details?.causes?.first?.field == ".data.color")
            let empty: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "default"]]
            _ = try await api.apply(ConfigMap.type, empty, force: true)
            #expect(try await api.get(ConfigMap.self, key)?.data?["color"] == nil)
        }
    }

    @Test(arguments: [true, false])
    func `a store follows the server through expired histories`(watchList: Bool) throws {
        try serving(historyWindow: 20) { server, api, time in
            for index in 0..<30 { _ = try await api.create(map("n\(index)", "red")) }
            let changes = Changes()
            let store = Store<String>("colors") { changes.add($0) }
            var settings = ReflectorSettings()
            settings.usesWatchList = watchList
            settings.pageSize = 7
            let line = Line(server, time)
            let reflector = Reflector(
                KubeAPI(line), ObjectDecoder(of: ConfigMap.self) { $0.data?["color"] }, Selection(namespace: "default"), into: store,
                settings: settings, time: time, random: .seeded(1), metrics: .none, logger: .silent)
            try await running([{ try await reflector.run() }]) {
                try await store.waitUntilSynced()
                for round in 0..<5 {
                    line.cut(true)
                    for index in 0..<30 where (index + round).isMultiple(of: 3) {
                        let key = ObjectKey(namespace: "default", name: "n\(index)")
                        if round == 2 {
                            _ = try await api.delete(ConfigMap.type, key)
                        } else {
                            _ = try await api.apply(map("n\(index)", "c\(round)"), force: true)
                        }
                    }
                    try await time.sleep(for: .seconds(700))
                    line.cut(false)
                    let wanted = try await api.listAll(ConfigMap.self, Selection(namespace: "default")).items
                    let colors = Dictionary(uniqueKeysWithValues: wanted.map { ($0.name, $0.data?["color"] ?? "") })
                    try await time.wait(upTo: .seconds(130), for: "round \(round) is seen") {
                        Dictionary(uniqueKeysWithValues: store.snapshot.map { ($0.key.name, $0.value) }) == colors
                    }
                }
            }
            #expect(changes.replayed == Dictionary(uniqueKeysWithValues: store.snapshot.map { ($0.key.name, $0.value) }))
        }
    }

    @Test func `a long quiet watch costs one request each five to ten minutes`() throws {
        try serving { server, api, time in
            _ = try await api.create(map("a", "red"))
            let store = Store<String>("colors")
            let reflector = Reflector(
                api, ObjectDecoder(of: ConfigMap.self) { $0.data?["color"] }, into: store, time: time, random: .seeded(3), metrics: .none,
                logger: .silent)
            try await running([{ try await reflector.run() }]) {
                try await store.waitUntilSynced()
                let mark = server.requestLog.count
                try await time.sleep(for: .seconds(3600))
                let requests = server.requestLog.count - mark
                #expect(requests >= 6 && requests <= 12, "\(requests) requests")
                _ = try await api.apply(map("a", "blue"), force: true)
                try await time.sleep(for: .seconds(1))
                #expect(store[ObjectKey(namespace: "default", name: "a")] == "blue")
            }
        }
    }

    @Test func `our own write is seen when its event has come`() throws {
        try serving { _, api, time in
            let store = Store<String>("colors")
            let reflector = Reflector(
                api, ObjectDecoder(of: ConfigMap.self) { $0.data?["color"] }, into: store, time: time, metrics: .none, logger: .silent)
            try await running([{ try await reflector.run() }]) {
                try await store.waitUntilSynced()
                for index in 0..<10 {
                    let written = try await api.create(map("n\(index)", "red"))
                    let revision = try #require(written.metadata.resourceVersion)
                    try await time.wait(upTo: .seconds(5), for: "the write is seen") { store.hasSeen(revision) }
                    #expect(store[written.key] == "red")
                }
            }
        }
    }

    @Test func `two candidates elect one leader and hand over`() throws {
        try serving { _, api, time in
            @Sendable func elector(_ identity: String) -> LeaderElector {
                LeaderElector(
                    api, lease: ObjectKey(namespace: "default", name: "nodeaudit"), identity: identity, time: time, random: .seeded(9),
                    metrics: .none, logger: .silent)
            }
            let log = Log()
            try await running([
                {
                    try await elector("a").run { () async throws(KubeError) in
                        log.add("a", time)
                        try await time.sleep(for: .seconds(60))
                    }
                },
                {
                    try await time.sleep(for: .seconds(1))
                    try await elector("b").run { () async throws(KubeError) in
                        log.add("b", time)
                        try await time.sleep(for: .seconds(10_000))
                    }
                },
            ]) {
                try await time.sleep(for: .seconds(90))
            }
            #expect(log.lines.count == 2)
            #expect(log.lines.first == "a@0.0 seconds")
            let lease = try #require(try await api.get(Lease.self, ObjectKey(namespace: "default", name: "nodeaudit")))
            #expect(lease.spec?.leaseTransitions == 1)
            #expect(lease.spec?.holderIdentity == "")
        }
    }

    @Test func `events are accepted, and repeats become a series`() throws {
        try serving { _, api, time in
            let recorder = EventRecorder(
                api, controller: "nodeaudit.dev/operator", instance: "operator-0", time: time, metrics: .none, logger: .silent)
            let policy = ObjectReference(apiVersion: "nodeaudit.dev/v1alpha1", kind: "AuditPolicy", name: "cos", uid: "u")
            try await running([{ try await recorder.run() }]) {
                for _ in 0..<5 {
                    recorder.record(RecordedEvent(.warning, regarding: policy, reason: "Blocked", action: "Drain", note: "a budget blocks"))
                    try await time.sleep(for: .seconds(30))
                }
                try await time.sleep(for: .seconds(60))
            }
            let events = try await api.list(Event.self, Selection(namespace: "default")).items
            #expect(events.count == 1)
            #expect(events.first?.series?.count == 5)
        }
    }
}
