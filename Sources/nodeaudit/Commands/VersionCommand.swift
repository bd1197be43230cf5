import ArgumentParser
import AuditOperator

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")
    static let text = "nodeaudit \(buildVersion) (API nodeaudit.dev/v1alpha1)"

    func run() {
        print(Self.text)
    }
}
