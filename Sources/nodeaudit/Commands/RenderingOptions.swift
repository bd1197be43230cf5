import ArgumentParser
import AuditOperator

/// What decides how a policy is rendered, besides the policy. Each flag can be given as an environment variable too.
struct RenderingOptions: ParsableArguments {
    @Option(help: "Namespace of the agents. [env: NODEAUDIT_AGENT_NAMESPACE; default: nodeaudit-agents]")
    var agentNamespace: String?

    @Option(help: "Image of the short-lived set-up container: needs sh, chroot, sha256sum. [env: NODEAUDIT_SETUP_IMAGE]")
    var setupImage: String?

    @Option(help: "Image of the collector, Fluent Bit 5. [env: NODEAUDIT_COLLECTOR_IMAGE]")
    var collectorImage: String?

    @Option(help: "The cluster's name for Cloud Logging, where a policy gives none. [env: NODEAUDIT_CLUSTER_NAME]")
    var clusterName: String?

    @Option(help: "The cluster's location for Cloud Logging, where a policy gives none. [env: NODEAUDIT_CLUSTER_LOCATION]")
    var clusterLocation: String?

    func configuration(identity: String, environment: Environment = .process) -> OperatorConfiguration {
        var configuration = OperatorConfiguration(identity: identity)
        configuration.agentNamespace = environment.value(agentNamespace, "NODEAUDIT_AGENT_NAMESPACE", configuration.agentNamespace)
        configuration.setupImage = environment.value(setupImage, "NODEAUDIT_SETUP_IMAGE", configuration.setupImage)
        configuration.collectorImage = environment.value(collectorImage, "NODEAUDIT_COLLECTOR_IMAGE", configuration.collectorImage)
        configuration.clusterName = environment.value(clusterName, "NODEAUDIT_CLUSTER_NAME", configuration.clusterName)
        configuration.clusterLocation = environment.value(clusterLocation, "NODEAUDIT_CLUSTER_LOCATION", configuration.clusterLocation)
        return configuration
    }
}
