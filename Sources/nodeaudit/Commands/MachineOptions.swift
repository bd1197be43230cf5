import ArgumentParser
import AuditOperator

/// How the cloud is asked for other machines.
struct MachineOptions: ParsableArguments {
    @Option(help: "Compute Engine API. [env: NODEAUDIT_GCE_ENDPOINT; default: https://compute.googleapis.com/compute/v1]")
    var gceEndpoint: String?

    @Option(
        help: "Metadata server that gives tokens for it. [env: NODEAUDIT_GCE_METADATA_ENDPOINT; default: http://metadata.google.internal]")
    var gceMetadataEndpoint: String?

    @Option(
        help: """
            File with a Google service account's key, instead of the metadata server's tokens; read again for each token. \
            [env: NODEAUDIT_GCE_CREDENTIALS; default: none]
            """)
    var gceCredentials: String?

    func sources(of connection: ClusterConnection, environment: Environment) -> MachineSources {
        var sources = connection.machines
        sources.computeEndpoint = environment.value(gceEndpoint, "NODEAUDIT_GCE_ENDPOINT", sources.computeEndpoint).withoutTrailingSlash
        sources.metadataEndpoint =
            environment.value(gceMetadataEndpoint, "NODEAUDIT_GCE_METADATA_ENDPOINT", sources.metadataEndpoint).withoutTrailingSlash
        sources.credentialsFile = environment.value(gceCredentials, "NODEAUDIT_GCE_CREDENTIALS", sources.credentialsFile)
        return sources
    }
}

extension String {
    fileprivate var withoutTrailingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
