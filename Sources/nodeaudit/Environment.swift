import FoundationEssentials

/// The process environment, read here and nowhere below.
struct Environment {
    var variables: [String: String]

    static var process: Environment { Environment(variables: ProcessInfo.processInfo.environment) }

    /// The flag, else the variable when it is not empty, else the default.
    func value(_ flag: String?, _ variable: String, _ fallback: String) -> String {
        if let flag { return flag }
        if let value = variables[variable], !value.isEmpty { return value }
        return fallback
    }
}
