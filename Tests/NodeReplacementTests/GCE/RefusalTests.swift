import CloudSupport
import CurlHTTP
import KubeCore
import NodeReplacement
import TestSupport
import Testing

/// Every way in which Compute Engine, or what stands before it, says no.
struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var answer: HTTPAnswer
        var reason: ReplacementError.Reason
        var verdict: ReplacementError.Verdict

        init(_ answer: HTTPAnswer, _ reason: ReplacementError.Reason, _ verdict: ReplacementError.Verdict = .retryLater(after: nil)) {
            self.answer = answer
            self.reason = reason
            self.verdict = verdict
        }

        var testDescription: String { "\(answer.status) \(String(decoding: answer.body.prefix(160), as: UTF8.self))" }
    }

    static let cases: [Case] = [
        Case(.refusal(400, "invalid"), .invalidRequest, .needsPerson),
        Case(.refusal(400, "resourceNotReady"), .busy),
        Case(.refusal(401, "authError", status: "UNAUTHENTICATED"), .unauthenticated, .needsPerson),
        Case(.refusal(403, "forbidden", status: "PERMISSION_DENIED"), .forbidden, .needsPerson),
        Case(.refusal(403, "insufficientPermissions", detail: "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), .forbidden, .needsPerson),
        Case(.refusal(403, "accessNotConfigured", status: "PERMISSION_DENIED", detail: "SERVICE_DISABLED"), .apiDisabled, .needsPerson),
        Case(.refusal(403, "rateLimitExceeded"), .rateLimited, .retryLater(after: .seconds(5))),
        Case(.refusal(403, "userRateLimitExceeded"), .rateLimited, .retryLater(after: .seconds(5))),
        Case(.refusal(403, "", detail: "RATE_LIMIT_EXCEEDED"), .rateLimited, .retryLater(after: .seconds(5))),
        Case(.refusal(403, "quotaExceeded"), .quotaExceeded),
        Case(.refusal(404, "notFound"), .notInGroup, .needsPerson),
        Case(.refusal(409, "resourceInUseByAnotherResource"), .conflict),
        Case(.refusal(412, "conditionNotMet", "Constraint constraints/compute.x violated for project 4711"), .forbidden, .needsPerson),
        Case(.refusal(429, "rateLimitExceeded", status: "RESOURCE_EXHAUSTED"), .rateLimited, .retryLater(after: .seconds(5))),
        Case(.refusal(429, "rateLimitExceeded", headers: ["Retry-After": "42"]), .rateLimited, .retryLater(after: .seconds(42))),
        Case(.refusal(500, "backendError"), .serverError),
        Case(.refusal(503, "backendError", headers: ["Retry-After": "30"]), .serverError, .retryLater(after: .seconds(30))),
        Case(.refusal(503, "backendError", headers: ["Retry-After": "soon"]), .serverError),
        Case(.text("<html>bad gateway</html>", status: 502), .serverError),
        Case(.text("<html>no such page</html>", status: 404), .malformedAnswer),
        Case(.text("", status: 404), .malformedAnswer),
        Case(.text("moved", status: 302), .malformedAnswer),
        Case(.text("<html>please log in</html>", status: 200), .outcomeUnknown),
        Case(.json(["kind": "compute#somethingElse"]), .outcomeUnknown),
    ]

    @Test(arguments: cases)
    func `a refused request says what to do`(example: Case) async {
        var group = ScriptedGroup()
        group.recreation = example.answer
        let replacer = ScriptedGroup.replacer(group.http)
        let error = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
        #expect(error?.reason == example.reason)
        #expect(error?.verdict == example.verdict)
        #expect(error?.endsRequest == false)
        if example.reason != .notInGroup { #expect(error?.message.contains("recreateInstances for n-1 in \(ScriptedGroup.group)") == true) }
    }

    @Test func `a page of somebody else's is no proof that a machine is gone`() async throws {
        var group = ScriptedGroup()
        group.instance = .text("<html>no such page</html>", status: 404)
        let replacer = ScriptedGroup.replacer(group.http)
        let error = await failure { () async throws(ReplacementError) in try await replacer.locate(ScriptedGroup.node) }
        #expect(error?.verdict == .retryLater(after: nil))
        group.instance = .refusal(404, "notFound")
        let other = ScriptedGroup.replacer(group.http)
        let gone = await failure { () async throws(ReplacementError) in try await other.locate(ScriptedGroup.node) }
        #expect(gone?.verdict == .gone)
    }

    @Test(arguments: [
        ("QUOTA_EXCEEDED", ReplacementError.Reason.quotaExceeded), ("ZONE_RESOURCE_POOL_EXHAUSTED", .outOfCapacity),
        ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", .outOfCapacity), ("RESOURCE_OPERATION_RATE_EXCEEDED", .rateLimited),
        ("RATE_LIMIT_EXCEEDED", .rateLimited), ("LIMIT_EXCEEDED", .quotaExceeded), ("PERMISSIONS_ERROR", .forbidden),
        ("CONDITION_NOT_MET", .forbidden), ("RESOURCE_NOT_READY", .busy), ("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", .busy),
        ("INTERNAL_ERROR", .serverError), ("SOMETHING_NEW", .failed),
    ])
    func `an operation that failed ends its request, at once or later`(code: String, reason: ReplacementError.Reason) async throws {
        let failed = HTTPAnswer.json([
            "name": "operation-1", "status": "DONE", "error": ["errors": [["code": .string(code), "message": "for a reason"]]],
        ])
        var group = ScriptedGroup()
        group.operation = failed
        let later = ScriptedGroup.replacer(group.http)
        guard case .failed(let error) = try await later.progress(of: ScriptedGroup.order) else {
            Issue.record("it failed")
            return
        }
        #expect(error.reason == reason)
        #expect(error.endsRequest)
        #expect(error.message == "operation operation-1 of group \(ScriptedGroup.group): \(code): for a reason")

        group.recreation = failed
        let atOnce = ScriptedGroup.replacer(group.http)
        let thrown = await failure { () async throws(ReplacementError) in try await atOnce.request(ScriptedGroup.order) }
        #expect(thrown?.reason == reason)
        #expect(thrown?.endsRequest == true)
    }

    @Test func `an operation without a code is read by its status`() async throws {
        var group = ScriptedGroup()
        group.operation = .json([
            "name": "operation-1", "status": "DONE", "httpErrorStatusCode": 403, "httpErrorMessage": "FORBIDDEN",
        ])
        let replacer = ScriptedGroup.replacer(group.http)
        guard case .failed(let error) = try await replacer.progress(of: ScriptedGroup.order) else {
            Issue.record("it failed")
            return
        }
        #expect(error.verdict == .needsPerson)
    }

    @Test func `an operation that Compute Engine has forgotten says nothing`() async throws {
        var group = ScriptedGroup()
        group.operation = .refusal(404, "notFound")
        let replacer = ScriptedGroup.replacer(group.http)
        let progress = try await replacer.progress(of: ScriptedGroup.order)
        #expect(progress == .notBegun("group \(ScriptedGroup.group) has not begun with instance n-1"))
    }

    struct Transfer: Sendable {
        var error: TransferError
        var reading: ReplacementError.Reason
        var changing: ReplacementError.Reason
    }

    static let transfers: [Transfer] = [
        Transfer(error: TransferError(.nameNotResolved, "x"), reading: .unreachable, changing: .unreachable),
        Transfer(error: TransferError(.connectionRefused, "x"), reading: .unreachable, changing: .unreachable),
        Transfer(
            error: TransferError(.timedOut(.awaitingHead), "x", delivery: .unanswered, isSafe: false), reading: .timedOut,
            changing: .outcomeUnknown),
        Transfer(
            error: TransferError(.connectionClosed, "x", delivery: .unanswered, isSafe: false), reading: .unreachable,
            changing: .outcomeUnknown),
        Transfer(error: TransferError(.timedOut(.connecting), "x", isSafe: false), reading: .timedOut, changing: .timedOut),
        Transfer(error: TransferError(.tooLarge(.body), "x"), reading: .malformedAnswer, changing: .malformedAnswer),
        Transfer(error: TransferError(.invalidTLSMaterial, "x"), reading: .misconfigured, changing: .misconfigured),
        Transfer(error: TransferError(.cancelled, "x"), reading: .cancelled, changing: .cancelled),
    ]

    @Test(arguments: transfers)
    func `a transfer that failed leaves the outcome open only when something may have been done`(example: Transfer) async {
        let error = example.error
        let failing: @Sendable (String) -> ScriptedHTTP = { part in
            let rest = ScriptedGroup().http
            return ScriptedHTTP { (request) async throws(TransferError) -> HTTPAnswer in
                if request.url.contains(part) { throw error }
                return try await rest.answer(to: request)
            }
        }
        // A listing is a POST and changes nothing.
        let reader = ScriptedGroup.replacer(failing("listManagedInstances"))
        let read = await failure { () async throws(ReplacementError) in try await reader.progress(of: ScriptedGroup.order) }
        #expect(read?.reason == example.reading)
        let changer = ScriptedGroup.replacer(failing("recreateInstances"))
        let changed = await failure { () async throws(ReplacementError) in try await changer.request(ScriptedGroup.order) }
        #expect(changed?.reason == example.changing)
    }

    @Test func `no message carries the token, whatever the answer says`() async {
        let tokens = FixedTokens()
        var group = ScriptedGroup()
        for answer in [HTTPAnswer.refusal(403, "forbidden", "Bearer \(tokens.text) may not"), .text("echo: \(tokens.text)", status: 500)] {
            group.recreation = answer
            let replacer = ScriptedGroup.replacer(group.http, tokens)
            let error = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
            #expect(error?.message.contains("[redacted]") == true)
            #expect(error?.message.contains(tokens.text) == false)
        }
    }
}
