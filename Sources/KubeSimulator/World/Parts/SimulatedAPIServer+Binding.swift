import KubeCore

extension SimulatedAPIServer {
    /// What `pods/binding` does: sets the node and the PodScheduled condition, and copies the node's topology to the pod's labels.
    /// Errors: `.conflict` for a pod that is another one, or bound already; nil when it is gone.
    func bind(_ key: ObjectKey, uid: String, to node: String) throws(KubeError) -> JSONValue? {
        let now = time.now()
        return try withState { state throws(KubeError) in
            let definition = try state.definition(of: Pod.type)
            guard let current = state.store.object(definition.storage, key) else { return nil }
            var pod = current.value
            guard current.uid == uid, pod["spec"]?["nodeName"]?.string?.isEmpty ?? true else {
                throw KubeError(.conflict, "pod \(key) is bound already")
            }
            pod[["spec", "nodeName"]] = .string(node)
            pod.setCondition("PodScheduled", "True", now: now)
            let labels = state.store.object(.nodes, ObjectKey(name: node))?.labels ?? [:]
            for label in ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"] {
                if let value = labels[label] { pod[["metadata", "labels", label]] = value }
            }
            return state.commit(definition, key, pod).value
        }
    }
}
