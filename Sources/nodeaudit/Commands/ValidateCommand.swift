import ArgumentParser
import AuditOperator

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check policies in files as the cluster would; no cluster needed.",
        discussion: """
            Prints one problem a line, as file:line:column: field: message, and exits with 1 when there is any. Warnings, and what
            audit rules come to and cost, go to the standard error.

            Examples:
              nodeaudit validate -f policy.yaml
              kubectl get audpol cos-default -o yaml | nodeaudit validate -f -
            """)

    @OptionGroup var input: FileOptions

    func run() throws {
        let entries = try input.entries()
        for entry in entries {
            for problem in entry.problems { print(problem) }
            for warning in entry.warnings { StandardStreams.printError("warning: \(warning)") }
            for line in entry.costSummary { StandardStreams.printError(line) }
        }
        guard entries.allSatisfy(\.problems.isEmpty) else { throw ExitCode.no }
        StandardStreams.printError("\(entries.count) \(entries.count == 1 ? "policy is" : "policies are") valid")
    }
}
