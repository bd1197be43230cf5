import AuditCore
import AuditOperator
import FoundationEssentials
import KubeCore
import KubeRuntime
import Testing

/// A decoder against the decoder of whole objects, on whatever JSON.
struct Comparison<Object: KubeResource, Value: Sendable & Equatable>: Sendable {
    let decoder: ObjectDecoder<Value>
    let readMembers: @Sendable (JSONValue) -> JSONValue
    /// Adds what the decoder of whole objects insists on.
    var completed: @Sendable (JSONValue) -> JSONValue = { $0 }
    let view: @Sendable (Object) -> Value?

    /// What the decoder of whole objects makes of the members that are read. nil: it refuses.
    func expected(_ object: JSONValue) -> DecodedObject<Value>? {
        guard let whole = try? Object(completed(readMembers(object))), !whole.name.isEmpty else { return nil }
        return DecodedObject(key: whole.key, revision: whole.metadata.resourceVersion ?? "", value: view(whole))
    }

    func check(_ object: JSONValue, _ location: SourceLocation = #_sourceLocation) {
        check(object.serialized, is: expected(object), location)
    }

    /// Text that the strict parser refuses must be refused; of any other the members that are read must come out.
    func check(_ bytes: [UInt8], _ location: SourceLocation = #_sourceLocation) {
        let object = try? JSONValue(parsing: bytes)
        // Where quotes are out of step and an escaped one brings them into step again, what lies between may be stepped over.
        if object == nil, bytes.contains(UInt8(ascii: "\\")) { return }
        check(bytes, is: object.flatMap { expected($0) }, location)
    }

    private func check(_ bytes: [UInt8], is expected: DecodedObject<Value>?, _ location: SourceLocation) {
        let found = try? decoder.decode(bytes[...])
        let isSame = found?.key == expected?.key && found?.revision == expected?.revision && found?.value == expected?.value
        #expect(
            isSame && (found == nil) == (expected == nil),
            "\(String(decoding: bytes, as: UTF8.self))\nfound \(String(describing: found))\nexpected \(String(describing: expected))",
            sourceLocation: location)
    }

    /// Whole objects as they are, members that are read damaged by tree and by byte, and whole objects damaged by tree.
    func check(damaging object: JSONValue, seed: Int, trees: Int = 300, bytes: Int = 600, whole: Int = 30) {
        var damage = Damage(seed: seed)
        let dense = readMembers(object)
        let text = dense.serialized
        for _ in 0..<trees { check(damage.applied(to: damage.applied(to: dense))) }
        for _ in 0..<bytes { check(damage.applied(to: text)) }
        for _ in 0..<whole { check(damage.applied(to: damage.applied(to: object))) }
    }
}

enum Comparisons {
    static let nodes = Comparison<Node, NodeView>(
        decoder: NodeView.decoder(), readMembers: ReadMembers.node, view: { NodeView($0) })
    static let pods = Comparison<Pod, AgentPodView>(
        decoder: AgentPodView.decoder(), readMembers: ReadMembers.pod, completed: ReadMembers.completed(pod:), view: { AgentPodView($0) })
    static let records = Comparison<NodeAudit, NodeAudit>(
        decoder: NodeAudit.decoder(), readMembers: ReadMembers.record,
        view: { record in
            // Both are constants; the decoder of whole objects reads them, the other knows them.
            var record = record
            record.apiVersion = "nodeaudit.dev/v1alpha1"
            record.kind = "NodeAudit"
            return record
        })
}
