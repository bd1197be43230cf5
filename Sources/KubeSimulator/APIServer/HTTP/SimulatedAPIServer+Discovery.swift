import KubeCore

extension SimulatedAPIServer {
    func discover(_ call: APICall) throws(KubeError) -> Outcome {
        guard call.request.method == .get else { return Outcome(answer: .notFound) }
        switch call.request.path {
        case "/version": return Outcome(answer: .json(200, Self.version))
        case "/healthz", "/livez", "/readyz": return Outcome(answer: .text(200, "ok"))
        default: return Outcome(answer: .notFound)
        }
    }

    /// What `/version` answers.
    static let version: JSONValue = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.0-nodeaudit-sandbox", "gitCommit": "", "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "swiftc", "platform": "linux/amd64",
    ]
}
