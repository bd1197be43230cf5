import AuditCore
import KubeCore
import Testing

@Suite struct AdmissionTests {
    private let now = Timestamp(seconds: 100_000)

    private func candidate(
        _ name: String, zone: String = "a", since: Int64 = 0, unschedulable: Bool = false, failure: NodeRecreation.Failure? = nil
    ) -> Admission.Candidate {
        var node = NodeView.fixture(name, labels: [WellKnown.Label.zone: zone])
        node.isUnschedulable = unschedulable
        var recreation = NodeRecreation(
            phase: .waiting, method: .recreate, reason: .deleted, startTime: Timestamp(seconds: since), originalNodeUID: node.uid,
            originalBootID: node.bootID)
        recreation.failure = failure
        recreation.attempts = failure == nil ? nil : 1
        return Admission.Candidate(node: node, recreation: recreation)
    }

    private func circumstances(
        owned: Int = 10, budget: IntOrString = .int(1), _ change: (inout Admission.Circumstances) -> Void = { _ in }
    ) -> Admission.Circumstances {
        var recreation = AuditPolicy.Recreation()
        recreation.maxUnavailable = budget
        var circumstances = Admission.Circumstances(recreation: recreation, owned: owned, now: now)
        change(&circumstances)
        return circumstances
    }

    private func failure(_ reason: String, secondsAgo: Int64, retry: String? = nil) -> NodeRecreation.Failure {
        NodeRecreation.Failure(reason: reason, message: "why", time: Timestamp(seconds: now.seconds - secondsAgo), retry: retry)
    }

    @Test(arguments: [(IntOrString.int(3), 10, 3), (.string("25%"), 10, 2), (.string("5%"), 10, 1), (.int(1), 1, 1)])
    func `the budget is a number, or a percentage rounded down, at least one`(budget: IntOrString, owned: Int, expected: Int) {
        let nodes = (0..<10).map { candidate("n\($0)") }
        #expect(Admission(nodes, circumstances(owned: owned, budget: budget)).admitted.count == expected)
    }

    @Test func `whatever makes a node unavailable takes a slot, and each node takes one`() {
        let nodes = ["n1", "n2", "n3"].map { candidate($0) }
        let used = circumstances(budget: .int(2)) {
            $0.taken = ["broken", "n9"]
            $0.others = ["broken"]
        }
        let none = Admission(nodes, used)
        #expect(none.admitted.isEmpty && none.reason == "BudgetUsed" && none.message.hasSuffix("not by our doing: broken"))
        #expect(Admission(nodes, circumstances(budget: .int(3)) { $0.taken = ["broken", "n9"] }).admitted == ["n1"])
    }

    @Test func `a node that cannot take work anyway comes first and costs no slot`() {
        let nodes = [candidate("n1"), candidate("n2", zone: "z", unschedulable: true)]
        #expect(Admission(nodes, circumstances { $0.taken = ["n2"] }).admitted == ["n2"])
        #expect(Admission(nodes, circumstances(budget: .int(2)) { $0.taken = ["n2"] }).admitted == ["n2", "n1"])
    }

    @Test func `zone by zone, the one that waits longest first`() {
        let nodes = [
            candidate("n1", zone: "b", since: 1), candidate("n2", zone: "a", since: 9), candidate("n3", zone: "a", since: 5),
            candidate("n4", zone: "b", since: 0),
        ]
        #expect(Admission(nodes, circumstances(budget: .int(10))).admitted == ["n3", "n2", "n4", "n1"])
    }

    @Test func `a drain that took too long waits behind all others, and is not held up for longer`() {
        let skipped = candidate("n1", zone: "a", failure: failure("DrainTimedOut", secondsAgo: 1))
        #expect(Admission([skipped, candidate("n2", zone: "z")], circumstances()).admitted == ["n2"])
        #expect(Admission([skipped], circumstances()).admitted == ["n1"])
    }

    @Test func `a refusal is tried again later, or at once when somebody says so`() {
        let refused = candidate("n1", failure: failure("Forbidden", secondsAgo: 60))
        let waiting = Admission([refused], circumstances())
        #expect(waiting.admitted.isEmpty && waiting.reason == "Forbidden" && waiting.lookAgainAfter == .seconds(60))
        #expect(Admission([refused], circumstances { $0.retry = "again" }).admitted == ["n1"])
        #expect(Admission([candidate("n1", failure: failure("Forbidden", secondsAgo: 121))], circumstances()).admitted == ["n1"])
    }

    @Test func `too many nodes that did not come back stop the rest until the annotation changes`() {
        let failures = ["a", "b", "c"].map { ($0, failure("DidNotComeBack", secondsAgo: 9)) }
        let lost = Dictionary(failures, uniquingKeysWith: { $1 })
        let stopped = Admission([candidate("n1")], circumstances(budget: .int(9)) { $0.failures = lost })
        #expect(stopped.admitted.isEmpty && stopped.reason == "TooManyFailures" && stopped.message.contains("nodeaudit.dev/retry"))
        let resumed = circumstances(budget: .int(9)) {
            $0.failures = lost
            $0.retry = "1"
        }
        #expect(Admission([candidate("n1")], resumed).admitted == ["n1"])
    }

    @Test func `nodes that fail by themselves in number stop the rest`() {
        let halted = circumstances(owned: 30, budget: .int(20)) { $0.ailing = Set((0..<7).map { "x\($0)" }) }
        #expect(Admission([candidate("n1")], halted).reason == "NodesAiling")
        let borne = circumstances(owned: 30, budget: .int(20)) { $0.ailing = Set((0..<6).map { "x\($0)" }) }
        #expect(Admission([candidate("n1")], borne).admitted == ["n1"])
    }

    @Test func `after a node the next one waits for the pause, and they go one by one`() {
        let nodes = [candidate("n1"), candidate("n2")]
        let pausing = circumstances(budget: .int(5)) {
            $0.recreation.pauseBetweenNodesSeconds = 600
            $0.lastFinished = Timestamp(seconds: now.seconds - 100)
        }
        let waiting = Admission(nodes, pausing)
        #expect(waiting.admitted.isEmpty && waiting.lookAgainAfter == .seconds(500))
        var later = pausing
        later.lastFinished = Timestamp(seconds: now.seconds - 600)
        #expect(Admission(nodes, later).admitted == ["n1"])
    }

    @Test func `the operator's own node is the last, and goes only when another replica can take over`() {
        let nodes = [candidate("n1"), candidate("n2", zone: "z")]
        let own = circumstances(budget: .int(5)) { $0.ownNode = "n1" }
        #expect(Admission(nodes, own).admitted == ["n2"])
        let alone = Admission([nodes[0]], own)
        #expect(alone.admitted.isEmpty && alone.reason == "OwnNode")
        let covered = circumstances {
            $0.ownNode = "n1"
            $0.hasStandbyElsewhere = true
        }
        #expect(Admission([nodes[0]], covered).admitted == ["n1"])
    }

    @Test func `a paused policy, missing rights, and nodes that leave by themselves begin nothing`() {
        #expect(Admission([candidate("n1")], circumstances { $0.isPaused = true }).reason == "Paused")
        #expect(Admission([candidate("n1")], circumstances { $0.hindrance = ("NoRights", "x") }).reason == "NoRights")
        var leaving = candidate("n1")
        leaving.node.isLeaving = true
        #expect(Admission([leaving], circumstances()).admitted.isEmpty)
    }
}
