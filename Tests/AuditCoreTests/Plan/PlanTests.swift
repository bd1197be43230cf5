import AuditCore
import KubeCore
import Testing

@Suite struct PlanTests {
    private static func manifest(_ type: ResourceType, _ name: String) -> Manifest {
        Manifest(
            type: type,
            value: ["metadata": ["name": .string(name), "namespace": "agents", "labels": ["app.kubernetes.io/managed-by": "nodeaudit"]]])
    }

    private let agent = RenderedAgent(
        revision: "1-new", auditRevision: "1-a", manifests: [manifest(ConfigMap.type, "cm-new"), manifest(DaemonSet.type, "ds")])

    private func found(_ manifest: Manifest, uid: String = "u", deleting: Bool = false) -> ManagedObject {
        var value = manifest.value
        value[["metadata", "uid"]] = .string(uid)
        value[["metadata", "resourceVersion"]] = "7"
        if deleting { value[["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z" }
        return ManagedObject(type: manifest.type, value: value)
    }

    private func snapshot(
        _ policy: AuditPolicy = .fixture(), rendering: PolicySnapshot.Rendering? = nil, objects: [ManagedObject] = [],
        ledger: ApplyLedger = ApplyLedger(), pods: Int = 0, inUse: Set<String> = [], records: Int = 0, isCleanedUp: Bool = false
    ) -> PolicySnapshot {
        var snapshot = PolicySnapshot(
            policy: policy, rendering: rendering ?? .accepted(agent),
            objects: Dictionary(objects.map { ($0.identity, $0) }, uniquingKeysWith: { $1 }), ledger: ledger,
            now: Timestamp(seconds: 9_000),
            uptime: .zero)
        snapshot.agentPodCount = pods
        snapshot.configMapsInUse = inUse
        snapshot.nodeAuditCount = records
        snapshot.isCleanedUp = isCleanedUp
        return snapshot
    }

    private func settledLedger() -> ApplyLedger {
        var ledger = ApplyLedger()
        for manifest in agent.manifests {
            ledger.applied(manifest, because: .missing, returned: found(manifest), uptime: .zero)
            ledger.observed(found(manifest))
        }
        return ledger
    }

    @Test func `the finalizer comes before anything that would have to be cleaned up`() {
        var policy = AuditPolicy.fixture()
        policy.metadata.finalizers = nil
        #expect(Plan(for: snapshot(policy)).steps == [.addFinalizer(policy: "cos", resourceVersion: "1")])
    }

    @Test func `what pods mount is applied before the pods`() {
        let steps = Plan(for: snapshot()).steps
        #expect(steps.dropLast() == agent.manifests.map { .apply($0, because: .missing) })
        guard case .event(let note)? = steps.last else {
            Issue.record("no word about the roll-out")
            return
        }
        #expect(note.reason == "RollingOut" && note.note.contains("1-new"))
    }

    @Test func `at rest there is nothing to do`() {
        let plan = Plan(for: snapshot(objects: agent.manifests.map { found($0) }, ledger: settledLedger()))
        #expect(plan.steps.isEmpty)
        #expect(plan.lookAgainAfter == nil)
    }

    @Test func `a refused or paused specification touches nothing`() {
        let refused = snapshot(rendering: .refused([Problem(path: "spec.outputs[0]", message: "no")]))
        #expect(Plan(for: refused).steps.isEmpty)
        var policy = AuditPolicy.fixture()
        policy.spec.mode = .paused
        #expect(Plan(for: snapshot(policy)).steps.isEmpty)
    }

    @Test func `an earlier ConfigMap goes only when no pod mounts it`() {
        let old = found(Self.manifest(ConfigMap.type, "cm-old"), uid: "old")
        let objects = agent.manifests.map { found($0) } + [old]
        #expect(Plan(for: snapshot(objects: objects, ledger: settledLedger(), inUse: ["cm-old"])).steps.isEmpty)
        #expect(Plan(for: snapshot(objects: objects, ledger: settledLedger())).steps == [.delete(old.identity, uid: "old")])
    }

    @Test func `a deleted policy takes agents away first, then what they mounted, then the finalizer`() {
        let configMap = found(agent.manifests[0])
        let daemonSet = found(agent.manifests[1])
        let policy = AuditPolicy.fixture().deleting()
        let first = Plan(for: snapshot(policy, objects: [configMap, daemonSet], pods: 3, records: 3))
        #expect(first.steps == [.delete(daemonSet.identity, uid: "u")])
        let going = Plan(for: snapshot(policy, objects: [configMap, found(agent.manifests[1], deleting: true)], pods: 3))
        #expect(going.steps.isEmpty)
        let podsLeft = Plan(for: snapshot(policy, objects: [configMap], pods: 1))
        #expect(podsLeft.steps.isEmpty)
        let second = Plan(for: snapshot(policy, objects: [configMap], records: 3, isCleanedUp: true))
        #expect(second.steps == [.delete(configMap.identity, uid: "u")])
        #expect(Plan(for: snapshot(policy, records: 1, isCleanedUp: true)).steps.isEmpty)
        let last = Plan(for: snapshot(policy, isCleanedUp: true)).steps
        #expect(last.last == .removeFinalizer(policy: "cos", resourceVersion: "1"))
        guard case .event(let note)? = last.first else {
            Issue.record("no word about what became of the nodes")
            return
        }
        #expect(note.reason == "CleanedUp")
    }

    @Test func `drift is put back with a word about who did it`() {
        var ledger = settledLedger()
        ledger.applied(agent.manifests[0], because: .missing, returned: found(agent.manifests[0]), uptime: .zero)
        ledger.observed(found(agent.manifests[0]))
        var edited = found(agent.manifests[0])
        edited.value[["metadata", "labels", "app.kubernetes.io/managed-by"]] = "me"
        edited.value[["metadata", "managedFields"]] = [
            ["manager": "kubectl-edit", "operation": "Update"], ["manager": "nodeaudit", "operation": "Apply"],
        ]
        let steps = Plan(for: snapshot(objects: [edited, found(agent.manifests[1])], ledger: ledger)).steps
        #expect(steps.count == 2)
        guard case .event(let note)? = steps.last else {
            Issue.record("no event")
            return
        }
        #expect(note.reason == "DriftCorrected")
        #expect(note.note.contains("kubectl-edit") && note.note.contains("metadata.labels"))
    }

    @Test func `all conditions are there from the first visit and the second visit writes nothing`() throws {
        let first = StatusReport(on: Plan(for: snapshot()), failures: [])
        #expect(first.differs)
        let conditions = try #require(first.status.conditions)
        #expect(conditions.map(\.type) == ["Ready", "Accepted", "Reconciling", "Stalled", "Degraded", "Delivering", "RecreationPossible"])
        #expect(conditions.allSatisfy { !$0.reason.isEmpty && $0.observedGeneration == 1 })
        var policy = AuditPolicy.fixture()
        policy.status = first.status
        #expect(!StatusReport(on: Plan(for: snapshot(policy)), failures: []).differs)
    }

    @Test func `a refused specification says one problem a line and keeps what runs`() throws {
        var refused = snapshot(rendering: .refused([Problem(path: "spec.a", message: "x"), Problem(path: "spec.b", message: "y")]))
        refused.runningRevision = "1-old"
        let status = StatusReport(on: Plan(for: refused), failures: []).status
        let accepted = try #require(status.conditions?.first { $0.type == "Accepted" })
        #expect(accepted.status == .false)
        #expect(accepted.message == "spec.a: x\nspec.b: y")
        #expect(status.revision == "1-old")
    }
}
