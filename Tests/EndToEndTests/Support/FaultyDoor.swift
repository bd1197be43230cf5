import AuditOperator
import KubeCore
import KubeRuntime
import Synchronization
import TestSupport

/// The operator's way to the API server, on which one write meets one fault.
final class FaultyDoor: KubeTransport {
    enum Fault: String, CaseIterable, Sendable {
        /// The process ends before the write is sent, or after it was carried out and before anybody hears of it.
        case crashBefore, crashAfter
        /// Carried out, and the answer is lost.
        case lostReply
        case conflict, throttled, serverError
    }

    private struct State {
        var writes: [String] = []
        var isDead = false
    }

    private let door: OperatorDoor
    private let index: Int
    private let fault: Fault?
    private let state = Mutex(State())
    /// Opens when the process has ended.
    let end = Gate()

    /// `index`: which of the writes, from 0; leases, Events and reviews are not counted.
    init(_ door: OperatorDoor, _ fault: Fault?, at index: Int) {
        self.door = door
        self.fault = fault
        self.index = index
    }

    /// What was written, in order.
    var writes: [String] { state.withLock { $0.writes } }

    func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
        let isMet: Bool? = state.withLock { state in
            if state.isDead { return nil }
            guard request.isCounted else { return false }
            state.writes.append("\(request.method.rawValue) \(request.path)")
            return state.writes.count - 1 == index && fault != nil
        }
        guard let isMet else { throw KubeError(.unreachable, "the process has ended") }
        guard isMet, let fault else { return try await door.send(request) }
        switch fault {
        case .crashBefore: throw die()
        case .crashAfter:
            _ = try await door.send(request)
            throw die()
        case .lostReply:
            _ = try await door.send(request)
            throw KubeError(.outcomeUnknown, "the reply was lost")
        case .conflict: return .refusal(409, "Conflict")
        case .throttled: return .refusal(429, "TooManyRequests", retryAfter: 3)
        case .serverError: return .refusal(500, "InternalError")
        }
    }

    private func die() -> KubeError {
        state.withLock { $0.isDead = true }
        end.open()
        return KubeError(.unreachable, "the process has ended")
    }
}

extension KubeRequest {
    fileprivate var isCounted: Bool {
        method != .get && !path.contains("/leases") && !path.contains("/events") && !path.contains("selfsubjectaccessreviews")
    }
}

extension KubeResponse {
    fileprivate static func refusal(_ code: Int, _ reason: String, retryAfter: Int? = nil) -> KubeResponse {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "a fault of the test", "reason": .string(reason),
            "code": .integer(Int64(code)),
        ]
        let headers = retryAfter.map { [HeaderField("Retry-After", String($0))] } ?? []
        return KubeResponse(
            status: code, headers: headers + [HeaderField("Content-Type", "application/json")], body: KubeBody(status.serialized))
    }
}

extension Stage {
    /// Runs an operator that meets one fault; when it ends by that, another one takes its place.
    func runOperator(through door: FaultyDoor) async throws {
        let first = makeOperator("first", through: door)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.run() }
            group.addTask { try await door.end.wait() }
            try await group.next()
            group.cancelAll()
        }
        try await makeOperator("second").run()
    }
}
