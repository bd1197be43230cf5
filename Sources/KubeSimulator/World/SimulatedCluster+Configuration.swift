extension SimulatedCluster {
    package struct Configuration: Sendable {
        /// Seeds boot ids, instance ids and machine ids.
        package var seed: UInt64 = 1
        package var clusterName = "c1"
        package var pool = "pool-0"
        package var project = "proj"
        package var region = "us-central1"
        /// Nodes are dealt out to these in turn.
        package var zones = ["a", "b", "c"]
        /// Nodes that run Container-Optimized OS and say so in their labels.
        package var containerOptimizedNodes = 6
        package var ubuntuNodes = 0
        /// COS nodes without the label that policies select by.
        package var unlabelledNodes = 0
        /// By the node's ordinal: COS nodes come first, then Ubuntu, then unlabelled ones.
        package var faults: [Int: NodeFault] = [:]
        /// Images, labels, annotations and managed fields that bring a Node to about 20 KB, as on GKE.
        package var hasBallast = false
        /// Whether controllers' writes are recorded in managed fields; costs time.
        package var tracksManagedFields = false
        /// Whether kubelets and controllers write Events.
        package var recordsEvents = false
        /// Whether namespaces get a service account and the cluster's CA, as in a real cluster.
        package var fillsNamespaces = false
        /// How often kubelets renew their Leases in kube-node-lease; nil for no Leases, and no writes of a cluster at rest.
        package var nodeLeaseInterval: Duration?
        /// Updates of nodes and of pods a second that change nothing but a time.
        package var heartbeats = (nodes: 0, pods: 0)
        /// Who stands for the machines with objects of their own; nil for instance groups alone.
        package var machineOwner: MachineOwner?
        package var latency = Latency()

        package init() {}
    }

    /// How long things take on a node and in the cloud. The defaults are those of an idle GKE node, rounded.
    package struct Latency: Sendable, Hashable {
        /// From seeing a pod to the first container's start: sandbox, volumes, network.
        package var podStart = Duration.seconds(1)
        package var imagePull = Duration.seconds(2)
        /// How long an init container or a task runs.
        package var run = Duration.seconds(2)
        /// From a container's start to its readiness probe's success.
        package var readiness = Duration.seconds(5)
        /// From SIGTERM to a container's end.
        package var stop = Duration.seconds(1)
        /// From a reboot to a kubelet that reports again.
        package var reboot = Duration.seconds(60)
        /// From the recreation of an instance to the deletion of its Node by the cloud's controller.
        package var nodeGone = Duration.seconds(20)
        /// From the recreation of an instance to the new one's running, and from there to the registration of the new Node.
        package var recreation = Duration.seconds(60)
        package var registration = Duration.seconds(30)
        /// From the instance group's acceptance of a request to its instances' being flagged.
        package var flagging = Duration.seconds(4)
        /// From registration to Ready.
        package var nodeReady = Duration.seconds(10)
        /// Silence after which a node is Unknown: the controller manager's `--node-monitor-grace-period`.
        package var nodeMonitorGrace = Duration.seconds(50)
        /// From the last reference to the collector's delete.
        package var garbageCollection = Duration.milliseconds(500)
        /// How long a pod may stand on a Node that is gone: the pod collector's quarantine.
        package var orphanedPod = Duration.seconds(40)
        /// The first pause between two tries of a failing container, or of a pull; it doubles up to five minutes.
        package var backOff = Duration.seconds(10)

        package init() {}

        func recreating(from now: Duration) -> Machine.Power {
            .recreating(nodeGone: now + nodeGone, running: now + recreation, until: now + recreation + registration)
        }

        /// Everything at once, for tests that are not about time.
        package static var none: Latency {
            var latency = Latency()
            for path in [
                \Latency.podStart, \.imagePull, \.run, \.readiness, \.stop, \.nodeReady, \.garbageCollection,
            ] { latency[keyPath: path] = .zero }
            return latency
        }
    }
}
