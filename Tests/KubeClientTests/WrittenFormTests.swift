import KubeClient
import KubeCore
import TestSupport
import Testing

@Suite struct WrittenFormTests {
    /// Keeps what was sent and answers with it.
    private struct Echo: KubeTransport {
        let sent = BodyLog()

        func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
            sent.bodies.append(request.body)
            return KubeResponse(status: 200, body: KubeBody(request.body))
        }
    }

    private final class BodyLog: @unchecked Sendable {
        var bodies: [[UInt8]] = []
    }

    @Test func `a write never carries managedFields, whose field sets we do not keep`() async throws {
        let echo = Echo()
        let client = KubeAPI(echo)
        let managed: JSONValue = [["manager": "m", "operation": "Update"]]
        let lease = try Lease(["metadata": ["name": "l", "namespace": "n", "resourceVersion": "3", "managedFields": managed]])
        #expect(lease.metadata.managedFields?.count == 1)
        _ = try await client.update(lease)
        _ = try await client.updateStatus(lease)
        _ = try await client.apply(lease, force: true)
        for body in echo.sent.bodies {
            let value = try JSONValue(parsing: body)
            #expect(value["metadata"]?["name"] == "l")
            #expect(value["metadata"]?["managedFields"] == nil)
        }
        #expect(echo.sent.bodies.count == 3)
    }
}
