import AuditCore
import AuditOperator
import KubeCore
import KubeRuntime
import TestSupport
import Testing

/// The decoders that read straight from text say what the decoder of whole objects says, or both refuse.
@Suite struct DecodingTests {
    // MARK: Nodes

    @Test func `the nodes of a real API server come out as from the decoder of whole objects`() throws {
        let nodes = try Self.recorded("Node")
        #expect(nodes.count >= 2)
        for node in nodes {
            Comparisons.nodes.check(node)
            let whole = try NodeView(Node(node))
            #expect(try NodeView.decoder().decode(node.serialized[...]).value == whole)
        }
    }

    @Test func `a node's members are read`() throws {
        let node = try #require(try NodeView.decoder().decode(DecodingFixtures.node().serialized[...]).value)
        #expect(node.name == "gke-c1-pool-0-00007" && node.uid == "6c4ee0ff-6e5b-4d3c-8d3e-0a0b0c0d0e0f")
        #expect(node.labels.count == 5 && node.labels["topology.kubernetes.io/zone"] == "us-central1-b")
        #expect(node.bootID == "0f6e1d5c-1111-4222-8333-444455556666")
        #expect(node.providerID == "gce://proj/us-central1-b/gke-c1-pool-0-00007")
        #expect(node.isUnschedulable && !node.isReady && node.notReadyReason == "NodeStatusUnknown")
    }

    @Test(arguments: Seeds.first(6)) func `damaged nodes are refused, or read as the decoder of whole objects reads them`(seed: Int) throws
    {
        try Comparisons.nodes.check(damaging: DecodingFixtures.node(), seed: seed)
    }

    // MARK: Agents

    @Test(arguments: DecodingFixtures.podStates)
    func `an agent in any state comes out as from the decoder of whole objects`(state: String) throws {
        let pod = try DecodingFixtures.pod(state)
        Comparisons.pods.check(pod)
        let whole = try AgentPodView(Pod(pod))
        #expect(try AgentPodView.decoder().decode(pod.serialized[...]).value == whole)
        #expect((whole == nil) == (state == "of somebody else"))
    }

    @Test(arguments: DecodingFixtures.podStates)
    func `damaged agents are refused, or read as the decoder of whole objects reads them`(state: String) throws {
        let pod = try DecodingFixtures.pod(state)
        Comparisons.pods.check(damaging: pod, seed: 1)
    }

    @Test func `the pods of a real API server come out as from the decoder of whole objects`() throws {
        let pods = try Self.recorded("Pod")
        #expect(pods.count >= 2)
        for pod in pods {
            Comparisons.pods.check(pod)
            var ours = pod
            ours[["metadata", "labels"]] = ["nodeaudit.dev/policy": "cos"]
            Comparisons.pods.check(ours)
        }
    }

    // MARK: Records

    @Test func `a record is read whole, without the metadata that nobody asks for`() throws {
        var whole = try NodeAudit(DecodingFixtures.record())
        whole.metadata.generation = nil
        whole.metadata.creationTimestamp = nil
        whole.metadata.managedFields = nil
        let found = try NodeAudit.decoder().decode(DecodingFixtures.record().serialized[...])
        #expect(found.value == whole && found.revision == "41236" && found.key == ObjectKey(name: "gke-c1-pool-0-00007"))
        #expect(whole.report.kernel?.ruleCount == 14 && whole.report.message == "all \u{201C}good\u{201D}")
    }

    @Test(arguments: Seeds.first(6)) func `damaged records are refused, or read as the decoder of whole objects reads them`(seed: Int)
        throws
    {
        try Comparisons.records.check(damaging: DecodingFixtures.record(), seed: seed)
    }

    // MARK: Text

    @Test func `an object that stands in the middle of a buffer is read from there`() throws {
        let text = try DecodingFixtures.node().serialized
        let buffer = Array("{\"type\":\"ADDED\",\"object\":".utf8) + text + Array("}\n{\"type\":\"DEL".utf8)
        let start = "{\"type\":\"ADDED\",\"object\":".utf8.count
        let found = try NodeView.decoder().decode(buffer[start..<start + text.count])
        #expect(try found.value == NodeView(Node(DecodingFixtures.node())))
    }

    @Test func `white space, escapes in names and texts, and members that come twice are read as JSON means them`() {
        for text in [
            " {\n\t\"metadata\" : { \"name\" : \"n\" , \"labels\":{} } }\r\n",
            "{\"met\\u0061data\":{\"n\\u0061me\":\"\\u00e4\\ud83d\\ude00\"}}",
            "{\"metadata\":{\"name\":\"a\"},\"metadata\":{\"uid\":\"u\",\"name\":\"b\"}}", "{\"metadata\":{\"name\":\"a\",\"name\":null}}",
            "{\"metadata\":{\"name\":\"a\",\"labels\":{\"k\":\"1\",\"k\":\"2\"}},\"spec\":null,\"status\":{\"conditions\":null}}",
            "{\"metadata\":{\"name\":\"a\"},\"status\":{\"conditions\":[{\"status\":\"True\",\"type\":\"Re\\u0061dy\"}]}}",
            "{\"metadata\":{\"name\":\"a\"}} x", "{\"metadata\":{\"name\":\"a\"},}", "[]", "null", "", "{\"metadata\":null}",
            "{\"metadata\":{}}",
            "{\"metadata\":{\"name\":\"a\u{1}\"}}", "{\"metadata\":{\"name\":nul}}", "{\"metadata\":{\"name\":\"\"}}",
        ] {
            Comparisons.nodes.check(Array(text.utf8))
        }
        Comparisons.nodes.check(Array("{\"metadata\":{\"name\":\"".utf8) + [0xC3] + Array("\"}}".utf8))
        Comparisons.nodes.check(Array("{\"metadata\":{\"name\":\"a\",\"".utf8) + [0xFF] + Array("\":1}}".utf8))
    }

    @Test func `errors name the field`() {
        let text = "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"providerID\":7}}"
        #expect {
            try NodeView.decoder().decode(Array(text.utf8)[...])
        } throws: { error in
            "\(error)".hasPrefix("spec.providerID: not a text")
        }
    }

    private static func recorded(_ kind: String) throws -> [JSONValue] {
        var objects: [JSONValue] = []
        for exchange in try Recording("12-nodes-pods-eviction").exchanges {
            if let body = exchange.body { objects.append(body) }
            objects += exchange.body?["items"]?.array ?? []
            objects += exchange.stream.compactMap { $0["object"] }
        }
        return objects.filter { $0["kind"]?.string == kind && $0["metadata"]?["name"] != nil }
    }
}
