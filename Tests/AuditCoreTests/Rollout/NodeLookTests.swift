import AuditCore
import KubeCore
import Testing

@Suite struct NodeLookTests {
    private let node = NodeView.fixture("n1")
    private let now = Timestamp(seconds: 5_000)

    private func look(
        _ agent: AgentFixture?, node: NodeView? = nil, stored: NodeAudit? = nil, memory: NodeLook.Memory = .init(),
        at uptime: Duration = .zero
    ) -> NodeLook {
        NodeLook(evidence(agent, node: node ?? self.node, stored: stored), memory: memory, now: now, uptime: uptime)
    }

    @Test func `a node that becomes Applied is written once and then left alone`() throws {
        let first = look(.applied("n1"))
        let record = try #require(first.write)
        #expect(record.report.state == .applied)
        #expect(record.metadata.labels?[WellKnown.Label.state] == "Applied")
        #expect(look(.applied("n1"), stored: record, at: .seconds(100)).write == nil)
    }

    @Test func `a node that waits for its set-up is counted and not written`() {
        let result = look(AgentFixture(node: "n1"))
        #expect(result.write == nil)
        #expect(result.believed.state == .pending)
        #expect(result.lookAgainAfter == .seconds(600))
    }

    @Test func `a node that blinks for less than the grace costs no write and stays Applied`() throws {
        let record = try #require(look(.applied("n1")).write)
        let blink = look(.applied("n1"), node: .fixture("n1", ready: false), stored: record, at: .seconds(10))
        #expect(blink.write == nil)
        #expect(blink.believed.state == .applied)
        #expect(blink.lookAgainAfter == NodeLook.grace)
        let back = look(.applied("n1"), stored: record, memory: blink.memory, at: .seconds(20))
        #expect(back.write == nil)
        #expect(back.memory.candidate == nil)
    }

    @Test func `a state lost for longer than the grace is written once`() throws {
        let record = try #require(look(.applied("n1")).write)
        let down = NodeView.fixture("n1", ready: false)
        let first = look(.applied("n1"), node: down, stored: record, at: .seconds(10))
        let second = look(.applied("n1"), node: down, stored: record, memory: first.memory, at: .seconds(41))
        let lost = try #require(second.write)
        #expect(lost.report.state == .unreachable)
        #expect(lost.report.kernel?.enabled == .locked, "what the kernel last said is kept")
        #expect(look(.applied("n1"), node: down, stored: lost, at: .seconds(50)).write == nil)
    }

    @Test func `a node that rolls to a new revision is written once, when it has arrived`() throws {
        let old = try #require(
            NodeLook(
                NodeEvidence(
                    node: node, intent: AuditPolicy.fixture().intent(revision: "1-old"),
                    pods: [AgentFixture.applied("n1", revision: "1-old").view].compactMap { $0 }, stored: nil),
                memory: .init(), now: now, uptime: .zero
            ).write)
        let waiting = look(.applied("n1", revision: "1-old"), stored: old)
        #expect(waiting.write == nil)
        #expect(waiting.believed.state == .outdated)
        let starting = look(AgentFixture(node: "n1"), stored: old)
        #expect(starting.write == nil)
        #expect(starting.believed.state == .pending)
        let arrived = try #require(look(.applied("n1"), stored: old).write)
        #expect(arrived.report.revision == "1-new")
        #expect(arrived.report.transitionTime == old.report.transitionTime, "the state did not change")
    }

    @Test func `a set-up that fails once and then succeeds is never written as Failed`() {
        var failing = AgentFixture.applied("n1")
        failing.report = AgentFixture.report("Failed", detail: "unit failed")
        failing.exitCode = 1
        let first = look(failing)
        #expect(first.write == nil)
        #expect(first.believed.state == .pending)
        let later = look(failing, memory: first.memory, at: .seconds(31))
        #expect(later.write?.report.state == .failed)
        #expect(later.write?.report.message == "unit failed")
    }

    @Test func `a lost record count alone is not written`() throws {
        let record = try #require(look(.applied("n1")).write)
        var agent = AgentFixture.applied("n1")
        agent.report = AgentFixture.report(lost: 99)
        #expect(look(agent, stored: record).write == nil)
    }

    @Test func `another kernel behind the same state is written`() throws {
        let record = try #require(look(.applied("n1")).write)
        let rebooted = look(.applied("n1", boot: "boot-2"), node: .fixture("n1", boot: "boot-2"), stored: record)
        #expect(rebooted.write?.report.bootID == "boot-2")
    }
}
