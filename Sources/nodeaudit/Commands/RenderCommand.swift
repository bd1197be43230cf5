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
            """)

    @Flag(help: "Print the collector's configuration (Fluent Bit YAML) alone.")
    var collector = false

    @OptionGroup var input: FileOptions

    func run() throws {
        let entries = try input.entries()
        let problems = entries.flatMap(\.problems)
        for problem in problems { StandardStreams.printError(problem) }
        guard problems.isEmpty else { throw ExitCode.no }
        for warning in entries.flatMap(\.warnings) { StandardStreams.printError("warning: \(warning)") }
        let agents = entries.compactMap(\.agent)
        if collector {
            StandardStreams.writeOutput(agents.map(\.collectorConfiguration).joined(separator: "---\n"))
        } else {
            StandardStreams.writeOutput(agents.flatMap(\.manifests).map(\.value).yamlStream)
        }
    }
}
