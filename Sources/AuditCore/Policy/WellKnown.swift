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
        package static let karpenterNodePool = "karpenter.sh/nodepool"
        package static let clusterAPIDrain = "cluster.x-k8s.io/drain"
    }

    package enum Annotation {
        /// On agent pods: the value of the policy's `status.revision`.
        package static let revision = "nodeaudit.dev/revision"
        package static let auditRevision = "nodeaudit.dev/audit-revision"
        /// On a Node: whose recreation it is in, and what of the Node we changed for it.
        package static let recreation = "nodeaudit.dev/recreation"
        /// On a policy: a value that was not there before lets failed nodes be tried again.
        package static let retry = "nodeaudit.dev/retry"
        /// On a task's pod: what it is there for, and the only boot that it may change.
        package static let task = "nodeaudit.dev/task"
        package static let bootID = "nodeaudit.dev/boot-id"
        /// The cluster autoscaler's: the node is not removed for being empty.
        package static let scaleDownDisabled = "cluster-autoscaler.kubernetes.io/scale-down-disabled"
        package static let clusterAPIMachine = "cluster.x-k8s.io/machine"
        package static let safeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict"
        package static let doNotDisrupt = "karpenter.sh/do-not-disrupt"
        package static let staticPod = "kubernetes.io/config.mirror"
    }

    package enum Finalizer {
        package static let cleanup = "nodeaudit.dev/cleanup"
        /// On a NodeAudit while a recreation is open: the record of a drain in progress must not vanish.
        package static let recreation = "nodeaudit.dev/recreation"
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
