import AuditCore
import KubeClient
import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct OwnershipTests {
    @Test func `the operator's writes leave the fields of a policy to whoever applied them`() throws {
        try withStage { stage in
            try await stage.apply(["mode": "Enforce"])
            try await stage.becomesReady()
            let policy = stage.server.get(AuditPolicy.type, ObjectKey(name: "cos"))
            #expect(fields(of: policy, ownedBy: "person", through: nil) == [["f:spec"]])
            #expect(fields(of: policy, ownedBy: "nodeaudit", through: nil) == [["f:metadata"]], "the finalizer alone")
            #expect(fields(of: policy, ownedBy: "nodeaudit", through: "status") == [["f:status"]])
        }
    }

    /// The first level of each entry's field set.
    private func fields(of object: JSONValue?, ownedBy manager: String, through subresource: String?) -> [Set<String>] {
        let entries = object?["metadata"]?["managedFields"]?.array ?? []
        let owned = entries.filter { $0["manager"]?.string == manager && $0["subresource"]?.string == subresource }
        return owned.map { Set(($0["fieldsV1"]?.object ?? [:]).keys) }
    }
}
