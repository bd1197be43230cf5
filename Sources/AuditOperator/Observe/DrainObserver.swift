import AuditCore
package import KubeClient
package import KubeCore
package import KubeRuntime
package import Logging

/// Follows the pods of each node that is drained, from the moment it is cordoned until it is empty: a drain waits for changes and
/// asks nobody in circles.
///
/// Guarantees: one watch a drained node, so their number is the budget's, not the cluster's; a watch ends with its drain.
package struct DrainObserver: Sendable {
    private let client: KubeAPI
    private let model: ClusterModel
    private let time: any TimeSource
    private let random: RandomSource
    private let metrics: RuntimeMetrics
    private let logger: Logger

    package init(
        client: KubeAPI, model: ClusterModel, time: any TimeSource, random: RandomSource, metrics: RuntimeMetrics, logger: Logger
    ) {
        self.client = client
        self.model = model
        self.time = time
        self.random = random
        self.metrics = metrics
        self.logger = logger
    }

    /// Errors: `.cancelled`.
    package func run() async throws(KubeError) {
        try await KubeError.rethrowing {
            try await withThrowingDiscardingTaskGroup { group in
                while true {
                    let begun = try await model.drains.wait { $0.takeNew() }
                    for node in begun {
                        group.addTask(name: "pods of \(node)") { try await follow(node) }
                    }
                }
            }
        }
    }

    private func follow(_ node: String) async throws(KubeError) {
        let store = Store<DrainPodView>("pods of \(node)") { change in
            model.change { state in
                guard let pod = change.new else { return state.removePod(change.key, on: node) }
                return state.setPod(pod, on: node)
            }
        }
        let reflector = Reflector(
            client, DrainPodView.decoder(), Selection(fieldSelector: "spec.nodeName=\(node)"), into: store, time: time, random: random,
            metrics: metrics, logger: logger)
        let ending = await withTaskGroup(of: KubeError?.self) { group in
            func run(_ body: @escaping @Sendable () async throws(KubeError) -> Void) {
                group.addTask {
                    do throws(KubeError) {
                        try await body()
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            run { () async throws(KubeError) in try await reflector.run() }
            run { () async throws(KubeError) in
                try await store.waitUntilSynced()
                model.change { $0.completePods(on: node) }
                try await model.drains.wait { $0.isWanted(node) ? nil : () }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        model.change { state in
            state.forgetPods(on: node)
            return []
        }
        model.drains.change { $0.ended(node) }
        if let ending, Task.isCancelled { throw ending }
    }
}

/// Which nodes' pods are wanted, and which are followed.
package struct Drains: Sendable {
    private var wanted: Set<String> = []
    private var followed: Set<String> = []

    mutating func want(_ nodes: Set<String>) { wanted = nodes }

    var wantedNodes: Set<String> { wanted }

    func isWanted(_ node: String) -> Bool { wanted.contains(node) }

    /// Those that nobody follows yet; nil for none. A node that is wanted again waits until its earlier watch has ended.
    mutating func takeNew() -> [String]? {
        let new = wanted.subtracting(followed)
        guard !new.isEmpty else { return nil }
        followed.formUnion(new)
        return new.sorted()
    }

    mutating func ended(_ node: String) { followed.remove(node) }
}
