import KubeCore
import KubeSimulator
import TestSupport
import Testing

struct FaultRuleTests {
    @Test func `rules are read as a person writes them`() throws {
        var expected = FaultRule(.tooManyRequests(3))
        expected.every = 10
        expected.resource = "nodeaudits"
        #expect(try FaultRule(parsing: "429=3,every=10,resource=nodeaudits") == expected)
        #expect(try FaultRule(parsing: "latency=250ms").kind == .latency(.milliseconds(250)))
        #expect(try FaultRule(parsing: "late-bookmarks=2m").kind == .lateBookmarks(.seconds(120)))
        #expect(try FaultRule(parsing: "lost-reply,verb=patch").verb == "patch")
        for text in ["", "nonsense", "429=x", "latency", "latency=5", "500,every=0", "500,often", "compaction=0s", "cut"] {
            #expect(throws: FaultRuleError.self, "\(text)") { try FaultRule(parsing: text) }
        }
    }

    private func status(_ server: SimulatedAPIServer, _ path: String, _ method: KubeRequest.Method = .get) async throws -> Int {
        try await server.send(KubeRequest(method: method, path: path)).status
    }

    @Test func `every third list of one resource is refused`() throws {
        try withVirtualTime { time in
            let server = SimulatedAPIServer(time: time)
            let schedule = FaultSchedule([try FaultRule(parsing: "429=7,every=3,verb=list,resource=nodes")], server: server, time: time)
            var seen: [Int] = []
            for _ in 0..<6 { seen.append(try await status(server, "/api/v1/nodes")) }
            #expect(seen == [200, 200, 429, 200, 200, 429])
            #expect(try await status(server, "/api/v1/pods") == 200)
            _ = schedule
        }
    }

    @Test func `a lost reply was executed and latency takes its time`() throws {
        try withVirtualTime { time in
            let server = SimulatedAPIServer(time: time)
            try server.create(Namespace.type, ["metadata": ["name": "gone"]])
            let rules = [try FaultRule(parsing: "lost-reply,verb=delete"), try FaultRule(parsing: "latency=2s,verb=write")]
            let schedule = FaultSchedule(rules, server: server, time: time)
            await #expect(throws: KubeError.self) { try await status(server, "/api/v1/namespaces/gone", .delete) }
            #expect(time.uptime() == .seconds(2))
            #expect(server.get(Namespace.type, ObjectKey(name: "gone"))?["metadata"]?["deletionTimestamp"] != nil)
            _ = schedule
        }
    }

    @Test func `a lagging replica does not know the latest object, compaction forgets the past`() throws {
        try withVirtualTime { time in
            let server = SimulatedAPIServer(time: time)
            let schedule = FaultSchedule(
                [try FaultRule(parsing: "lag=1,resource=configmaps"), try FaultRule(parsing: "compaction=60s")], server: server, time: time)
            let first = server.revision
            for name in ["a", "b"] { try server.create(ConfigMap.type, ["metadata": ["name": .string(name), "namespace": "default"]]) }
            let list = try await server.send(KubeRequest(method: .get, path: "/api/v1/configmaps")).body.collect(upTo: 100_000)
            #expect(try JSONValue(parsing: list)["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string } == ["a"])
            try await running([{ try await schedule.run() }]) {
                try await time.sleep(for: .seconds(61))
                let watch = KubeRequest(
                    method: .get, path: "/api/v1/secrets", query: [QueryItem("watch", "true"), QueryItem("resourceVersion", String(first))])
                let answer = try await server.send(watch)
                #expect(String(decoding: try await answer.body.next() ?? [], as: UTF8.self).contains("Expired") || answer.status == 410)
            }
        }
    }
}
