package import KubeCore

/// Plays Cluster API or Karpenter: an object stands for each machine, and deleting the object ends the machine.
///
/// With Cluster API the MachineSet makes another machine, under another name. Karpenter makes one when a pod finds no node.
struct MachineOwners: WorldPart {
    static let name = "machine-owners"
    private static let namespace = "default"

    let habitat: Habitat
    private let cluster: SimulatedCluster
    private let kind: SimulatedCluster.MachineOwner
    private var due = Timetable<Chore>()
    /// Objects that are being ended.
    private var ending: Set<ObjectKey> = []

    private enum Chore: Sendable { case end(ObjectKey, machine: String), add }

    init(_ habitat: Habitat, _ cluster: SimulatedCluster, _ kind: SimulatedCluster.MachineOwner) {
        self.habitat = habitat
        self.cluster = cluster
        self.kind = kind
    }

    var watched: [ResourceType] { [kind.type, Node.type, Pod.type] }
    var hearsMachines: Bool { true }
    var nextDeadline: Duration? { due.first }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        for name in changes.machines { adopt(name) }
        for reference in changes.objects {
            switch reference.resource {
            case .nodes: mark(reference.key.name)
            case .pods: if kind == .karpenter { provision(for: reference, now) }
            default: look(at: reference.key, now)
            }
        }
        while let chore = due.next(dueAt: now) { perform(chore, now) }
    }

    /// The object for a machine that has none.
    private func adopt(_ name: String) {
        let key = self.key(of: name)
        guard let machine = habitat.machines.machine(name), habitat.server.get(kind.type, key) == nil else { return }
        var metadata: JSONValue = ["name": .string(key.name), "finalizers": [.string(kind.finalizer)]]
        let object: JSONValue
        switch kind {
        case .clusterAPI:
            metadata["namespace"] = .string(key.namespace)
            metadata["labels"] = ["cluster.x-k8s.io/cluster-name": .string(habitat.configuration.clusterName)]
            metadata["ownerReferences"] = [
                [
                    "apiVersion": "cluster.x-k8s.io/v1beta1", "kind": "MachineSet", "name": .string(machine.pool), "uid": "a-machine-set",
                    "controller": true,
                ]
            ]
            object = [
                "metadata": metadata,
                "spec": ["clusterName": .string(habitat.configuration.clusterName), "providerID": .string(machine.providerID)],
                "status": ["nodeRef": ["apiVersion": "v1", "kind": "Node", "name": .string(name)], "phase": "Running"],
            ]
        case .karpenter:
            metadata["labels"] = ["karpenter.sh/nodepool": .string(machine.pool)]
            object = ["metadata": metadata, "status": ["nodeName": .string(name), "providerID": .string(machine.providerID)]]
        }
        _ = habitat.attempt("make a machine's object") { () throws(KubeError) in try habitat.server.create(kind.type, object) }
        mark(name)
    }

    private func key(of name: String) -> ObjectKey {
        kind == .clusterAPI ? ObjectKey(namespace: Self.namespace, name: name) : ObjectKey(name: "claim-\(name)")
    }

    /// The Node says whose it is.
    private func mark(_ name: String) {
        guard let owner = habitat.server.get(kind.type, key(of: name)) else { return }
        _ = habitat.attempt("mark a node") { () throws(KubeError) in
            try habitat.server.update(Node.type, ObjectKey(name: name)) { node in
                switch kind {
                case .clusterAPI:
                    node[["metadata", "annotations", "cluster.x-k8s.io/machine"]] = .string(owner.namedKey.name)
                    node[["metadata", "annotations", "cluster.x-k8s.io/cluster-namespace"]] = .string(owner.namedKey.namespace)
                case .karpenter:
                    node[["metadata", "ownerReferences"]] = [
                        [
                            "apiVersion": "karpenter.sh/v1", "kind": "NodeClaim", "name": .string(owner.namedKey.name),
                            "uid": .string(owner.uid),
                            "blockOwnerDeletion": true,
                        ]
                    ]
                    node[["metadata", "labels", "karpenter.sh/nodepool"]] = owner["metadata"]?["labels"]?["karpenter.sh/nodepool"]
                }
            }
        }
    }

    /// Somebody deleted it: the machine goes after a while.
    private mutating func look(at key: ObjectKey, _ now: Duration) {
        guard let object = habitat.server.get(kind.type, key), object.isDeleting, ending.insert(key).inserted else { return }
        let name = object["status"]?["nodeRef"]?["name"]?.string ?? object["status"]?["nodeName"]?.string ?? ""
        due.add(.end(key, machine: name), at: now + habitat.configuration.latency.nodeGone)
    }

    private mutating func perform(_ chore: Chore, _ now: Duration) {
        switch chore {
        case .add: cluster.addNode()
        case .end(let key, let machine):
            ending.remove(key)
            cluster.removeNode(machine)
            _ = habitat.attempt("let a machine's object go") { () throws(KubeError) in
                try habitat.server.update(kind.type, key) { $0[["metadata", "finalizers"]] = nil }
            }
            if kind == .clusterAPI { due.add(.add, at: now + habitat.configuration.latency.recreation) }
        }
    }

    private mutating func provision(for reference: ObjectReference, _ now: Duration) {
        guard let pod = habitat.server.get(reference), !pod.isDeleting, pod.condition("PodScheduled")?["reason"]?.string == "Unschedulable",
            pod.controller?["kind"]?.string != "DaemonSet"
        else { return }
        due.add(.add, at: now + habitat.configuration.latency.recreation)
    }
}

extension SimulatedCluster {
    /// Who makes and ends machines beside the cloud's own groups.
    package enum MachineOwner: Sendable, Hashable {
        case clusterAPI, karpenter

        package var type: ResourceType {
            switch self {
            case .clusterAPI:
                ResourceType(group: "cluster.x-k8s.io", version: "v1beta1", kind: "Machine", plural: "machines", isNamespaced: true)
            case .karpenter:
                ResourceType(group: "karpenter.sh", version: "v1", kind: "NodeClaim", plural: "nodeclaims", isNamespaced: false)
            }
        }

        var finalizer: String { self == .clusterAPI ? "machine.cluster.x-k8s.io" : "karpenter.sh/termination" }

        /// A definition that takes any object: only what the machines' owners do is played, not what they check.
        var definition: JSONValue {
            [
                "metadata": ["name": .string("\(type.plural).\(type.group)")],
                "spec": [
                    "group": .string(type.group), "scope": .string(type.isNamespaced ? "Namespaced" : "Cluster"),
                    "names": [
                        "plural": .string(type.plural), "singular": .string(type.kind.lowercased()), "kind": .string(type.kind),
                        "listKind": .string("\(type.kind)List"),
                    ],
                    "versions": [
                        [
                            "name": .string(type.version), "served": true, "storage": true,
                            "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
                        ]
                    ],
                ],
            ]
        }
    }
}
