package import KubeClient
import KubeCore
import Logging
package import NodeReplacement

/// How those who replace machines are reached.
package struct MachineSources: Sendable {
    /// nil: no cloud is asked; Cluster API, Karpenter, a person and the host itself remain.
    package var http: (any HTTPExecuting)?
    /// The Compute Engine API, without a slash at its end.
    package var computeEndpoint = "https://compute.googleapis.com/compute/v1"
    package var metadataEndpoint = "http://metadata.google.internal"
    /// A Google service account's key; empty: tokens come from the metadata server.
    package var credentialsFile = ""
    package var files: FileSource

    package init(http: (any HTTPExecuting)?, files: FileSource = .disk) {
        self.http = http
        self.files = files
    }

    package static let none = MachineSources(http: nil)

    /// `cluster`: the API server, behind the fence. `isLeader` is asked before each request to a cloud that may change something.
    func replacers(
        cluster: any KubeTransport, isLeader: @escaping @Sendable () -> Bool, time: any TimeSource, logger: Logger
    ) -> MachineReplacers {
        var replacers: [any NodeReplacer] = [ClusterAPIMachines(cluster), KarpenterNodeClaims(cluster)]
        if let http {
            var configuration = GCEManagedInstanceGroup.Configuration()
            configuration.endpoint = computeEndpoint
            let fenced = FencedHTTP(http, isLeader: isLeader)
            replacers.append(
                GCEManagedInstanceGroup(http: fenced, tokens: tokens(http, time), time: time, configuration: configuration, logger: logger))
        }
        return MachineReplacers(replacers)
    }

    private func tokens(_ http: any HTTPExecuting, _ time: any TimeSource) -> any TokenSource {
        guard !credentialsFile.isEmpty else { return MetadataTokens(http: http, endpoint: metadataEndpoint) }
        let (file, files) = (credentialsFile, files)
        return ServiceAccountTokens(http: http, time: time) { () throws(ReplacementError) in
            let json: [UInt8]
            do throws(KubeError) {
                json = try files.require(file, for: "a Google service account's key")
            } catch {
                throw ReplacementError(.misconfigured, "--gce-credentials: \(error.message)")
            }
            return try ServiceAccountKey(json: json)
        }
    }
}
