import ArgumentParser
import AuditCore
import AuditOperator
import KubeCore
import KubeYAML

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print what the operator would apply for policies in files; no cluster needed.",
        discussion: """
            Examples:
              nodeaudit render -f policy.yaml
              nodeaudit render --collector -f policy.yaml > fluent-bit.yaml
              nodeaudit render --rules --architecture arm64 -f policy.yaml > audit.rules
            """)

    @Flag(help: "Print the collector's configuration (Fluent Bit YAML) alone.")
    var collector = false

    @Flag(help: "Print the audit rules alone, as a file for auditctl -R, with what they cost as comments.")
    var rules = false

    @Option(help: "With --rules: the processor of the nodes that the rules are for, amd64 or arm64.")
    var architecture = NodeArchitecture.amd64

    @OptionGroup var input: FileOptions

    func validate() throws {
        if rules, collector { throw ValidationError("--rules and --collector exclude each other.") }
    }

    func run() throws {
        let entries = try input.entries()
        let problems = entries.flatMap(\.problems)
        for problem in problems { StandardStreams.printError(problem) }
        guard problems.isEmpty else { throw ExitCode.no }
        for warning in entries.flatMap(\.warnings) { StandardStreams.printError("warning: \(warning)") }
        let agents = entries.compactMap(\.agent)
        if rules {
            let files = entries.compactMap { $0.rules(for: architecture) }
            guard !files.isEmpty else {
                StandardStreams.printError("no policy here has rules: rules go with spec.audit.backend AuditRules")
                throw ExitCode.no
            }
            StandardStreams.writeOutput(files.joined(separator: "\n"))
        } else if collector {
            StandardStreams.writeOutput(agents.map(\.collectorConfiguration).joined(separator: "---\n"))
        } else {
            StandardStreams.writeOutput(agents.flatMap(\.manifests).map(\.value).yamlStream)
        }
    }
}

extension NodeArchitecture: ExpressibleByArgument {}
