import AuditCore
import KubeCore
import Testing

@Suite struct ApplyLedgerTests {
    private let manifest = Manifest(
        type: ConfigMap.type,
        value: ["metadata": ["name": "c", "namespace": "agents", "labels": ["a": "b"]], "data": ["x": "1"]])

    private func object(_ change: (inout JSONValue) -> Void = { _ in }, revision: Int = 5, uid: String = "u") -> ManagedObject {
        var value = manifest.value
        value[["metadata", "uid"]] = .string(uid)
        value[["metadata", "resourceVersion"]] = .string(String(revision))
        value[["metadata", "managedFields"]] = [["manager": "kubectl-edit", "operation": "Update", "time": "2026-01-01T00:00:00Z"]]
        change(&value)
        return ManagedObject(type: ConfigMap.type, value: value)
    }

    private func applied() -> ApplyLedger {
        var ledger = ApplyLedger()
        ledger.applied(manifest, because: .missing, returned: object(), uptime: .zero)
        ledger.observed(object())
        return ledger
    }

    @Test func `a missing object is applied, and again only when it is gone`() {
        #expect(ApplyLedger().verdict(on: manifest, observed: nil, uptime: .zero) == .apply(.missing))
        var ledger = ApplyLedger()
        ledger.applied(manifest, because: .missing, returned: object(), uptime: .zero)
        #expect(ledger.verdict(on: manifest, observed: nil, uptime: .zero) == .awaitingCache, "made, and not seen yet")
        ledger.observed(object())
        #expect(ledger.verdict(on: manifest, observed: nil, uptime: .zero) == .apply(.missing), "seen, and deleted since")
    }

    @Test func `an object found at the start is applied once`() {
        #expect(ApplyLedger().verdict(on: manifest, observed: object(), uptime: .zero) == .apply(.firstLook))
        #expect(applied().verdict(on: manifest, observed: object(), uptime: .zero) == .settled)
    }

    @Test func `a change of a field that is not ours is left alone`() {
        let found = object({ $0[["metadata", "annotations"]] = ["theirs": "1"] }, revision: 9)
        #expect(applied().verdict(on: manifest, observed: found, uptime: .zero) == .settled)
    }

    @Test func `a change of our fields is drift and names path and editor`() {
        let found = object({ $0[["data", "x"]] = "2" }, revision: 9)
        #expect(
            applied().verdict(on: manifest, observed: found, uptime: .zero) == .apply(.drift(paths: ["data.x"], editor: "kubectl-edit")))
        let removed = object({ $0[["metadata", "labels", "a"]] = nil }, revision: 9)
        #expect(
            applied().verdict(on: manifest, observed: removed, uptime: .zero)
                == .apply(.drift(paths: ["metadata.labels.a"], editor: "kubectl-edit")))
    }

    @Test func `a cache older than our own write is not judged`() {
        let stale = object({ $0[["data", "x"]] = "0" }, revision: 4)
        #expect(applied().verdict(on: manifest, observed: stale, uptime: .zero) == .awaitingCache)
    }

    @Test func `the same drift again and again is contested and waits`() {
        var ledger = applied()
        let found = object({ $0[["data", "x"]] = "2" }, revision: 9)
        for round in 1...3 {
            guard case .apply(let reason) = ledger.verdict(on: manifest, observed: found, uptime: .seconds(round)) else {
                Issue.record("round \(round) was not applied")
                return
            }
            ledger.applied(manifest, because: reason, returned: object(revision: 8), uptime: .seconds(round))
        }
        let verdict = ledger.verdict(on: manifest, observed: found, uptime: .seconds(10))
        #expect(verdict == .contested(by: "kubectl-edit", paths: ["data.x"], retryAfter: .seconds(591)))
        let later = ledger.verdict(on: manifest, observed: found, uptime: .seconds(700))
        #expect(later == .apply(.drift(paths: ["data.x"], editor: "kubectl-edit")))
    }

    @Test func `defaults that the server added are not drift`() {
        var ledger = ApplyLedger()
        let normalised = object { $0[["data", "x"]] = "one" }
        ledger.applied(manifest, because: .missing, returned: normalised, uptime: .zero)
        #expect(ledger.verdict(on: manifest, observed: normalised, uptime: .zero) == .settled)
    }
}
