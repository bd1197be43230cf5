import AuditCore
import KubeCore
import Testing

@Suite struct FleetTests {
    private func assessment(_ state: NodeState, node: NodeView, policy: AuditPolicy) -> NodeAssessment {
        var agent = AgentFixture.applied(node.name)
        switch state {
        case .failed: agent.report = AgentFixture.report("Failed")
        case .unsupported: agent.report = AgentFixture.report("Unsupported")
        case .outdated: agent.report = AgentFixture.report("LockedOther")
        case .pending: agent.report = nil
        case .applied, .unreachable, .awaitingRecreation, .recreating, .clean: break
        }
        let view = state == .unreachable ? NodeView.fixture(node.name, ready: false) : node
        return NodeAssessment(evidence(agent, node: view, policy: policy))
    }

    private static func facts(_ policy: AuditPolicy, using random: inout SeededRandom) -> Fleet.RecordFacts {
        var record = NodeAudit(metadata: ObjectMeta(name: "n"), report: NodeAudit.Report(policyName: policy.name, state: .applied))
        if Bool.random(using: &random) {
            record.report.recreation = NodeRecreation(
                phase: NodeRecreation.Phase.allCases.randomElement(using: &random) ?? .waiting, method: .recreate, reason: .disabled,
                startTime: Timestamp(seconds: 1), originalNodeUID: "u", originalBootID: "b")
        }
        return Fleet.RecordFacts(record)
    }

    @Test func `states are disjoint and sum to owned, after any sequence of changes`() {
        var random = SeededRandom(seed: 7)
        var fleet = Fleet()
        let policies = [
            AuditPolicy.fixture("a", created: 1).selecting(["pool": "x"]), AuditPolicy.fixture("b", created: 2).selecting(["zone": "1"]),
        ]
        var nodes: [String: NodeView] = [:]
        for step in 0..<3_000 {
            let policy = policies[Int.random(in: 0...1, using: &random)]
            switch Int.random(in: 0...11, using: &random) {
            case 10: _ = fleet.setRecord(nil, of: "n\(Int.random(in: 0...20, using: &random))")
            case 11: _ = fleet.setRecord(Self.facts(policy, using: &random), of: "n\(Int.random(in: 0...20, using: &random))")
            case 0: _ = fleet.setIntent(policy.intent(revision: Bool.random(using: &random) ? "1-new" : "1-other"))
            case 1: _ = fleet.removeIntent(of: policy.name)
            case 2: _ = fleet.setClaim(Fleet.Claim(policy))
            case 3: _ = fleet.removeClaim(of: policy.name)
            case 4:
                let name = "n\(Int.random(in: 0...20, using: &random))"
                _ = fleet.removeNode(name)
                nodes[name] = nil
            case 5, 6:
                let name = "n\(Int.random(in: 0...20, using: &random))"
                var labels: Labels = [:]
                if Bool.random(using: &random) { labels["pool"] = "x" }
                if Bool.random(using: &random) { labels["zone"] = "1" }
                nodes[name] = .fixture(name, boot: "boot-\(step % 3)", labels: labels)
                if let node = nodes[name] { _ = fleet.setNode(node.name, Packed(node)) }
            default:
                guard let node = nodes.keys.sorted().randomElement(using: &random).flatMap({ nodes[$0] }),
                    let state = NodeState.allCases.randomElement(using: &random)
                else { continue }
                _ = fleet.setAssessment(assessment(state, node: node, policy: policy), of: node.name)
            }
            #expect(fleet.contradictions.isEmpty, "after step \(step)")
            for policy in policies {
                let counts = fleet.tally(of: policy.name).counts
                let sum = counts.pending + counts.applied + counts.outdated + counts.failed + counts.unsupported + counts.unreachable
                #expect(sum == counts.owned, "after step \(step)")
                #expect(fleet.nodes(ownedBy: policy.name).count == counts.owned, "after step \(step)")
                #expect(NodeState.allCases.allSatisfy { counts[$0] >= 0 } && counts.locked >= 0 && counts.delivering >= 0)
            }
        }
    }

    @Test func `the older policy owns a node that two select, and the younger one is told which`() {
        var fleet = Fleet()
        let older = AuditPolicy.fixture("z", created: 1)
        let younger = AuditPolicy.fixture("a", created: 2)
        for policy in [younger, older] {
            _ = fleet.setClaim(Fleet.Claim(policy))
            _ = fleet.setIntent(policy.intent())
        }
        _ = fleet.setNode("n1", Packed(.fixture("n1")))
        #expect(fleet.owner(of: "n1")?.policyName == "z")
        #expect(fleet.overlap(of: "z") == nil)
        #expect(fleet.overlap(of: "a")?.winner == "z")
        #expect(fleet.overlap(of: "a")?.node == "n1")
        _ = fleet.removeClaim(of: "z")
        #expect(fleet.overlap(of: "a") == nil)
        _ = fleet.removeIntent(of: "z")
        #expect(fleet.owner(of: "n1")?.policyName == "a")
    }

    @Test func `a new wanted revision makes Applied nodes Outdated before anybody looked again`() {
        var fleet = Fleet()
        let policy = AuditPolicy.fixture()
        _ = fleet.setIntent(policy.intent())
        let node = NodeView.fixture("n1")
        _ = fleet.setNode(node.name, Packed(node))
        _ = fleet.setAssessment(assessment(.applied, node: node, policy: policy), of: "n1")
        #expect(fleet.tally(of: "cos").counts.applied == 1)
        #expect(fleet.setIntent(policy.intent(revision: "1-newer")) == ["n1"])
        #expect(fleet.tally(of: "cos").counts.applied == 0)
        #expect(fleet.tally(of: "cos").counts.outdated == 1)
    }

    @Test func `a recreated node starts again as pending`() {
        var fleet = Fleet()
        let policy = AuditPolicy.fixture()
        _ = fleet.setIntent(policy.intent())
        var node = NodeView.fixture("n1")
        _ = fleet.setNode(node.name, Packed(node))
        _ = fleet.setAssessment(assessment(.applied, node: node, policy: policy), of: "n1")
        node.uid = "another"
        _ = fleet.setNode(node.name, Packed(node))
        #expect(fleet.tally(of: "cos").counts.pending == 1)
    }
}

/// A small deterministic generator (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
