package import KubeCore

/// A program that signs in for us: `exec` of a user in a kubeconfig.
package struct ExecPlugin: Sendable, Hashable {
    /// What the two sides speak.
    package enum Version: String, Sendable, Hashable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    package struct Variable: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var version: Version
    /// A name that `PATH` finds, or a path.
    package var command: String
    package var arguments: [String] = []
    /// Beside what the program inherits.
    package var environment: [Variable] = []
    /// What a person can do when there is no such program.
    package var installHint: String?
    /// Whether it is told which cluster is meant.
    package var wantsClusterInfo = false
    /// What the cluster's entry has for it.
    package var clusterConfiguration: JSONValue?

    package init(_ version: Version, command: String) {
        self.version = version
        self.command = command
    }
}

extension ExecPlugin {
    /// The cluster's extension that is handed to plugins as they find it.
    static let clusterExtension = "client.authentication.k8s.io/exec"

    /// Errors: `.configuration`, also for a plugin that cannot do without a terminal, which no operator has.
    init(_ value: JSONValue, of user: KubeconfigDetails, at cluster: JSONValue) throws(KubeError) {
        let details = user.inside(value, "exec of \(user.who)")
        guard let command = try details.text("command") else { throw details.problem("has no command") }
        let spoken = try details.text("apiVersion") ?? ""
        guard let version = Version(rawValue: spoken) else {
            throw details.problem(
                "speaks \(spoken.isEmpty ? "no apiVersion" : spoken); \(Version.v1.rawValue) and \(Version.v1beta1.rawValue) are known")
        }
        self.init(version, command: command.contains("/") ? user.path(command) : command)
        try Self.checkInteraction(details, version)
        for argument in try details.elements("args") {
            guard let text = argument.string else { throw details.problem("has an argument that is no text") }
            arguments.append(text)
        }
        for variable in try details.elements("env") {
            guard let name = variable["name"]?.string, !name.isEmpty, !name.contains("="), let value = variable["value"]?.string else {
                throw details.problem("has a variable in env without a name or a value")
            }
            environment.append(Variable(name: name, value: value))
        }
        installHint = try details.text("installHint")
        wantsClusterInfo = value["provideClusterInfo"]?.bool ?? false
        let extensions = cluster["extensions"]?.array ?? []
        clusterConfiguration = extensions.first { $0["name"]?.string == Self.clusterExtension }?["extension"]
    }

    private static func checkInteraction(_ details: KubeconfigDetails, _ version: Version) throws(KubeError) {
        switch try details.text("interactiveMode") {
        case "Never", "IfAvailable": return
        case nil:
            // The older version has a default, IfAvailable.
            if version == .v1 { throw details.problem("has no interactiveMode; set it to Never or IfAvailable") }
        case "Always":
            throw details.problem("wants a terminal (interactiveMode: Always), which it does not get here; use a context with a token")
        case let mode?: throw details.problem("has the interactiveMode \(mode); there are Never, IfAvailable and Always")
        }
    }
}
