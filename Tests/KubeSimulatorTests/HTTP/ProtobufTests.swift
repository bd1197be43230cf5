import KubeCore
import Testing

@testable import KubeSimulator

/// Bodies are built field by field here, so that the reader is tested against the encoding and not against itself.
struct ProtobufTests {
    private func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    private func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes }
    private func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    private func field(_ number: UInt64, _ value: Int64) -> [UInt8] { varint(number << 3) + varint(UInt64(bitPattern: value)) }

    private func body(_ apiVersion: String, _ kind: String, _ raw: [UInt8]) -> [UInt8] {
        Array("k8s\0".utf8) + field(1, field(1, apiVersion) + field(2, kind)) + field(2, raw) + field(3, "") + field(4, "")
    }

    /// Metadata as Go's client sends it: empty strings, a zero generation and an empty time included.
    private func metadata(_ name: String) -> [UInt8] {
        field(1, name) + field(2, "") + field(3, "") + field(4, "") + field(5, "") + field(6, "") + field(7, 0) + field(8, [])
    }

    @Test func `a Deployment keeps what was said and drops what was not`() {
        let container =
            field(1, "web") + field(2, "nginx") + field(5, "") + field(6, field(1, "") + field(2, 0) + field(3, 80) + field(4, "TCP"))
            + field(8, []) + field(13, "") + field(16, 0)
        let template =
            field(1, metadata("") + field(11, field(1, "app") + field(2, "web")))
            + field(2, field(2, container) + field(3, "") + field(11, 0))
        let spec =
            field(1, 0) + field(2, field(1, field(1, "app") + field(2, "web"))) + field(3, template) + field(4, field(1, "")) + field(5, 0)
        let status = field(1, 0) + field(2, 0)
        let object = ProtobufObject(body("apps/v1", "Deployment", field(1, metadata("web")) + field(2, spec) + field(3, status)))
        #expect(
            object?.value == [
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
                "spec": [
                    "replicas": 0, "selector": ["matchLabels": ["app": "web"]],
                    "template": [
                        "metadata": ["labels": ["app": "web"]],
                        "spec": ["containers": [["name": "web", "image": "nginx", "ports": [["containerPort": 80, "protocol": "TCP"]]]]],
                    ],
                ],
            ])
    }

    @Test func `secrets carry bytes, budgets numbers or percentages`() {
        let secret = ProtobufObject(
            body("v1", "Secret", field(1, metadata("s")) + field(2, field(1, "key") + field(2, [0, 255])) + field(3, "Opaque")))
        #expect(secret?.value["data"] == ["key": "AP8="])
        for (value, expected) in [(field(1, 0) + field(2, 3) + field(3, ""), 3), (field(1, 1) + field(2, 0) + field(3, "50%"), "50%")]
            as [([UInt8], JSONValue)]
        {
            let budget = ProtobufObject(body("policy/v1", "PodDisruptionBudget", field(1, metadata("b")) + field(2, field(1, value))))
            #expect(budget?.value["spec"]?["minAvailable"] == expected)
        }
    }

    @Test func `negative numbers and empty list elements arrive`() {
        let priority = ProtobufObject(body("scheduling.k8s.io/v1", "PriorityClass", field(1, metadata("p")) + field(2, -5)))
        #expect(priority?.value["value"] == -5)
        let rule = field(1, "get") + field(2, "") + field(3, "pods")
        let role = ProtobufObject(body("rbac.authorization.k8s.io/v1", "Role", field(1, metadata("r")) + field(2, rule)))
        #expect(role?.value["rules"] == [["verbs": ["get"], "apiGroups": [""], "resources": ["pods"]]])
    }

    @Test func `what cannot be read whole is not read at all`() {
        #expect(ProtobufObject(Array("{}".utf8)) == nil)
        #expect(ProtobufObject(body("v1", "Gadget", [])) == nil, "an unknown kind")
        #expect(ProtobufObject(body("apps/v1", "Namespace", [])) == nil, "a kind of another group")
        #expect(ProtobufObject(body("v1", "Namespace", field(99, "x"))) == nil, "a field that says something unknown")
        #expect(ProtobufObject(body("v1", "Namespace", field(99, ""))) != nil, "a field that says nothing")
        let whole = body("v1", "Namespace", field(1, metadata("n")))
        for length in 0..<whole.count - 4 {
            let value = ProtobufObject(Array(whole.prefix(length)))?.value
            #expect(value == nil || value?["metadata"] == nil, "cut after \(length) bytes")
        }
        var nested = field(1, "x")
        for _ in 0..<100 { nested = field(2, nested) }
        #expect(ProtobufObject(body("v1", "Namespace", nested)) == nil)
    }
}
