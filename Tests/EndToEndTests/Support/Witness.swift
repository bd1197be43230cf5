import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import Synchronization
import TestSupport
import Testing

/// Looks at the cluster ten times a virtual second and remembers what must never be (lifecycle.md, Invariants).
final class Witness: Sendable {
    private struct State {
        var mostUnavailable = 0
        var violations: Set<String> = []
    }

    private let stage: Stage
    private let state = Mutex(State())

    init(_ stage: Stage) { self.stage = stage }

    /// The most nodes that could not take work at any moment.
    var mostUnavailable: Int { state.withLock { $0.mostUnavailable } }
    var violations: [String] { state.withLock { $0.violations.sorted() } }

    func run() async throws {
        let expected = stage.cluster.configuration.containerOptimizedNodes
        while true {
            look(expected)
            try await stage.time.sleep(for: .milliseconds(100))
        }
    }

    private func look(_ expected: Int) {
        let nodes = stage.server.list(Node.type)
        let available = nodes.filter { node in
            node["spec"]?["unschedulable"]?.bool != true
                && node["status"]?["conditions"]?.array?.contains { $0["type"] == "Ready" && $0["status"] == "True" } == true
        }.count
        var found: [String] = []
        let records = Dictionary(
            stage.server.list(NodeAudit.type).map { ($0["metadata"]?["name"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
        for node in nodes where node["metadata"]?["annotations"]?[WellKnown.Annotation.recreation] != nil {
            let name = node["metadata"]?["name"]?.string ?? ""
            if records[name]?["report"]?["recreation"] == nil { found.append("\(name) is marked and has no open record") }
        }
        let pods = stage.server.list(Pod.type, namespace: Stage.agents)
        for (node, pods) in Dictionary(grouping: pods, by: { $0["spec"]?["nodeName"]?.string ?? "" }) {
            let sweeps = pods.contains { $0["metadata"]?["annotations"]?[WellKnown.Annotation.task] == "sweep" }
            let agents = pods.contains { $0["metadata"]?["labels"]?[WellKnown.Label.component] == "agent" }
            if sweeps && agents && !node.isEmpty { found.append("an agent and a sweep are both on \(node)") }
        }
        state.withLock { state in
            state.mostUnavailable = max(state.mostUnavailable, expected - available)
            state.violations.formUnion(found)
        }
    }
}

extension Stage {
    /// Deletes of pods outside the agents' namespace: drains evict, they do not delete.
    var plainDeletes: [String] {
        server.requestLog.map(\.attributes).filter {
            $0.user == OperatorDoor.user && $0.verb == "delete" && $0.resource == "pods" && $0.namespace != Stage.agents
        }.map { "\($0.namespace)/\($0.name)" }
    }

    func boots() -> [Int] { cluster.machines.all.map(\.boots) }

    /// Everything that was made for policies.
    func leftovers() -> [String] {
        var left = server.list(NodeAudit.type).map { "NodeAudit \($0["metadata"]?["name"]?.string ?? "")" }
        for type in [DaemonSet.type, ConfigMap.type, ServiceAccount.type, NetworkPolicy.type, Pod.type] {
            left += server.list(type, namespace: Self.agents).compactMap { $0["metadata"]?["name"]?.string }
                .filter { $0.hasPrefix("nodeaudit") }.map { "\(type.kind) \($0)" }
        }
        return left
    }

    func nodesInUse() -> [String] {
        server.list(Node.type).filter {
            $0["spec"]?["unschedulable"]?.bool == true || $0["metadata"]?["annotations"]?[WellKnown.Annotation.recreation] != nil
                || $0["metadata"]?["annotations"]?[WellKnown.Annotation.scaleDownDisabled] != nil
        }.compactMap { $0["metadata"]?["name"]?.string }
    }

    func delete(_ policy: String = "cos", propagation: KubeClient.DeleteOptions.Propagation = .background) async throws {
        _ = try await client.delete(AuditPolicy.type, ObjectKey(name: policy), KubeClient.DeleteOptions(propagation: propagation))
    }

    func becomesGone(_ policy: String = "cos", within limit: Duration = .seconds(4 * 3600)) async throws {
        try await time.wait(upTo: limit, every: .seconds(1), for: "the end of \(policy)") { try await self.policy(policy) == nil }
    }

    func annotate(_ key: String, _ value: String, policy: String = "cos") async throws {
        let patch: JSONValue = ["metadata": ["annotations": [key: .string(value)]]]
        _ = try await client.patch(AuditPolicy.type, ObjectKey(name: policy), .merge(patch))
    }

    /// The name of the node by its ordinal.
    func node(_ ordinal: Int) -> String { cluster.machines.all[ordinal].name }

    func phases() -> [String] {
        server.list(NodeAudit.type).compactMap { $0["report"]?["recreation"]?["phase"]?.string }
    }

    /// Nothing of ours is left, every kernel is unlocked, every node in use and booted so often.
    func expectsCleanEnd(boots: Int) {
        #expect(leftovers() == [])
        #expect(nodesInUse() == [], "none is cordoned or marked")
        let booted = self.boots()
        #expect(booted.allSatisfy { $0 == boots }, "each \(boots) times, but \(booted)")
        let locked = cluster.machines.all.filter(\.kernel.isLocked).map(\.name)
        #expect(locked == [])
    }
}

extension JSONValue {
    var objectName: String { self["metadata"]?["name"]?.string ?? "" }
}

extension SimulatedCluster.Configuration {
    static func of(_ nodes: Int) -> SimulatedCluster.Configuration {
        var configuration = SimulatedCluster.Configuration()
        configuration.containerOptimizedNodes = nodes
        return configuration
    }
}
