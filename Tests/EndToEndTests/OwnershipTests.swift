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
            let entries = stage.server.get(AuditPolicy.type, ObjectKey(name: "cos"))?["metadata"]?["managedFields"]?.array ?? []
            let person = try #require(entries.first { $0["manager"] == "person" })
            #expect(person["fieldsV1"]?["f:spec"]?["f:mode"] != nil)
            let operators = entries.filter { $0["manager"]?.string == "nodeaudit" }
            let status = try #require(operators.first { $0["subresource"]?.string == "status" })
            #expect(Set(status["fieldsV1"]?.object?.keys ?? [:].keys) == ["f:status"])
            let others = operators.filter { $0["subresource"] == nil }.compactMap { $0["fieldsV1"]?.object?.keys }
            #expect(others.map { Set($0) } == [["f:metadata"]], "the finalizer alone")
        }
    }
}
