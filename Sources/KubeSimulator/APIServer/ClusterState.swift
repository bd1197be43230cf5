import KubeCore

/// The whole state behind the server's lock: a value that answers requests by changing itself.
struct ClusterState: Sendable {
    var store: ObjectStore
    var registry: ResourceRegistry
    var identity: SeededIdentity
    var garbage = GarbageQueue()
    var log: RequestLog
    var authorization: Authorization
    var faults: FaultPlan?

    init(configuration: SimulatedAPIServer.Configuration, now: Timestamp) {
        store = ObjectStore(window: configuration.historyWindow)
        registry = ResourceRegistry()
        identity = SeededIdentity(seed: configuration.seed)
        authorization = Authorization(superuser: configuration.superuser)
        log = RequestLog(limit: configuration.requestLogLimit)
        for definition in registry.all { store.open(definition.storage) }
        let context = WriteContext(now: now, manager: nil)
        for name in configuration.namespaces {
            let namespace: JSONValue = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
            seed(GroupResource(group: "", resource: "namespaces"), namespace, context)
        }
        for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] as [(String, Int64)] {
            let priority: JSONValue = [
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": ["name": .string(name)],
                "value": .integer(value), "preemptionPolicy": "PreemptLowerPriority",
            ]
            seed(GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses"), priority, context)
        }
    }

    /// Puts an object that every cluster starts with; what the kinds themselves would refuse is left out.
    private mutating func seed(_ resource: GroupResource, _ object: JSONValue, _ context: WriteContext) {
        guard let definition = registry[resource] else { return }
        do throws(KubeError) {
            _ = try create(definition, object, namespace: "", context)
        } catch {
            assertionFailure("a built-in object is refused: \(error)")
        }
    }

    // MARK: Kinds

    func definition(of type: ResourceType) throws(KubeError) -> ResourceDefinition {
        guard let definition = registry[GroupResource(type)] else {
            throw .refused(404, "NotFound", "the server could not find the requested resource")
        }
        return definition
    }

    func storage(of resource: GroupResource) -> GroupResource { registry[resource]?.storage ?? resource }

    // MARK: Commits

    @discardableResult
    mutating func commit(_ definition: ResourceDefinition, _ key: ObjectKey, _ value: JSONValue) -> StoredObject {
        let object = store.put(definition.storage, key, value)
        garbage.stored(ObjectReference(definition.storage, key), object.value)
        if definition.storage == .customResourceDefinitions { registry.install(object.value, in: &store) }
        return object
    }

    @discardableResult
    mutating func remove(_ definition: ResourceDefinition, _ current: StoredObject) -> StoredObject {
        let object = store.remove(definition.storage, current.key, last: current.value)
        garbage.removed(ObjectReference(definition.storage, current.key), current.value)
        if definition.storage == .customResourceDefinitions { registry.uninstall(current.value, from: &store) }
        return object
    }
}

extension GroupResource {
    static let namespaces = GroupResource(group: "", resource: "namespaces")
    static let pods = GroupResource(group: "", resource: "pods")
    static let nodes = GroupResource(group: "", resource: "nodes")
    static let customResourceDefinitions = GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions")
}
