import FoundationEssentials
import Testing

/// A way to an API server.
enum Door: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// The simulator as a transport.
    case inProcess = "in process"
    /// The simulator behind HTTP, through libcurl.
    case http = "over HTTP"
    /// The cluster of `NODEAUDIT_TEST_KUBECONFIG`, through libcurl.
    case cluster = "of a cluster"

    static let kubeconfigVariable = "NODEAUDIT_TEST_KUBECONFIG"

    /// The file that names a cluster to test, if there is one.
    static var kubeconfig: String? {
        let path = ProcessInfo.processInfo.environment[kubeconfigVariable] ?? ""
        return path.isEmpty ? nil : path
    }

    /// Those that lead somewhere now.
    static let open: [Door] = kubeconfig == nil ? [.inProcess, .http] : allCases

    var testDescription: String { rawValue }
}
