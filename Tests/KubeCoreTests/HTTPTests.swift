import KubeCore
import Testing

struct PercentEncodingTests {
    @Test func `only unreserved characters stay as they are`() {
        let kept = "ABCXYZabcxyz0189-._~"
        #expect(kept.percentEncodedPathSegment == kept)
        #expect("/?#%&=+ :@!$'()*,;\"<>[]{}|\\^`\n".percentEncodedQueryPart.allSatisfy { $0 == "%" || $0.isHexDigit })
        #expect("ä€😀".percentEncodedPathSegment == "%C3%A4%E2%82%AC%F0%9F%98%80")
    }

    @Test func `every character survives being encoded and decoded`() {
        for value in 0..<0x800 {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            let text = "a\(Character(scalar))b"
            #expect(text.percentEncodedQueryPart.percentDecoded() == text)
        }
    }

    @Test(arguments: ["%", "%4", "%zz", "%+1", "a%", "%C3", "%ED%A0%80", "%FF"])
    func `broken escapes are nil`(text: String) {
        #expect(text.percentDecoded() == nil)
    }

    @Test func `a plus is a space in queries alone`() {
        #expect("a+b".percentDecoded(plusIsSpace: true) == "a b")
        #expect("a+b".percentDecoded() == "a+b")
    }
}

struct ResourcePathTests {
    @Test func `paths are those of the API`() {
        #expect(Node.type.path() == "/api/v1/nodes")
        #expect(Node.type.path(namespace: "ignored", name: "n") == "/api/v1/nodes/n")
        #expect(Pod.type.path() == "/api/v1/pods")
        #expect(Pod.type.path(namespace: "", name: "p") == "/api/v1/pods/p")
        #expect(DaemonSet.type.path(namespace: "a", name: "d", subresource: "status") == "/apis/apps/v1/namespaces/a/daemonsets/d/status")
        #expect(DaemonSet.type.qualifiedPlural == "daemonsets.apps" && Pod.type.qualifiedPlural == "pods")
        #expect(DaemonSet.type.apiVersion == "apps/v1" && Pod.type.apiVersion == "v1")
    }
}

struct KubeBodyTests {
    @Test func `a body that is there already is given once`() async throws {
        let body = KubeBody([1, 2, 3])
        #expect(try await body.next() == [1, 2, 3])
        #expect(try await body.next() == nil)
        #expect(try await KubeBody([]).next() == nil)
    }

    @Test func `collecting stops at the limit`() async throws {
        #expect(try await KubeBody([1, 2, 3]).collect(upTo: 3) == [1, 2, 3])
        let error = await #expect(throws: KubeError.self) { try await KubeBody([1, 2, 3]).collect(upTo: 2) }
        #expect(error?.code == .tooLarge)
    }

    @Test func `headers are found whatever their case`() {
        let response = KubeResponse(status: 200, headers: [HeaderField("Retry-After", "1")], body: KubeBody([]))
        #expect(response.header("retry-after") == "1")
        #expect(response.header("other") == nil)
    }
}

struct KubeErrorTests {
    @Test(arguments: [
        (409, "AlreadyExists", KubeError.Code.alreadyExists), (409, "Conflict", .conflict), (410, "Expired", .gone), (410, "Gone", .gone),
        (404, "NotFound", .notFound), (422, "Invalid", .invalid), (429, "TooManyRequests", .tooManyRequests),
        (500, "InternalError", .internalError), (503, "ServiceUnavailable", .serviceUnavailable), (504, "Timeout", .serverTimeout),
        (401, "Unauthorized", .unauthorized), (403, "Forbidden", .forbidden), (405, "MethodNotAllowed", .methodNotAllowed),
        (413, "RequestEntityTooLarge", .tooLarge), (415, "UnsupportedMediaType", .unsupportedMediaType), (599, "", .internalError),
        (418, "", .badRequest),
    ])
    func `a status means what its number and its reason say`(number: Int, reason: String, code: KubeError.Code) {
        #expect(KubeError(httpStatus: number, status: Status(message: "m", reason: reason, code: number)).code == code)
    }

    @Test func `what may pass by itself is told from what needs somebody`() {
        let transient = [KubeError.Code.tooManyRequests, .serverTimeout, .unreachable, .outcomeUnknown, .timedOut, .conflict]
        #expect(transient.allSatisfy { KubeError($0, "").isTransient })
        let lasting = [KubeError.Code.forbidden, .invalid, .notFound, .configuration, .cancelled, .leadershipLost, .malformedResponse]
        #expect(!lasting.contains { KubeError($0, "").isTransient })
    }

    @Test func `other errors keep their meaning when they are bridged`() async {
        let cancelled = await #expect(throws: KubeError.self) { try await KubeError.rethrowing { throw CancellationError() } }
        #expect(cancelled?.code == .cancelled)
        let json = await #expect(throws: KubeError.self) { try await KubeError.rethrowing { try JSONValue(parsing: "x") } }
        #expect(json?.code == .malformedResponse)
        let own = await #expect(throws: KubeError.self) { try await KubeError.rethrowing { throw KubeError(.gone, "g") } }
        #expect(own == KubeError(.gone, "g"))
    }
}
