/// Names that objects, labels and annotations of nodeaudit carry.
package enum WellKnown {
    /// The prefix of every object made for a policy: `nodeaudit-<policy>`.
    package static let objectPrefix = "nodeaudit-"
    /// The field manager of every server-side apply.
    package static let fieldManager = "nodeaudit"

    package enum Label {
        package static let policy = "nodeaudit.dev/policy"
        package static let component = "nodeaudit.dev/component"
        package static let state = "nodeaudit.dev/state"
        package static let zone = "topology.kubernetes.io/zone"
        package static let nodePool = "cloud.google.com/gke-nodepool"
        package static let managedBy = "app.kubernetes.io/managed-by"
        package static let applicationName = "app.kubernetes.io/name"
        package static let hostname = "kubernetes.io/hostname"
    }

    package enum Annotation {
        /// On agent pods: the value of the policy's `status.revision`.
        package static let revision = "nodeaudit.dev/revision"
        package static let auditRevision = "nodeaudit.dev/audit-revision"
    }

    package enum Finalizer {
        package static let cleanup = "nodeaudit.dev/cleanup"
    }

    package enum Component {
        package static let agent = "agent"
        package static let task = "task"
    }

    package enum ContainerName {
        package static let setup = "audit-setup"
        package static let collector = "collector"
        package static let task = "task"
    }
}
