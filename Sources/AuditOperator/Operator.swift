import AuditCore
package import CoreMetrics
import KubeClient
package import KubeCore
package import KubeRuntime
package import Logging

/// The whole operator without its HTTP port: watches, looks, leadership, wired together.
///
/// Guarantees: nothing is written before the lease is held and all caches are filled; a standby keeps warm caches. `run`
/// returns after `shutDown`, ends by cancellation, or throws when leadership is lost, after which the process must end.
package final class Operator: Sendable {
    /// How long looks and Events in hand may take after `shutDown`: what is left of the 30 s that a pod is given goes to the lease and
    /// the connections.
    package static let patience = Duration.seconds(20)

    /// What `shutDown` has to wait for.
    private enum Stage: Sendable, Equatable {
        case idle, working
        case shuttingDown(hasWork: Bool)
    }

    private let configuration: OperatorConfiguration
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: RuntimeMetrics
    private let model: ClusterModel
    private let scheduler: LookScheduler
    private let observer: ClusterObserver
    private let drains: DrainObserver
    private let rights: RightsObserver
    private let resync: Resync
    private let stage = Monitor(Stage.idle)
    private let events: EventRecorder
    private let elector: LeaderElector
    private let policies: PolicyReconciler
    private let nodes: NodeReconciler
    private let gauges: OperatorGauges
    private let preflight: Preflight

    package init(
        _ configuration: OperatorConfiguration, transport: any KubeTransport, machines: MachineSources = .none, time: any TimeSource,
        random: RandomSource = .system,
        metrics factory: any MetricsFactory, logger: Logger
    ) {
        self.configuration = configuration
        self.time = time
        self.logger = logger
        let metrics = RuntimeMetrics(factory: factory, prefix: "nodeaudit")
        self.metrics = metrics
        let reader = MeteredTransport(transport, metrics: metrics)
        let client = KubeAPI(reader)
        let scheduler = LookScheduler(time: time, metrics: metrics)
        self.scheduler = scheduler
        model = ClusterModel(options: configuration.agentOptions, time: time) { scheduler.wake($0) }
        elector = LeaderElector(
            client, lease: ObjectKey(namespace: configuration.namespace, name: "nodeaudit"), identity: configuration.identity, time: time,
            random: random, metrics: metrics, logger: logger)
        // The lease itself passes neither the limit nor the fence; the fence comes last, after any wait for the limit.
        let fenced: any KubeTransport = configuration.electsLeader ? FencedTransport(reader, by: elector) : reader
        let writer = KubeAPI(
            WriteLimitedTransport(fenced, perSecond: configuration.writesPerSecond, burst: configuration.writeBurst, time: time))
        events = EventRecorder(
            writer, controller: "nodeaudit.dev/operator", instance: configuration.identity, time: time, metrics: metrics,
            logger: logger)
        let executor = PlanExecutor(client: writer, model: model, events: events, time: time)
        policies = PolicyReconciler(model: model, executor: executor, time: time)
        let nodeExecutor = NodeExecutor(
            client: writer, model: model,
            machines: machines.replacers(
                cluster: writer.transport, isLeader: { [elector, configuration] in elector.isLeader || !configuration.electsLeader },
                time: time, logger: logger),
            events: events, metrics: RecreationMetrics(factory: factory))
        nodes = NodeReconciler(model: model, executor: nodeExecutor)
        drains = DrainObserver(client: client, model: model, time: time, random: random, metrics: metrics, logger: logger)
        rights = RightsObserver(client: client, model: model, time: time, logger: logger)
        observer = ClusterObserver(
            client: client, model: model, namespace: configuration.namespace, agentNamespace: configuration.agentNamespace, time: time,
            random: random, metrics: metrics,
            logger: logger)
        resync = Resync(model: model, time: time, random: random, metrics: factory, logger: logger)
        gauges = OperatorGauges(factory: factory)
        preflight = Preflight(client: client, configuration: configuration, time: time, logger: logger)
    }

    /// All caches are filled.
    package var isReady: Bool { observer.caches.allSatisfy(\.hasSynced) }

    /// Brings the gauges of our own up to date; called before a metrics page is rendered.
    package func refreshGauges() { gauges.update(model.tallies()) }

    /// Lets `run` return in good order: no new look is begun, those in hand end, Events are sent, the lease is given back. What takes
    /// longer than `patience` is cancelled.
    package func shutDown() {
        let hasWork = stage.change { stage in
            let hasWork = stage == .working
            if stage == .idle || hasWork { stage = .shuttingDown(hasWork: hasWork) }
            return hasWork
        }
        if hasWork { scheduler.shutDown() }
    }

    package func run() async throws(KubeError) {
        try await KubeError.rethrowing {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(name: "watches") {
                    try await self.preflight.run()
                    try await self.observer.run()
                }
                group.addTask(name: "leader") { try await self.lead() }
                group.addTask(name: "shutdown") { try await self.waitForShutdown() }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Returns when nothing is in hand, or when that has taken too long.
    private func waitForShutdown() async throws(KubeError) {
        let hasWork = try await stage.wait { stage in
            guard case .shuttingDown(let hasWork) = stage else { return Bool?.none }
            return hasWork
        }
        guard hasWork else { return }
        logger.notice("shutting down: no new looks")
        try await time.sleep(for: Self.patience)
        logger.warning("what was in hand did not end in time and is cancelled")
    }

    private func lead() async throws(KubeError) {
        guard configuration.electsLeader else { return try await work() }
        try await elector.run { () async throws(KubeError) in try await self.work() }
    }

    private func work() async throws(KubeError) {
        for cache in observer.caches {
            if !cache.hasSynced { logger.info("waiting for the first list", metadata: ["resource": .string(cache.name)]) }
            try await cache.waitUntilSynced()
        }
        model.change { $0.synced() }
        guard begin() else { return }
        try await KubeError.rethrowing {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(name: "drains") { try await self.drains.run() }
                group.addTask(name: "rights") { try await self.rights.run() }
                group.addTask(name: "resync") { try await self.resync.run() }
                group.addTask(name: "looks") { try await self.reconcile() }
                // The others end by cancellation alone.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func begin() -> Bool {
        stage.change { stage in
            if stage == .idle { stage = .working }
            return stage == .working
        }
    }

    /// Looks until the queues are shut down and what was in hand is done and told. Errors: `.cancelled`.
    private func reconcile() async throws(KubeError) {
        let policyController = Controller(
            "auditpolicy", queue: scheduler.policies, workers: configuration.workers, time: time, metrics: metrics, logger: logger
        ) { (name) async throws(KubeError) in try await self.policies.reconcile(name) }
        let nodeController = Controller(
            "node", queue: scheduler.nodes, workers: configuration.workers, time: time, metrics: metrics, logger: logger
        ) { (name) async throws(KubeError) in try await self.nodes.reconcile(name) }
        try await KubeError.rethrowing {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(name: "events") { try await self.events.run() }
                try await withThrowingTaskGroup(of: Void.self) { looks in
                    looks.addTask(name: "policies") { try await policyController.run() }
                    looks.addTask(name: "nodes") { try await nodeController.run() }
                    try await looks.waitForAll()
                }
                self.events.drain()
                try await group.waitForAll()
            }
        }
    }
}
