package import KubeCore
import Synchronization

/// A response body that a test fills while it is read: a watch, cut wherever the test likes.
package final class BodyPipe: Sendable {
    private enum End { case clean, failed(KubeError) }

    private struct State {
        var chunks: [[UInt8]] = []
        var end: End?
        var reader: CheckedContinuation<Void, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    package init() {}

    package func send(_ bytes: [UInt8]) { change { $0.chunks.append(bytes) } }

    package func send(_ text: String) { send(Array(text.utf8)) }

    /// One frame of a watch.
    package func send(_ event: JSONValue) { send(event.serialized + [UInt8(ascii: "\n")]) }

    package func finish() { change { $0.end = .clean } }

    package func fail(_ error: KubeError) { change { $0.end = .failed(error) } }

    /// Whether the reader's task was cancelled while it waited for bytes.
    package var wasCancelled: Bool { state.withLock { $0.isCancelled } }

    package var body: KubeBody {
        KubeBody { () async throws(KubeError) -> [UInt8]? in try await self.next() }
    }

    private func change(_ edit: (inout State) -> Void) {
        let reader = state.withLock { state in
            edit(&state)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    private func next() async throws(KubeError) -> [UInt8]? {
        while true {
            let answer: Result<[UInt8]?, KubeError>? = state.withLock { state in
                if state.isCancelled { return .failure(KubeError(.cancelled, "cancelled")) }
                if !state.chunks.isEmpty { return .success(state.chunks.removeFirst()) }
                switch state.end {
                case .clean: return .success(nil)
                case .failed(let error): return .failure(error)
                case nil: return nil
                }
            }
            if let answer { return try answer.get() }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if state.isCancelled || state.end != nil || !state.chunks.isEmpty { return true }
                        state.reader = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                change { $0.isCancelled = true }
            }
        }
    }
}
