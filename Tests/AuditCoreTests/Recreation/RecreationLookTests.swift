import AuditCore
import KubeCore
import Testing

/// One look at a stored recreation: a phase acts, a transition only writes.
@Suite struct RecreationLookTests {
    private let now = Timestamp(seconds: 10_000)

    private func policy(_ change: (inout AuditPolicy) -> Void = { _ in }) -> AuditPolicy {
        var policy = AuditPolicy.fixture().deleting()
        change(&policy)
        return policy
    }

    private func recreation(_ phase: NodeRecreation.Phase, boot: String = "boot-1", since seconds: Int64 = 0) -> NodeRecreation {
        var recreation = NodeRecreation(
            phase: phase, method: .recreate, reason: .deleted, startTime: Timestamp(seconds: 9_000), originalNodeUID: "uid-n1",
            originalBootID: boot)
        recreation.phaseTime = Timestamp(seconds: now.seconds - seconds)
        recreation.actor = .gceManagedInstanceGroup
        recreation.target = NodeRecreation.Target(machine: "projects/p/zones/z/instances/n1", group: "g", machineID: "1")
        recreation.requestID = "7b0c1a52-3f0e-4c5b-8f5a-0c6f6b0e9d11"
        return recreation
    }

    private func record(_ recreation: NodeRecreation) -> NodeAudit {
        var record = NodeAudit(metadata: ObjectMeta(name: "n1"), report: .init(policyName: "cos", state: .recreating))
        record.metadata.resourceVersion = "5"
        record.metadata.uid = "record"
        record.report.nodeUID = "uid-n1"
        record.report.bootID = "boot-1"
        record.report.recreation = recreation
        return record
    }

    private func look(
        _ recreation: NodeRecreation, node: NodeView? = .fixture("n1"), policy: AuditPolicy? = nil, pods: [DrainPodView]? = nil,
        isAdmitted: Bool = false
    ) -> NodePlan {
        NodePlan(
            for: NodeCase(
                name: "n1", node: node, intent: (policy ?? self.policy()).intent(), stored: record(recreation), pods: pods,
                isAdmitted: isAdmitted, now: now, uptime: .seconds(1000)))
    }

    private func cordoned(boot: String = "boot-1", ready: Bool = true) -> NodeView {
        var node = NodeView.fixture("n1", boot: boot, ready: ready)
        node.isUnschedulable = true
        node.mark = NodeMark(policyUID: "uid-cos", isCordonedByUs: true, isKeptByUs: true)
        return node
    }

    private func phase(_ plan: NodePlan) -> NodeRecreation.Phase? {
        for case .write(let record) in plan.steps { return record.report.recreation?.phase }
        return nil
    }

    private func isReplacing(_ plan: NodePlan) -> Bool {
        plan.steps.contains { if case .replace = $0 { true } else { false } }
    }

    @Test func `a node is cordoned, and drained when the watch shows it`() {
        let cordoning = look(recreation(.cordoning))
        #expect(cordoning.steps == [.cordon(NodeIdentity(name: "n1", uid: "uid-n1", bootID: "boot-1"), policyUID: "uid-cos")])
        #expect(phase(look(recreation(.cordoning), node: cordoned())) == .draining)
    }

    @Test func `an empty node moves on with the order stored, and the provider is asked a look later`() {
        let drained = look(recreation(.draining), node: cordoned(), pods: [])
        #expect(phase(drained) == .replacing && !isReplacing(drained))
        let asking = look(recreation(.replacing), node: cordoned())
        #expect(isReplacing(asking) && phase(asking) == nil)
    }

    @Test func `volumes that are still attached are waited for`() {
        var node = cordoned()
        node.attachedVolumes = 1
        let plan = look(recreation(.draining), node: node, pods: [])
        #expect(phase(plan) == .draining, "the message alone is written")
        #expect(!isReplacing(plan))
    }

    @Test(arguments: [NodeRecreation.Phase.cordoning, .draining, .replacing])
    func `a node that others replaced meanwhile is never replaced again`(phase: NodeRecreation.Phase) {
        let plan = look(recreation(phase), node: .fixture("n1", boot: "boot-2"), pods: [])
        #expect(self.phase(plan) == .verifying && !isReplacing(plan))
    }

    @Test(arguments: [NodeRecreation.Phase.cordoning, .draining])
    func `before the replacement everything can be called off`(phase: NodeRecreation.Phase) {
        let enabled = AuditPolicy.fixture()
        #expect(self.phase(look(recreation(phase), node: cordoned(), policy: enabled, pods: [])) == .releasing)
    }

    @Test func `a node that is released is given back before its record is closed`() {
        let releasing = look(recreation(.releasing), node: cordoned(), policy: .fixture())
        #expect(releasing.steps == [.release(node: "n1")])
        let done = look(recreation(.releasing), policy: .fixture())
        guard case .write(let record)? = done.steps.first else {
            Issue.record("nothing is written")
            return
        }
        #expect(record.report.recreation == nil && record.metadata.finalizers == nil)
        #expect(record.metadata.resourceVersion == "5", "a record that somebody changed meanwhile is looked at first")
    }

    @Test func `a drain that takes too long is skipped, waits, or is forced, as the policy says`() {
        let pod = DrainPodView(
            Pod(
                metadata: {
                    var meta = ObjectMeta(name: "web", namespace: "default", annotations: ["karpenter.sh/do-not-disrupt": "true"])
                    meta.uid = "uid-web"
                    meta.ownerReferences = [
                        OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: "o", uid: "o", controller: true)
                    ]
                    return meta
                }(), spec: PodSpec(containers: []), status: Pod.Status(phase: "Running")))
        func plan(_ onTimeout: AuditPolicy.Drain.OnTimeout) -> NodePlan {
            let policy = policy {
                $0.spec.recreation.drain.timeoutSeconds = 60
                $0.spec.recreation.drain.onTimeout = onTimeout
            }
            return look(recreation(.draining, since: 61), node: cordoned(), policy: policy, pods: [pod])
        }
        #expect(phase(plan(.skip)) == .releasing)
        #expect(phase(plan(.wait)) == .draining)
        let forced = plan(.force).steps.contains { if case .delete = $0 { true } else { false } }
        #expect(forced)
    }

    @Test func `a node on another boot is uncordoned before its kernel is asked`() {
        let plan = look(recreation(.verifying, boot: "boot-0"), node: cordoned(boot: "boot-1"))
        #expect(plan.steps == [.release(node: "n1")])
        #expect(look(recreation(.verifying, boot: "boot-0"), node: cordoned(boot: "boot-1", ready: false)).steps.isEmpty)
    }

    @Test func `a node that does not come back is named and still waited for`() {
        let plan = look(recreation(.verifying, since: 1_300), node: nil)
        guard case .write(let record)? = plan.steps.first(where: { if case .write = $0 { true } else { false } }) else {
            Issue.record("nothing is written")
            return
        }
        #expect(record.report.state == .failed && record.report.reason == "DidNotComeBack")
        #expect(record.report.recreation?.phase == .verifying && record.metadata.finalizers == [WellKnown.Finalizer.recreation])
    }

    @Test func `a mark without an open record is taken off`() {
        var closed = record(recreation(.waiting))
        closed.report.recreation = nil
        closed.report.state = .applied
        let plan = NodePlan(
            for: NodeCase(
                name: "n1", node: cordoned(), intent: AuditPolicy.fixture().intent(), stored: closed, now: now, uptime: .seconds(1000)))
        #expect(plan.steps.contains(.release(node: "n1")))
    }
}
