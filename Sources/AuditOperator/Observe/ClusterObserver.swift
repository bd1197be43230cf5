import AuditCore
package import KubeClient
package import KubeCore
package import KubeRuntime
package import Logging

/// The watches: what the operator sees of the cluster, each object cut to what is looked at.
///
/// Only objects with our label are watched in the agents' namespace, so their number is ours, not the cluster's.
package struct ClusterObserver: Sendable {
    /// What must be filled before the first look.
    package let caches: [any RevisionedCache]
    private let reflectors: [any Reflecting]

    package init(
        client: KubeAPI, model: ClusterModel, namespace: String, agentNamespace: String, time: any TimeSource, random: RandomSource,
        metrics: RuntimeMetrics, logger: Logger
    ) {
        var caches: [any RevisionedCache] = []
        var reflectors: [any Reflecting] = []
        func watch<Value: Equatable>(
            _ decoder: ObjectDecoder<Value>, _ selection: Selection,
            take: @escaping @Sendable (inout ClusterState, Change<Value>) -> Set<LookKey>
        ) {
            let store = Store<Value>(decoder.type.qualifiedPlural) { change in model.change { take(&$0, change) } }
            caches.append(store)
            reflectors.append(
                Reflector(client, decoder, selection, into: store, time: time, random: random, metrics: metrics, logger: logger))
        }
        func pods(_ component: String) -> Selection {
            Selection(namespace: agentNamespace, labelSelector: "\(WellKnown.Label.component)=\(component)")
        }
        let operators = Selection(
            namespace: namespace, labelSelector: "app.kubernetes.io/name=nodeaudit,app.kubernetes.io/component=operator")
        let ours = Selection(namespace: agentNamespace, labelSelector: "\(WellKnown.Label.managedBy)=nodeaudit")
        watch(ObjectDecoder(of: AuditPolicy.self) { $0 }, .everything) { state, change in
            change.new.map { state.setPolicy($0) } ?? state.removePolicy(change.key.name)
        }
        watch(NodeView.decoder().packed(), .everything) { state, change in
            change.new.map { state.setNode(change.key.name, $0) } ?? state.removeNode(change.key.name)
        }
        watch(NodeAudit.decoder().packed(), .everything) { state, change in
            change.new.map { state.setRecord(change.key.name, $0) } ?? state.removeRecord(change.key.name)
        }
        watch(AgentPodView.decoder().packed(), pods(WellKnown.Component.agent)) { $0.changeAgent(from: $1.old, to: $1.new) }
        watch(TaskPodView.decoder(), pods(WellKnown.Component.task)) { state, change in
            change.new.map { state.setTask($0) } ?? state.removeTask(change.key)
        }
        watch(OperatorPodView.decoder(), operators) { state, change in
            change.new.map { state.setOperator($0) } ?? state.removeOperator(change.key)
        }
        for type in [DaemonSet.type, ConfigMap.type, ServiceAccount.type, NetworkPolicy.type] {
            watch(ObjectDecoder(managed: type), ours) { state, change in
                change.new.map { state.setObject($0) } ?? state.removeObject(ObjectIdentity(type: type, key: change.key))
            }
        }
        self.caches = caches
        self.reflectors = reflectors
    }

    /// Follows all watches. Errors: `.cancelled`.
    package func run() async throws(KubeError) {
        try await KubeError.rethrowing {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reflector in reflectors { group.addTask { try await reflector.run() } }
                try await group.waitForAll()
            }
        }
    }
}

/// A reflector of any kind.
private protocol Reflecting: Sendable {
    func run() async throws(KubeError)
}

extension Reflector: Reflecting {}

extension ObjectDecoder where Value == ManagedObject {
    /// The whole object: drift is judged by any of its fields. Status is left out, which nobody but its controller reads.
    fileprivate init(managed type: ResourceType) {
        self.init(type) { (bytes) throws(KubeError) in
            do {
                var value = try JSONValue(parsing: bytes)
                value["status"] = nil
                let object = ManagedObject(type: type, value: value)
                return DecodedObject(key: object.key, revision: object.resourceVersion, value: object)
            } catch {
                throw KubeError(.malformedResponse, "\(type.kind): \(error)")
            }
        }
    }
}
