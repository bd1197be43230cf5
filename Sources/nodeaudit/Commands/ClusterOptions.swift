import ArgumentParser
import AuditOperator
import KubeClient
import KubeCore
import Logging

/// Which cluster is meant.
struct ClusterOptions: ParsableArguments {
    @Option(help: "Kubeconfig file. [env: KUBECONFIG; default: the pod's service account, else ~/.kube/config]")
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig. [env: NODEAUDIT_CONTEXT; default: its current context]")
    var context: String?

    /// Errors: exit code 2 with one line that names the file, the context and what to do.
    func connect(environment: Environment, time: any TimeSource, logger: Logger) throws -> ClusterConnection {
        do throws(KubeError) {
            let context = environment.value(context, "NODEAUDIT_CONTEXT", "")
            let sources = ClusterConfiguration.Sources(
                kubeconfig: kubeconfig, context: context.isEmpty ? nil : context, environment: environment.variables,
                home: environment.variables["HOME"])
            return try ClusterConnection(sources, time: time, logger: logger)
        } catch {
            StandardStreams.printError("error: \(error.message)")
            throw ExitCode.usage
        }
    }
}
