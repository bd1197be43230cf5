import KubeCore
import KubeSimulator
import TestSupport

/// What the controllers and kubelets of the recorded cluster did between two requests, seen from their traces in the answers.
enum Interlude {
    private static let pod = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods", isNamespaced: true)
    private static let node = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
    private static let daemonSet = ResourceType(group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets", isNamespaced: true)
    private static let budget = ResourceType(
        group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", isNamespaced: true)

    static func before(_ place: String, _ server: SimulatedAPIServer) throws {
        switch place {
        case "01#0": try addNodes(server)
        case "11#2": try observe(1, server)
        case "11#5": try observe(2, server)
        case "12#2":
            // The node lifecycle controller marks a cordoned node.
            try server.update(node, ObjectKey(name: "gke-c1-pool-0-00000"), manager: "kube-controller-manager") { node in
                node[["spec", "taints"]] = [
                    ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": "2026-11-23T07:20:14Z"]
                ]
            }
        case "12#4": try run("free", server)
        case "12#5": try run("held", server)
        case "12#7": try run("twice", server)
        case "12#9": for name in ["held", "one", "two"] { try count(name, server) }
        case "12#15": try server.delete(pod, ObjectKey(namespace: "default", name: "free"), DeleteOptions(gracePeriodSeconds: 0))
        default: break
        }
    }

    /// While watches are open.
    static func during(_ name: String, _ server: SimulatedAPIServer, _ time: ManualTime) async throws {
        guard name == "10" else { return }
        // The collector learns of the new kind and ends the foreground deletion of 08.
        try await time.sleep(for: .milliseconds(4_500))
        while server.collectGarbage() {}
        try await time.sleep(for: .seconds(60))
        server.skipRevisions(10)
    }

    private static func answer(_ name: String, _ index: Int) throws -> JSONValue {
        try Recording(name).exchanges[index].answer ?? [:]
    }

    private static func addNodes(_ server: SimulatedAPIServer) throws {
        var first = try answer("12-nodes-pods-eviction", 0)["items"]?.array?.first ?? [:]
        first["apiVersion"] = "v1"
        first["kind"] = "Node"
        try server.create(node, first)
        for name in ["gke-c1-pool-0-00001", "gke-c1-pool-0-00002"] {
            try server.create(node, ["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name)]])
        }
    }

    /// The DaemonSet controller has seen a generation.
    private static func observe(_ generation: Int64, _ server: SimulatedAPIServer) throws {
        try server.updateStatus(daemonSet, ObjectKey(namespace: "default", name: "agent"), manager: "kube-controller-manager") {
            $0[["status", "observedGeneration"]] = .integer(generation)
        }
    }

    /// A kubelet has started the pod.
    private static func run(_ name: String, _ server: SimulatedAPIServer) throws {
        let items = try answer("12-nodes-pods-eviction", 9)["items"]?.array ?? []
        let status = items.first { $0["metadata"]?["name"]?.string == name }?["status"]
        try server.updateStatus(pod, ObjectKey(namespace: "default", name: name), manager: "unknown") { $0["status"] = status }
    }

    /// The disruption controller has counted the budget's pods.
    private static func count(_ name: String, _ server: SimulatedAPIServer) throws {
        let status = try answer("12-nodes-pods-eviction", 16)["status"]
        let key = ObjectKey(namespace: "default", name: name)
        try server.updateStatus(budget, key, manager: "kube-controller-manager") { $0["status"] = status }
    }
}
