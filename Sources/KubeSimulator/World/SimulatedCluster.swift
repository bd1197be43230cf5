package import KubeCore
package import Logging

/// Plays everything of a cluster that stands around the API server: nodes and their kernels, kubelets, the controllers of Kubernetes.
///
/// Guarantees: every part is one loop that waits for changes or for its next deadline; all of them end by cancellation and nothing
/// runs on without `run`. All timing goes through the clock, so a run under a manual clock and one executor is the same each time.
/// What a test wants to happen it says through the calls of `SimulatedCluster+Control`; they take effect at once, also before `run`.
package final class SimulatedCluster: Sendable {
    package let server: SimulatedAPIServer
    package let time: any TimeSource
    package let configuration: Configuration
    package let machines: MachineRoom
    let habitat: Habitat

    package init(
        server: SimulatedAPIServer, time: any TimeSource, configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "world") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.server = server
        self.time = time
        self.configuration = configuration
        machines = MachineRoom(seed: configuration.seed)
        habitat = Habitat(
            server: server, machines: machines, time: time, configuration: configuration,
            events: EventRecorder(server: server, isOn: configuration.recordsEvents), logger: logger)
        if let owner = configuration.machineOwner {
            let definitions = ResourceType(
                group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", plural: "customresourcedefinitions",
                isNamespaced: false)
            _ = habitat.attempt("define a machine owner") { () throws(KubeError) in try server.create(definitions, owner.definition) }
        }
        for _ in 0..<configuration.containerOptimizedNodes { _ = addNode() }
        for _ in 0..<configuration.ubuntuNodes { _ = addNode(image: .ubuntu) }
        for _ in 0..<configuration.unlabelledNodes { _ = addNode(isUnlabelled: true) }
    }

    /// Runs until cancelled. Errors: `.cancelled` alone.
    package func run() async throws(KubeError) {
        await withTaskGroup(of: Void.self) { group in
            let habitat = habitat
            func start(_ part: some WorldPart) {
                group.addTask(name: "world: \(type(of: part).name)") {
                    // A part ends by cancellation alone.
                    _ = await Result.catching { () async throws(KubeError) in try await part.run(in: habitat) }
                }
            }
            start(NodePool(habitat))
            start(NodeLifecycle(habitat))
            start(Scheduler(habitat))
            start(Kubelets(habitat))
            start(DaemonSetController(habitat))
            start(ReplicaSetController(habitat))
            start(DeploymentController(habitat))
            start(DisruptionController(habitat))
            if let owner = habitat.configuration.machineOwner { start(MachineOwners(habitat, self, owner)) }
            start(GarbageCollection(habitat))
            let beats = habitat.configuration.heartbeats
            if beats.nodes + beats.pods > 0 { start(Heartbeats(habitat, nodesPerSecond: beats.nodes, podsPerSecond: beats.pods)) }
            if habitat.configuration.fillsNamespaces { start(NamespaceDefaults(habitat)) }
            await group.waitForAll()
        }
        throw KubeError(.cancelled, "the world has ended")
    }

    static let secretType = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)
    static let statefulSetType = ResourceType(group: "apps", version: "v1", kind: "StatefulSet", plural: "statefulsets", isNamespaced: true)
}
