/// What the review of a policy's rules found: an error, which keeps the rules off every node, or a warning.
package struct RuleFinding: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Hashable, CaseIterable {
        case error
        case warning
    }

    package var severity: Severity
    package var problem: Problem

    package var description: String { "\(severity.rawValue): \(problem)" }

    static func error(_ path: String, _ message: String) -> RuleFinding {
        RuleFinding(severity: .error, problem: Problem(path: path, message: message))
    }

    static func warning(_ path: String, _ message: String) -> RuleFinding {
        RuleFinding(severity: .warning, problem: Problem(path: path, message: message))
    }
}
