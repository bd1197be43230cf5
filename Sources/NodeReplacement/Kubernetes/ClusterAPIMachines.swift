package import KubeCore

/// Replaces a node by deleting its Cluster API Machine: the MachineSet makes another, under another name.
///
/// The Node's annotations name the Machine, and the Machine must name the Node: a node may write its own annotations. Control-plane
/// Machines are left alone: their etcd member must go first, which only their own roll-out does.
/// Rights, where the Machines are (the management cluster, whose transport this is): get and delete machines.cluster.x-k8s.io.
package struct ClusterAPIMachines: NodeReplacer {
    package static let machineAnnotation = "cluster.x-k8s.io/machine"
    package static let namespaceAnnotation = "cluster.x-k8s.io/cluster-namespace"

    package var provider: ReplacementProvider { .clusterAPI }

    private let machines: DeletedOwner

    package init(_ transport: any KubeTransport) {
        machines = DeletedOwner(
            objects: KubeObjects(transport: transport), group: "cluster.x-k8s.io", kind: "Machine", plural: "machines", isNamespaced: true)
    }

    package func keepsName(_ method: ReplacementMethod) -> Bool { false }

    package func locate(_ node: NodeIdentity) async throws(ReplacementError) -> ReplacementTarget {
        guard let name = node.annotations[Self.machineAnnotation], let namespace = node.annotations[Self.namespaceAnnotation] else {
            throw ReplacementError(.notInGroup, "node \(node.name) has no annotation that names a Machine")
        }
        guard ObjectName.isValid(name), ObjectName.isValid(namespace) else {
            throw ReplacementError(.identityMismatch, "node \(node.name): its annotations name no possible Machine")
        }
        let key = ObjectKey(namespace: namespace, name: name)
        guard let machine = try await machines.objects.get(machines.type(), key), let uid = machine.uid else {
            throw ReplacementError(.notInGroup, "there is no Machine \(key) for node \(node.name) at this API server")
        }
        guard machine["status"]?["nodeRef"]?["name"]?.string == node.name else {
            throw ReplacementError(.identityMismatch, "Machine \(key) is not node \(node.name)'s, though its annotation says so")
        }
        if let claimed = node.providerID, let known = machine["spec"]?["providerID"]?.string, claimed != known {
            throw ReplacementError(.identityMismatch, "Machine \(key) has another provider id than node \(node.name)")
        }
        guard machine["metadata"]?["labels"]?["cluster.x-k8s.io/control-plane"] == nil else {
            throw ReplacementError(.notReplaceable, "Machine \(key) is of the control plane, which has to roll by itself")
        }
        guard let owner = machine.controller, owner.kind == "MachineSet" || owner.kind == "MachinePool" else {
            throw ReplacementError(.notInGroup, "Machine \(key) belongs to no MachineSet, so nobody would make another")
        }
        return ReplacementTarget(
            provider: provider, machine: key.description, group: "\(owner.kind)/\(namespace)/\(owner.name)", machineID: uid)
    }

    package func request(_ order: ReplacementOrder) async throws(ReplacementError) -> ReplacementAcceptance {
        try await machines.request(order)
    }

    package func progress(of order: ReplacementOrder) async throws(ReplacementError) -> ReplacementProgress {
        try await machines.progress(of: order)
    }
}
