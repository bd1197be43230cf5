import Logging
import NodeReplacement

/// The error that `body` throws; nil when it throws none.
func failure<Value>(of body: () async throws(ReplacementError) -> Value) async -> ReplacementError? {
    do throws(ReplacementError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension ReplacementProgress {
    var isPending: Bool {
        if case .pending = self { return true }
        return false
    }

    var obstacle: ReplacementObstacle? {
        if case .pending(_, let obstacle) = self { return obstacle }
        return nil
    }

    var text: String {
        switch self {
        case .pending(let text, _), .notBegun(let text): text
        case .failed(let error): error.message
        case .finished, .gone: ""
        }
    }
}

extension ReplacementAcceptance {
    var operation: String? {
        if case .accepted(let operation) = self { return operation }
        return nil
    }

    var isAccepted: Bool {
        if case .accepted = self { return true }
        return false
    }
}
