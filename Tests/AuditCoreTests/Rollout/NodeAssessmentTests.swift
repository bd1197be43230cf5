import AuditCore
import KubeCore
import Testing

@Suite struct NodeAssessmentTests {
    private let node = NodeView.fixture("n1")

    private func assess(_ agent: AgentFixture?, node: NodeView? = nil, stored: NodeAudit? = nil) -> NodeAssessment {
        NodeAssessment(evidence(agent, node: node ?? self.node, stored: stored))
    }

    @Test func `a kernel that audits as wanted and a started collector make a node Applied`() {
        let result = assess(.applied("n1"))
        #expect(result.state == .applied)
        #expect(result.kernel?.enabled == .locked)
        #expect(result.kernel?.ruleCount == 14)
        #expect(result.isLocked && result.isDelivering)
        #expect(result.revision == "1-new")
    }

    @Test func `a collector that is not ready does not change the state, only delivery`() {
        var agent = AgentFixture.applied("n1")
        agent.ready = false
        let result = assess(agent)
        #expect(result.state == .applied)
        #expect(!result.isDelivering)
    }

    @Test func `a node that is not Ready is Unreachable whatever its pod says`() {
        let result = assess(.applied("n1"), node: .fixture("n1", ready: false))
        #expect(result.state == .unreachable)
        #expect(result.reason == "NodeStatusUnknown")
    }

    @Test(arguments: [
        ("Inactive", NodeState.failed, "NotAuditing"), ("LockedOther", .outdated, "LockedWithOtherRules"),
        ("Unsupported", .unsupported, "Unsupported"), ("Failed", .failed, "SetupFailed"),
    ])
    func `each outcome of the set-up has its state`(outcome: String, state: NodeState, reason: String) {
        var agent = AgentFixture.applied("n1")
        agent.report = AgentFixture.report(outcome, detail: "why it is so")
        let result = assess(agent)
        #expect(result.state == state)
        #expect(result.reason == reason)
        if outcome == "Failed" || outcome == "Unsupported" { #expect(result.message == "why it is so") }
    }

    @Test func `a report of another boot is no evidence`() {
        var agent = AgentFixture.applied("n1")
        agent.report = AgentFixture.report(boot: "boot-0")
        let result = assess(agent)
        #expect(result.state == .pending)
        #expect(result.reason == "OtherBoot")
        #expect(result.kernel == nil)
    }

    @Test func `a garbled report is no evidence of anything`() {
        var agent = AgentFixture.applied("n1")
        agent.report = "{\"v\":1,"
        let result = assess(agent)
        #expect(result.state == .failed)
        #expect(result.reason == "ReportUnreadable")
        #expect(result.kernel == nil)
    }

    @Test func `the record of the same boot stands while a new pod has not reported`() {
        let applied = NodeAssessment(evidence(.applied("n1"), node: node))
        var record = NodeAudit(metadata: ObjectMeta(name: "n1"), report: .init(policyName: "cos", state: .applied))
        record.report.nodeUID = node.uid
        record.report.bootID = node.bootID
        record.report.kernel = applied.kernel
        record.report.revision = "1-old"
        var agent = AgentFixture(node: "n1")
        agent.setupWaiting = "PodInitializing"
        let result = assess(agent, stored: record)
        #expect(result.state == .pending)
        #expect(result.reason == "CollectorStarting")
        #expect(result.isLocked)
        let rebooted = assess(agent, node: .fixture("n1", boot: "boot-2"), stored: record)
        #expect(rebooted.kernel == nil)
    }

    @Test func `an older revision is Outdated and in transit`() {
        let result = assess(.applied("n1", revision: "1-old"))
        #expect(result.state == .outdated)
        #expect(result.isInTransit)
    }

    @Test func `an image that cannot be pulled fails the node and says so`() {
        var agent = AgentFixture.applied("n1")
        agent.collector = ContainerState(waiting: .init(reason: "ImagePullBackOff", message: "no such image"))
        agent.ready = false
        let result = assess(agent)
        #expect(result.state == .failed)
        #expect(result.reason == "ImagePullBackOff")
        #expect(result.message == "no such image")
    }

    @Test func `without an agent a node is Pending`() {
        #expect(assess(nil).state == .pending)
    }
}
