import ArgumentParser

/// `nodeaudit`: the operator, and what a person asks of it from a shell.
@main
struct NodeAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodeaudit",
        abstract: "Turns Linux auditing on across a Kubernetes cluster, and proves that it is on.",
        discussion: """
            One AuditPolicy says which nodes are audited, what is kept and where it goes. The operator applies it, follows \
            the roll-out down to what each kernel says, and puts back what others change.

            Examples:
              nodeaudit validate -f policy.yaml
              nodeaudit render -f policy.yaml | less
              nodeaudit operator --kubeconfig ~/.kube/config

            Exit codes: 0 done, 1 the answer is no, 2 usage, 3 the cluster cannot be reached.
            """,
        version: VersionCommand.text,
        subcommands: [OperatorCommand.self, ValidateCommand.self, RenderCommand.self, VersionCommand.self])
}

extension NodeAuditCommand {
    /// As the library does it, but for the exit code of wrong usage, which is 2 here and 64 there.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty {
                code.isSuccess ? StandardStreams.writeOutput(message + "\n") : StandardStreams.printError(message)
            }
            StandardStreams.exit(code == .validationFailure ? .usage : code)
        }
    }
}

/// What a script reads from the exit code (docs/operations.md).
extension ExitCode {
    static let no = ExitCode(1)
    static let usage = ExitCode(2)
    static let unreachable = ExitCode(3)
}
