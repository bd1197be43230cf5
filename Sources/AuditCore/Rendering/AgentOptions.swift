/// What the operator knows and a policy may not say: whose images run, where agents live, and what the cluster is called.
package struct AgentOptions: Sendable, Hashable {
    /// Runs the set-up script: a POSIX shell with the tools of busybox or coreutils, `chroot` and `sha256sum` among them.
    package var setupImage: String
    /// Fluent Bit 5.1 or newer, started as `/fluent-bit/bin/fluent-bit`.
    package var collectorImage: String
    /// The namespace of all agents; it exists.
    package var namespace: String
    /// For log destinations that name the cluster; empty when not known.
    package var clusterName: String
    package var clusterLocation: String
    /// The node that this operator runs on; empty when it runs outside the cluster.
    package var ownNode = ""

    /// What records say where the cluster's name or location is not known.
    package static let unknown = "unknown"

    package init(
        setupImage: String = "docker.io/library/busybox:1.36.1", collectorImage: String = "cr.fluentbit.io/fluent/fluent-bit:5.1.1",
        namespace: String = "nodeaudit-agents", clusterName: String = "", clusterLocation: String = ""
    ) {
        self.setupImage = setupImage
        self.collectorImage = collectorImage
        self.namespace = namespace
        self.clusterName = clusterName
        self.clusterLocation = clusterLocation
    }
}
