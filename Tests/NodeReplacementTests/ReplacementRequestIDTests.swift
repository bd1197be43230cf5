import FoundationEssentials
import NodeReplacement
import Testing

struct ReplacementRequestIDTests {
    @Test func `an attempt has the same id in every process, and another attempt, boot or node another`() {
        let ids = [
            ReplacementRequestID.forAttempt(1, nodeUID: "u", bootID: "b"), ReplacementRequestID.forAttempt(2, nodeUID: "u", bootID: "b"),
            ReplacementRequestID.forAttempt(1, nodeUID: "v", bootID: "b"), ReplacementRequestID.forAttempt(1, nodeUID: "u", bootID: "c"),
        ]
        #expect(Set(ids).count == 4)
        #expect(ids[0] == "b1a5f7b8-8322-4647-8ab9-01aa121cb058", "stored orders outlive releases")
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil })
    }

    @Test func `a UUID stays, and what is none becomes one`() {
        #expect(ReplacementRequestID.uuid(from: "7B0C1A52-3f0e-4c5b-8f5a-0c6f6b0e9d11") == "7b0c1a52-3f0e-4c5b-8f5a-0c6f6b0e9d11")
        for text in [
            "", "00000000-0000-0000-0000-000000000000", "7b0c1a52-3f0e-4c5b-8f5a-0c6f6b0e9d1", "7b0c1a52-3f0e-4c5b-8f5a0c6f6b0e9d11-",
        ] {
            let uuid = ReplacementRequestID.uuid(from: text)
            #expect(uuid != text)
            #expect(uuid.count == 36)
            #expect(ReplacementRequestID.uuid(from: text) == uuid)
        }
    }

    @Test func `an order survives being stored`() throws {
        let order = ScriptedGroup.order
        let stored = try JSONEncoder().encode(order)
        #expect(try JSONDecoder().decode(ReplacementOrder.self, from: stored) == order)
    }
}
