import ArgumentParser
import KubeSimulator

@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodeaudit-sandbox",
        abstract: "A simulated Kubernetes cluster of GKE-like nodes, for kubectl and for the operator.",
        discussion: """
            Serves the Kubernetes API over plain HTTP on 127.0.0.1 until it is interrupted, with nodes whose kernels can be locked, \
            kubelets, the DaemonSet, ReplicaSet and Deployment controllers, evictions with budgets and garbage collection. \
            Everything is in memory and gone at the end.

            EXAMPLES
              nodeaudit-sandbox --kubeconfig /tmp/sandbox.yaml &
              export KUBECONFIG=/tmp/sandbox.yaml
              kubectl get nodes

              Ten nodes, of which one has a failing unit and one is not reachable, twenty times as fast:
              nodeaudit-sandbox --nodes 10 --fail 3=failing-unit --fail 7=unreachable --speed 20 --kubeconfig sandbox.yaml

              Every tenth write is refused, every watch breaks after 50 events:
              nodeaudit-sandbox --fault 429=2,every=10,verb=write --fault cut=50 --kubeconfig sandbox.yaml

            The same address serves the node pool's Compute API (/compute/v1), metadata server (/computeMetadata/v1) and token \
            endpoint (/token).
            """)

    @Option(help: "How many nodes run Container-Optimized OS.")
    var nodes = 6

    @Option(help: "How many nodes run Ubuntu.")
    var ubuntu = 0

    @Option(help: "How many nodes run Container-Optimized OS without the label that says so.")
    var unlabelled = 0

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = 0

    @Option(help: "Where to write a kubeconfig for this cluster.")
    var kubeconfig: String?

    @Option(help: "Files or directories of CustomResourceDefinitions; may be repeated. Default: crds beside the package or here.")
    var crds: [String] = []

    @Option(help: "How many times faster than in reality nodes and controllers are.")
    var speed = 1

    @Option(
        help: ArgumentHelp(
            "NODE=BEHAVIOUR, the node by its number or name; may be repeated. Behaviours: "
                + NodeFault.allCases.map(\.rawValue).joined(separator: ", ") + "."))
    var fail: [String] = []

    @Option(
        help: ArgumentHelp(
            "What the API server does wrong: \(FaultRule.forms); with every=N, verb=V (or read, write) and resource=R behind commas. "
                + "May be repeated.",
            valueName: "fault"))
    var fault: [String] = []

    @Option(help: "A workload of that many pods with a budget of one disruption, to be drained; may be repeated.")
    var workload: [Int] = []

    @Option(help: "Seeds uids, boot ids and names.")
    var seed: UInt64 = 1

    @Flag(help: "Make Nodes as large as on GKE, about 20 KB each.")
    var ballast = false

    @Option(
        help: "NODES,PODS: how many of them are updated each real second without saying anything new, once there are as many pods as nodes."
    )
    var heartbeats: String?

    @Flag(
        help: ArgumentHelp(
            "Send bookmarks as with etcd's defaults: a watch of a kind without changes gets none, where most clusters send one a minute."))
    var rareBookmarks = false

    @Option(help: "How much to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel = "warning"

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
        guard nodes >= 0, ubuntu >= 0, unlabelled >= 0, nodes + ubuntu + unlabelled <= 100_000 else {
            throw ValidationError("the numbers of nodes are from 0 to 100000 together")
        }
        guard (1...1000).contains(speed) else { throw ValidationError("--speed is a number from 1 to 1000") }
        _ = try faults()
        _ = try rules()
        _ = try beats()
    }

    func run() async throws {
        var cluster = SimulatedCluster.Configuration()
        cluster.seed = seed
        cluster.containerOptimizedNodes = nodes
        cluster.ubuntuNodes = ubuntu
        cluster.unlabelledNodes = unlabelled
        cluster.faults = try faults()
        cluster.hasBallast = ballast
        cluster.tracksManagedFields = true
        cluster.recordsEvents = true
        cluster.fillsNamespaces = true
        let beats = try beats()
        cluster.heartbeats = (beats.nodes / speed, beats.pods / speed)
        // Ten real seconds, as kubelets have it; thousands of nodes would keep the server busy with nothing else.
        if nodes + ubuntu + unlabelled <= 500 { cluster.nodeLeaseInterval = .seconds(10 * speed) }
        try await Sandbox(
            cluster: cluster, port: port, kubeconfig: kubeconfig, definitions: crds, speed: speed, workloads: workload, faults: try rules(),
            notifiesProgress: !rareBookmarks, logLevel: logLevel
        ).run()
    }

    private func rules() throws -> [FaultRule] {
        try fault.map { text in
            do throws(FaultRuleError) {
                return try FaultRule(parsing: text)
            } catch {
                throw ValidationError("--fault \(text): \(error)")
            }
        }
    }

    private func beats() throws -> (nodes: Int, pods: Int) {
        guard let heartbeats else { return (0, 0) }
        let rates = heartbeats.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard rates.count == 2, rates.allSatisfy({ (0...100_000).contains($0) }) else {
            throw ValidationError("--heartbeats takes two numbers, NODES,PODS, not \"\(heartbeats)\"")
        }
        return (rates[0], rates[1])
    }

    /// By ordinal.
    private func faults() throws -> [Int: NodeFault] {
        var faults: [Int: NodeFault] = [:]
        for text in fail {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let ordinal = Int(parts[0].split(separator: "-").last ?? "") else {
                throw ValidationError("--fail takes NODE=BEHAVIOUR, not \"\(text)\"")
            }
            guard ordinal < nodes + ubuntu + unlabelled else { throw ValidationError("--fail \(text): there is no such node") }
            guard let fault = NodeFault(rawValue: String(parts[1])) else {
                let known = NodeFault.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--fail \(text): behaviours are \(known)")
            }
            faults[ordinal] = fault
        }
        return faults
    }
}
