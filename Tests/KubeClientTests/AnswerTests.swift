import KubeClient
import KubeCore
import TestSupport
import Testing

private let widget = ResourceType(group: "example.dev", version: "v1", kind: "Widget", plural: "widgets", isNamespaced: false)

/// What a real server's answers become.
struct AnswerTests {
    private func client(_ answers: KubeResponse...) -> KubeAPI { KubeAPI(ScriptedTransport(answers: answers)) }

    private func error<Value>(_ body: () async throws(KubeError) -> Value) async -> KubeError? {
        do throws(KubeError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    /// The recorded exchange of that method and target.
    private func recorded(_ file: String, _ method: String, _ target: String, status: Int) throws -> Recording.Exchange {
        try #require(Recording(file).exchanges.first { $0.method == method && $0.target == target && $0.status == status })
    }

    @Test func `an absent object is nil`() async throws {
        let answer = try recorded("14-errors", "GET", "/apis/example.dev/v1/widgets/none", status: 404)
        #expect(try await client(answer.response).get(widget, ObjectKey(name: "none")) == nil)
    }

    @Test func `a kind that is not served is an error and not an absent object`() async throws {
        let answer = try recorded("14-errors", "GET", "/apis/example.dev/v1/nothings", status: 404)
        let error = await error { () async throws(KubeError) in try await client(answer.response).get(widget, ObjectKey(name: "x")) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "GET /apis/example.dev/v1/widgets/x: the server answered HTTP 404: 404 page not found")
    }

    @Test(arguments: [
        ("GET", "/apis/example.dev/v1/widgets", 403, KubeError.Code.forbidden),
        ("GET", "/apis/example.dev/v1/widgets/e", 406, .notAcceptable),
        ("PATCH", "/apis/example.dev/v1/widgets/e", 415, .unsupportedMediaType),
        ("PUT", "/apis/example.dev/v1/widgets", 400, .badRequest),
        ("DELETE", "/api/v1/nodes/x", 403, .forbidden),
    ])
    func `a refusal keeps its code and the server's words`(method: String, target: String, status: Int, code: KubeError.Code) async throws {
        let answer = try recorded("14-errors", method, target, status: status)
        let refused = await error { () async throws(KubeError) in
            try await client(answer.response).bytes(for: KubeRequest(method: .get, path: "/x"))
        }
        #expect(refused?.code == code)
        #expect(refused?.message == answer.body?["message"]?.string)
        #expect(refused?.status?.reason == answer.body?["reason"]?.string)
    }

    @Test func `every refusal of the recordings is understood`() async throws {
        var count = 0
        for name in Recording.names {
            for exchange in try Recording(name).exchanges where exchange.status >= 400 {
                let refused = await error { () async throws(KubeError) in
                    try await client(exchange.response).bytes(for: KubeRequest(method: .get, path: "/x"))
                }
                #expect(refused != nil, "\(exchange)")
                if let message = exchange.body?["message"]?.string { #expect(refused?.message == message, "\(exchange)") }
                count += 1
            }
        }
        #expect(count > 30)
    }

    @Test func `Retry-After is read from the header, and from the Status where there is none`() async {
        let header = await error { () async throws(KubeError) in
            try await client(.failure(429, reason: "TooManyRequests", headers: [HeaderField("retry-after", "12")])).json(
                for: KubeRequest(method: .get, path: "/x"))
        }
        #expect(header?.code == .tooManyRequests && header?.retryAfter == .seconds(12))
        let status: JSONValue = [
            "kind": "Status", "status": "Failure", "reason": "ServerTimeout", "code": 504, "details": ["retryAfterSeconds": 3],
        ]
        let body = await error { () async throws(KubeError) in
            try await client(.json(status, status: 504)).json(for: KubeRequest(method: .get, path: "/x"))
        }
        #expect(body?.code == .serverTimeout && body?.retryAfter == .seconds(3))
    }

    @Test func `a body larger than the limit is an error, in answers and in refusals`() async {
        var limits = KubeAPI.Limits()
        limits.object = 100
        limits.failure = 100
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 101)
        let answer = KubeAPI(ScriptedTransport(answers: [KubeResponse(status: 200, body: KubeBody(large))]), limits: limits)
        #expect(await error { () async throws(KubeError) in try await answer.get(Pod.self, ObjectKey(name: "x")) }?.code == .tooLarge)
        let refusal = KubeAPI(ScriptedTransport(answers: [KubeResponse(status: 503, body: KubeBody(large))]), limits: limits)
        let error = await error { () async throws(KubeError) in try await refusal.get(Pod.self, ObjectKey(name: "x")) }
        #expect(error?.code == .serviceUnavailable)
    }

    @Test func `an answer that is no JSON says so and names the request`() async {
        let answer = KubeResponse(status: 200, body: KubeBody(Array("<html>".utf8)))
        let error = await error { () async throws(KubeError) in try await client(answer).get(widget, ObjectKey(name: "x")) }
        #expect(error?.code == .malformedResponse)
        #expect(error?.message.hasPrefix("the answer to GET /apis/example.dev/v1/widgets/x is not JSON") == true)
    }

    @Test func `the pages of a list are one list`() async throws {
        let pages = try Recording("09-list-paging-and-selectors").exchanges.filter {
            $0.target.hasPrefix("/apis/example.dev/v1/widgets?limit=3") && $0.status == 200
        }
        try #require(pages.count >= 2)
        var first = pages[0], second = pages[1]
        first.body?[["metadata", "continue"]] = "token"
        second.body?[["metadata", "continue"]] = ""
        let transport = ScriptedTransport(answers: [first.response, second.response])
        let all: ListPage<Widget> = try await KubeAPI(transport).listAll(pageSize: 3)
        #expect(all.items.count == 6)
        #expect(all.resourceVersion == "335")
        #expect(all.continueToken == nil)
        #expect(
            transport.requests.map(\.target) == [
                "/apis/example.dev/v1/widgets?limit=3", "/apis/example.dev/v1/widgets?limit=3&continue=token",
            ])
    }

    @Test func `evictions end as the recordings show`() async throws {
        let pods = "/api/v1/namespaces/default/pods"
        func outcome(_ name: String, _ status: Int, uid: String? = nil) async throws -> Eviction {
            let answer = try recorded("12-nodes-pods-eviction", "POST", "\(pods)/\(name)/eviction", status: status)
            return try await client(answer.response).evict(ObjectKey(namespace: "default", name: name), uid: uid)
        }
        #expect(try await outcome("free", 201, uid: "u") == .evicted)
        #expect(try await outcome("free", 409, uid: "u") == .replaced)
        #expect(try await outcome("nobody", 404) == .absent)
        #expect(
            try await outcome("held", 429)
                == .blocked(message: "The disruption budget held needs 1 healthy pods and has 1 currently", retryAfter: nil))
        let twice = try await outcome("twice", 500)
        guard case .coveredTwice(let message) = twice else {
            Issue.record("\(twice)")
            return
        }
        #expect(message.contains("more than one PodDisruptionBudget"))
    }

    @Test func `an eviction in a namespace that goes is told apart from one that is forbidden`() async throws {
        let answer = try recorded("14-errors", "POST", "/api/v1/namespaces/going/configmaps", status: 403)
        let outcome = try await client(answer.response).evict(ObjectKey(namespace: "going", name: "p"), uid: nil)
        #expect(outcome == .namespaceTerminating(message: "namespace going is being terminated"))
        let forbidden = await error { () async throws(KubeError) in
            try await client(.failure(403, reason: "Forbidden")).evict(ObjectKey(namespace: "a", name: "p"), uid: nil)
        }
        #expect(forbidden?.code == .forbidden)
    }

    @Test func `an eviction that is throttled and not blocked by a budget is an error to be repeated`() async {
        let error = await error { () async throws(KubeError) in
            try await client(.failure(429, reason: "TooManyRequests")).evict(ObjectKey(namespace: "a", name: "p"), uid: nil)
        }
        #expect(error?.code == .tooManyRequests)
    }

    @Test func `deletions end as the recordings show`() async throws {
        func outcome(_ file: String, _ target: String, _ status: Int, uid: String? = nil) async throws -> Deletion {
            let answer = try recorded(file, "DELETE", target, status: status)
            return try await client(answer.response).delete(widget, ObjectKey(name: "x"), DeleteOptions(uid: uid))
        }
        let held = "/apis/example.dev/v1/widgets/h"
        #expect(try await outcome("08-finalizers-and-deletion", held, 200) == .deleting(revision: "324"))
        #expect(try await outcome("08-finalizers-and-deletion", held, 409, uid: "other") == .replaced)
        #expect(try await outcome("10-watch", "/apis/example.dev/v1/widgets/q", 200) == .deleted)
        let absent = try recorded("14-errors", "GET", "/apis/example.dev/v1/widgets/none", status: 404)
        #expect(try await client(absent.response).delete(widget, ObjectKey(name: "none")) == .absent)
    }

    @Test func `a typed object that the server sends is read with its metadata`() async throws {
        let answer = try recorded("13-lease", "POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", status: 201)
        let lease = try await client(answer.response).create(
            Lease(metadata: ObjectMeta(name: "nodeaudit", namespace: "default"), spec: nil))
        #expect(lease.metadata.resourceVersion == "411")
        #expect(lease.spec?.holderIdentity == "a")
        #expect(lease.spec?.leaseDurationSeconds == 15)
    }

    @Test func `writes name our field manager, or the one asked for`() async throws {
        let transport = ScriptedTransport { (_) async throws(KubeError) in .json(["metadata": ["name": "x"]]) }
        let api = KubeAPI(transport)
        _ = try await api.create(ConfigMap(metadata: ObjectMeta(name: "x", namespace: "n"), data: nil))
        _ = try await api.patch(ConfigMap.type, ObjectKey(namespace: "n", name: "x"), .merge([:]), WriteOptions(fieldManager: "other"))
        #expect(transport.requests.map { $0.query.first { $0.name == "fieldManager" }?.value } == ["nodeaudit", "other"])
    }
}

struct Widget: KubeResource {
    static let type = widget
    var metadata: ObjectMeta
}
