import KubeCore
import KubeSimulator
import Synchronization
import TestSupport
import Testing

@Suite struct FaultTests {
    @Test func `an injected answer is given instead of executing, with its Retry-After`() throws {
        try APIServerFixture.run(widgets: false) { api in
            api.server.injectFaults { $0.isWrite ? .tooManyRequests(retryAfterSeconds: 7) : nil }
            let refused = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("c"))
            #expect(refused.status == 429 && refused.response.header("Retry-After") == "7")
            #expect(try await api.get("\(APIServerFixture.configMaps)/c").status == 404)
            api.server.injectFaults { _ in .serverError(504, "too slow") }
            #expect(try await api.get(APIServerFixture.configMaps).status == 504)
            api.server.injectFaults(nil)
            #expect(try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("c")).status == 201)
        }
    }

    @Test func `a lost reply was executed`() throws {
        try APIServerFixture.run(widgets: false) { api in
            api.server.injectFaults { $0.verb == "create" ? .lostReply() : nil }
            await #expect(throws: KubeError.self) {
                _ = try await api.create(APIServerFixture.configMaps, APIServerFixture.configMap("c"))
            }
            let stored = try await api.get("\(APIServerFixture.configMaps)/c")
            #expect(stored.status == 200)
        }
    }

    @Test func `latency is virtual time`() throws {
        try APIServerFixture.run(widgets: false) { api in
            api.server.injectFaults { _ in .delayed(.seconds(90)) }
            let before = api.time.uptime()
            _ = try await api.get(APIServerFixture.configMaps)
            #expect(api.time.uptime() - before == .seconds(90))
        }
    }

    @Test func `a cut stream gives its frames and then breaks`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let path = APIServerFixture.configMaps
            for name in ["a", "b", "c"] { _ = try await api.create(path, APIServerFixture.configMap(name)) }
            api.server.injectFaults { $0.verb == "watch" ? .cut(afterFrames: 2) : nil }
            let response = try await api.server.send(KubeRequest(method: .get, path: path, query: [QueryItem("watch", "1")]))
            let bytes = try await response.body.next() ?? []
            #expect(bytes.split(separator: 0x0A).count == 2)
            await #expect(throws: KubeError.self) { _ = try await response.body.next() }
        }
    }

    @Test func `a lagging replica reads and starts watches in the past, and a held watch tells later`() throws {
        try APIServerFixture.run(widgets: false) { api in
            let path = APIServerFixture.configMaps
            let old = try await api.create(path, APIServerFixture.configMap("a")).revision
            _ = try await api.create(path, APIServerFixture.configMap("b"))
            var lag = Fault()
            lag.readsAsOf = old
            let fault = lag
            api.server.injectFaults { _ in fault }
            #expect(try await api.get("\(path)/b").status == 404)
            let list = try await api.get(path)
            #expect(list.revision == old && list.body["items"]?.array?.count == 1)
            var held = Fault()
            held.eventDelay = .seconds(30)
            let later = held
            api.server.injectFaults { $0.verb == "watch" ? later : nil }
            let revision = api.server.revision
            let watch = try await api.server.send(
                KubeRequest(
                    method: .get, path: path,
                    query: [QueryItem("watch", "1"), QueryItem("resourceVersion", String(revision)), QueryItem("timeoutSeconds", "60")]))
            _ = try await api.create(path, APIServerFixture.configMap("c"))
            let before = api.time.uptime()
            let frame = try await watch.body.next() ?? []
            #expect(String(decoding: frame, as: UTF8.self).contains("\"c\""))
            #expect(api.time.uptime() - before == .seconds(30))
        }
    }

    @Test func `a user may do what its rules say and nothing else; the superuser is not asked`() throws {
        try APIServerFixture.run(widgets: false) { api in
            _ = try await api.create(APIServerFixture.pods, APIServerFixture.pod("p"))
            api.server.authorize(
                "operator",
                [
                    AccessRule(verbs: ["get", "list"], groups: [""], resources: ["pods"], namespace: "default"),
                    AccessRule(verbs: ["create"], groups: [""], resources: ["pods/eviction"]),
                ])
            let user = [HeaderField("Impersonate-User", "operator")]
            #expect(try await api.call(.get, "\(APIServerFixture.pods)/p", headers: user).status == 200)
            #expect(try await api.call(.get, "/api/v1/pods", headers: user).status == 403)
            #expect(try await api.call(.delete, "\(APIServerFixture.pods)/p", headers: user).status == 403)
            let eviction: JSONValue = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p"]]
            #expect(try await api.call(.post, "\(APIServerFixture.pods)/p/eviction", body: eviction, headers: user).status == 201)
            let log = api.server.requestLog
            #expect(log.map(\.status) == [201, 200, 403, 403, 201])
            #expect(log[4].attributes.subresource == "eviction" && log[4].attributes.user == "operator")
            #expect(log.filter(\.isEffective).map(\.attributes.verb) == ["create", "create"])
            api.server.resetRequestLog()
            #expect(api.server.requestLog.isEmpty)
        }
    }

    @Test func `a user learns about itself by reviews, which store nothing`() throws {
        try APIServerFixture.run(widgets: false) { api in
            api.server.authorize("u", [AccessRule(verbs: ["list"], groups: [""], resources: ["pods"])])
            let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
            let user = [HeaderField("Impersonate-User", "u")]
            var answers: [JSONValue?] = []
            for verb in ["list", "delete"] {
                let review: JSONValue = [
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                    "spec": ["resourceAttributes": ["verb": .string(verb), "resource": "pods", "namespace": "default"]],
                ]
                answers.append(try await api.call(.post, path, body: review, headers: user).body["status"]?["allowed"])
            }
            #expect(answers == [true, false])
            let revision = api.server.revision
            let body: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
            let whoami = try await api.call(.post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", body: body, headers: user)
            #expect(whoami.body["status"]?["userInfo"]?["username"] == "u")
            #expect(api.server.revision == revision)
        }
    }

    @Test func `an unknown bearer token is 401, a known one is its user`() throws {
        try APIServerFixture.run(widgets: false, configure: { $0.tokens = ["secret": "system:admin"] }) { api in
            let bad = try await api.call(.get, "/api/v1/nodes", headers: [HeaderField("Authorization", "Bearer wrong")])
            #expect(bad.status == 401 && bad.reason == "Unauthorized")
            let good = try await api.call(.get, "/api/v1/nodes", headers: [HeaderField("Authorization", "Bearer secret")])
            #expect(good.status == 200)
        }
    }

    @Test func `a subscription names each changed object once, in order, and wakes its reader`() throws {
        try APIServerFixture.run(widgets: false) { api in
            try api.server.create(Node.type, ["metadata": ["name": "old"]])
            let changes = api.server.subscribe(to: [Node.type, Pod.type])
            #expect(try await changes.next().map(\.key.name) == ["old"])
            for name in ["b", "a"] { try api.server.create(Node.type, ["metadata": ["name": .string(name)]]) }
            try api.server.update(Node.type, ObjectKey(name: "b")) { $0[["metadata", "labels"]] = ["x": "y"] }
            try api.server.create(ConfigMap.type, APIServerFixture.configMap("other", metadata: ["namespace": "default"]))
            #expect(changes.take().map(\.key.name) == ["b", "a"])
            #expect(changes.take().isEmpty)
            async let next = changes.next()
            try await api.time.sleep(for: .seconds(5))
            try api.server.delete(Node.type, ObjectKey(name: "a"))
            #expect(try await next.map(\.key.name) == ["a"])
            #expect(api.server.get(Node.type, ObjectKey(name: "a")) == nil)
            let outcome = await withTaskGroup(of: Result<Int, any Error>.self) { group in
                group.addTask { await Result { try await changes.next().count } }
                group.addTask {
                    await Result {
                        try await api.time.sleep(for: .seconds(1))
                        return 0
                    }
                }
                _ = await group.next()
                group.cancelAll()
                return await group.next()
            }
            #expect(throws: KubeError.self) { _ = try outcome?.get() }
        }
    }

    @Test func `two servers with the same seed and calls are the same`() throws {
        func history(_ seed: UInt64) throws -> [JSONValue] {
            try APIServerFixture.run(configure: { $0.seed = seed }) { api in
                for name in ["a", "b"] { _ = try await api.create(APIServerFixture.widgets, APIServerFixture.widget(name)) }
                return [try await api.get(APIServerFixture.widgets).body]
            }
        }
        #expect(try history(3) == history(3))
        #expect(try history(3) != history(4))
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
