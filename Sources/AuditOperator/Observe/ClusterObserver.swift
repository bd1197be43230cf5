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
        func watch<Value>(_ decoder: ObjectDecoder<Value>, _ selection: Selection, _ change: ModelChange<Value>) {
            let store = Store<Value>(decoder.type.qualifiedPlural) { change.apply($0, to: model) }
            caches.append(store)
            reflectors.append(
                Reflector(client, decoder, selection, into: store, time: time, random: random, metrics: metrics, logger: logger))
        }
        let ours = "\(WellKnown.Label.managedBy)=nodeaudit"
        watch(
            ObjectDecoder(of: AuditPolicy.self) { $0 }, .everything,
            ModelChange(set: { $0.setPolicy($1) }, remove: { $0.removePolicy($1.name) }))
        watch(
            NodeView.decoder(), .everything,
            ModelChange(set: { $0.setNode($1) }, remove: { $0.removeNode($1.name) }))
        watch(
            NodeAudit.decoder(), .everything,
            ModelChange(set: { $0.setRecord($1) }, remove: { $0.removeRecord($1.name) }))
        watch(
            AgentPodView.decoder(),
            Selection(namespace: agentNamespace, labelSelector: "\(WellKnown.Label.component)=\(WellKnown.Component.agent)"),
            ModelChange(set: { $0.setAgent($1) }, remove: { $0.removeAgent($1) }))
        watch(
            TaskPodView.decoder(),
            Selection(namespace: agentNamespace, labelSelector: "\(WellKnown.Label.component)=\(WellKnown.Component.task)"),
            ModelChange(set: { $0.setTask($1) }, remove: { $0.removeTask($1) }))
        watch(
            OperatorPodView.decoder(),
            Selection(namespace: namespace, labelSelector: "app.kubernetes.io/name=nodeaudit,app.kubernetes.io/component=operator"),
            ModelChange(set: { $0.setOperator($1) }, remove: { $0.removeOperator($1) }))
        for type in [DaemonSet.type, ConfigMap.type, ServiceAccount.type, NetworkPolicy.type] {
            watch(
                ObjectDecoder(managed: type), Selection(namespace: agentNamespace, labelSelector: ours),
                ModelChange(set: { $0.setObject($1) }, remove: { $0.removeObject(ObjectIdentity(type: type, key: $1)) }))
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

/// What a change of one kind does to the model.
private struct ModelChange<Value: Sendable & Equatable>: Sendable {
    var set: @Sendable (inout ClusterState, Value) -> Set<LookKey>
    var remove: @Sendable (inout ClusterState, ObjectKey) -> Set<LookKey>

    func apply(_ change: Change<Value>, to model: ClusterModel) {
        model.change { state in
            guard let new = change.new else { return remove(&state, change.key) }
            return set(&state, new)
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
