import AuditCore
import AuditOperator
import KubeClient
import KubeCore
import KubeRuntime
import KubeSimulator
import TestSupport
import Testing

/// The operator's decoders, of JSON and of protobuf, against the decoder of whole objects, on what a cluster of GKE-like nodes sends while a policy rolls out.
@Suite struct WatchedObjectsTests {
    @Test func `nodes, agents and records in every state are read as the decoder of whole objects reads them`() throws {
        var nodes = SimulatedCluster.Configuration()
        nodes.hasBallast = true
        nodes.tracksManagedFields = true
        nodes.containerOptimizedNodes = NodeFault.allCases.count
        nodes.faults = Dictionary(uniqueKeysWithValues: NodeFault.allCases.enumerated().map { ($0.offset, $0.element) })
        try withStage(nodes: nodes) { stage in
            try await stage.apply()
            var states: Set<NodeState> = []
            var setups: Set<String> = []
            var largest = 0
            for moment in 0..<22 {
                try await stage.time.sleep(for: moment < 8 ? .seconds(1) : .seconds(60))
                if moment == 9 { stage.cluster.setFault(.unreachable, on: try await stage.records()[0].name) }
                if moment == 13 { try await stage.apply(["outputs": [["name": "out", "type": "Stdout", "stdout": [:]]]]) }
                if moment == 20 { _ = try await stage.client.delete(AuditPolicy.type, ObjectKey(name: "cos")) }
                largest = try await max(largest, compare(stage, NodeView.decoder()) { (node: Node) in NodeView(node) })
                try await compare(stage, AgentPodView.decoder(), in: Stage.agents) { (pod: Pod) in
                    let view = AgentPodView(pod)
                    switch view?.setup {
                    case .waiting?: setups.insert("waiting")
                    case .reported?: setups.insert("reported")
                    case .unreadable?: setups.insert("unreadable")
                    case nil: setups.insert("none")
                    }
                    return view
                }
                try await compare(stage, NodeAudit.decoder()) { (record: NodeAudit) in
                    states.insert(record.report.state)
                    var kept = NodeAudit(metadata: ObjectMeta(name: record.name, labels: record.metadata.labels), report: record.report)
                    kept.metadata.finalizers = record.metadata.finalizers
                    kept.metadata.uid = record.metadata.uid
                    kept.metadata.resourceVersion = record.metadata.resourceVersion
                    return kept
                }
            }
            // The comparison means something only if the cluster went through all of this.
            #expect(states.isSuperset(of: [.applied, .failed, .unsupported, .unreachable]), "\(states)")
            #expect(setups.isSuperset(of: ["waiting", "reported", "unreadable"]), "\(setups)")
            #expect(largest > 15_000, "nodes of \(largest) bytes are smaller than on GKE")
        }
    }

    /// Returns the size of the largest object.
    @discardableResult
    private func compare<Object: KubeResource, Value: Sendable & Equatable>(
        _ stage: Stage, _ decoder: ObjectDecoder<Value>, in namespace: String? = nil, _ view: (Object) -> Value?
    ) async throws -> Int {
        var items: [[UInt8]] = []
        _ = try await stage.client.list(decoder.type, Selection(namespace: namespace), ListOptions()) { items.append(Array($0)) }
        for item in items {
            let whole = try Object(json: item)
            try check(decoder.decode(item[...]), whole, view)
            guard let decodeProtobuf = decoder.decodeProtobuf else { continue }
            // Of a list, items do not say what they are.
            var object = try JSONValue(parsing: item)
            object["apiVersion"] = .string(Object.type.apiVersion)
            object["kind"] = .string(Object.type.kind)
            let wrapped = try #require(ProtobufEncoder.wrapped(object))
            try check(decodeProtobuf(ProtoObject(wrapped[...]).bytes), whole, view)
        }
        return items.map(\.count).max() ?? 0
    }

    private func check<Object: KubeResource, Value: Sendable & Equatable>(
        _ found: DecodedObject<Value>, _ whole: Object, _ view: (Object) -> Value?
    ) {
        #expect(found.key == whole.key && found.revision == whole.metadata.resourceVersion && found.value == view(whole))
    }
}
