import CurlHTTP
import KubeCore
import NodeReplacement
import Synchronization
import TestSupport
import Testing

struct FencedHTTPTests {
    private final class Lease: Sendable {
        private let state = Mutex(true)
        var isHeld: Bool { state.withLock { $0 } }
        func lose() { state.withLock { $0 = false } }
    }

    @Test func `without the lease nothing is asked for, and the verdict is to stop`() async {
        let lease = Lease()
        let http = ScriptedGroup().http
        let replacer = ScriptedGroup.replacer(FencedHTTP(http) { lease.isHeld })
        let first = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
        #expect(first == nil)
        #expect(http.requests(with: "recreateInstances").count == 1)
        lease.lose()
        let second = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
        #expect(second?.verdict == .stopped)
        #expect(http.requests(with: "recreateInstances").count == 1)
        #expect(http.requests.last?.method == .get, "it has looked at the instance, and no further")
    }

    /// The lease runs out while the last request before the change is under way.
    @Test func `a lease lost in the middle of a look stops the change`() async {
        let lease = Lease()
        let inner = ScriptedGroup().http
        let http = ScriptedHTTP { (request) async throws(TransferError) -> HTTPAnswer in
            if request.url.contains("listManagedInstances") { lease.lose() }
            return try await inner.answer(to: request)
        }
        let replacer = ScriptedGroup.replacer(FencedHTTP(http) { lease.isHeld })
        let error = await failure { () async throws(ReplacementError) in try await replacer.request(ScriptedGroup.order) }
        #expect(error?.verdict == .stopped)
        #expect(error?.message.contains("does not lead") == true)
        #expect(http.requests(with: "recreateInstances").isEmpty)
    }

    @Test(arguments: [TransferRequest.Method.get, .head, .post, .put, .patch, .delete])
    func `only what reads passes`(method: TransferRequest.Method) async {
        let http = ScriptedHTTP { (_) async throws(TransferError) -> HTTPAnswer in HTTPAnswer(status: 200) }
        let fence = FencedHTTP(http) { false }
        do {
            _ = try await fence.answer(to: TransferRequest(method, "http://cloud.example/"))
            #expect(method == .get || method == .head)
        } catch {
            #expect(method != .get && method != .head)
            #expect(error.reason == .cancelled && !error.isOutcomeUnknown)
        }
        #expect(http.requests.count == (method == .get || method == .head ? 1 : 0))
    }
}
