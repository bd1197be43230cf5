import TestSupport
import Testing

@testable import AuditCore
@testable import KubeCore

@Suite("What is kept of a fleet's objects, as bytes")
struct PackedViewsTests {
    /// Draws values of every shape, the same in each run.
    private struct Draw {
        var random: SeededGenerator

        private static let texts = [
            "", "node-1", "gce://project/zone/node-1", "0b2c5f0e-6d1f-4a53-9c5e-0a8f5c3d2e10", "12345", "RollingOut", "e\u{301} 👩‍👩‍👧",
            String(repeating: "0f", count: 32), "a \"text\" of\nits own",
        ]

        mutating func flag() -> Bool { Bool.random(using: &random) }
        mutating func number() -> Int { [0, 1, -1, 127, 128, 300, 4_294_967_295, .max, .min].randomElement(using: &random) ?? 0 }
        mutating func text() -> String { Self.texts.randomElement(using: &random) ?? "" }
        mutating func maybe<Value>(_ value: Value) -> Value? { flag() ? value : nil }
        mutating func time() -> Timestamp {
            Timestamp(seconds: Int64.random(in: 0...2_000_000_000, using: &random), nanoseconds: flag() ? 7 : 0)
        }
        mutating func one<Choice: CaseIterable>(of _: Choice.Type) -> Choice {
            guard let choice = Choice.allCases.randomElement(using: &random) else { preconditionFailure("an enumeration without cases") }
            return choice
        }
        mutating func labels() -> Labels {
            var labels: Labels = [:]
            for _ in 0..<Int.random(in: 0...5, using: &random) { labels[text()] = text() }
            return labels
        }

        mutating func node() -> NodeView {
            var node = NodeView.fixture(text(), boot: text(), ready: flag(), labels: labels())
            node.providerID = maybe(text())
            node.machineOwner = maybe(.karpenter)
            node.isUnschedulable = flag()
            node.isLeaving = flag()
            node.attachedVolumes = number()
            node.mark = maybe(NodeMark(policyUID: "uid-1", isCordonedByUs: flag(), isKeptByUs: flag()))
            node.creationTimestamp = time()
            return node
        }

        mutating func report() -> NodeReport {
            NodeReport(
                task: one(of: NodeReport.Task.self), outcome: one(of: NodeReport.Outcome.self), boot: text(), enabled: number(),
                unit: one(of: NodeReport.Unit.self), rules: number(), hash: text(), baseline: text(), lost: number(),
                backlogLimit: number(),
                failure: number(), left: flag() ? [text(), text()] : [], detail: text())
        }

        mutating func agent() throws -> AgentPodView {
            var pod = try #require(AgentFixture.applied("node-1").view)
            pod.nodeName = text()
            pod.isDeleting = flag()
            switch Int.random(in: 0..<3, using: &random) {
            case 0: pod.setup = .waiting(reason: text(), message: text())
            case 1: pod.setup = .reported(report(), exitCode: number(), at: maybe(time()))
            default: pod.setup = .unreadable(text(), exitCode: number())
            }
            pod.collector = AgentPodView.Collector(hasStarted: flag(), isReady: flag(), waitingReason: text(), waitingMessage: text())
            pod.configMaps = flag() ? [text()] : []
            pod.refusal = text()
            return pod
        }

        mutating func kernel() -> NodeAudit.Kernel {
            var kernel = NodeAudit.Kernel(enabled: one(of: NodeAudit.Kernel.Enabled.self), ruleCount: number())
            kernel.outcome = maybe(one(of: NodeAudit.Kernel.Outcome.self))
            kernel.rulesHash = maybe(text())
            kernel.baselineHash = maybe(text())
            kernel.lost = maybe(number())
            kernel.backlogLimit = maybe(number())
            kernel.failureMode = maybe(one(of: NodeAudit.Kernel.FailureMode.self))
            kernel.observedTime = maybe(time())
            return kernel
        }

        mutating func recreation() -> NodeRecreation {
            var recreation = NodeRecreation(
                phase: one(of: NodeRecreation.Phase.self), method: one(of: NodeRecreation.Method.self),
                reason: one(of: NodeRecreation.Cause.self), startTime: time(), originalNodeUID: text(), originalBootID: text())
            recreation.phaseTime = time()
            recreation.actor = maybe(one(of: NodeRecreation.Actor.self))
            recreation.target = maybe(.init(machine: text(), group: maybe(text()), machineID: text(), startedAt: maybe(text())))
            recreation.requestID = maybe(text())
            recreation.operation = maybe(text())
            recreation.attempts = maybe(number())
            recreation.blockedBy = maybe([text(), text()])
            recreation.message = maybe(text())
            recreation.failure = maybe(.init(reason: text(), message: text(), time: time(), retry: maybe(text())))
            return recreation
        }

        mutating func record() -> NodeAudit {
            var record = NodeAudit(
                metadata: ObjectMeta(name: text(), labels: labels()),
                report: NodeAudit.Report(policyName: text(), state: one(of: NodeState.self)))
            record.metadata.finalizers = maybe([text()])
            record.report.reason = maybe(text())
            record.report.message = maybe(text())
            record.report.revision = maybe(text())
            record.report.auditRevision = maybe(text())
            record.report.nodeUID = maybe(text())
            record.report.bootID = maybe(text())
            record.report.providerID = maybe(text())
            record.report.kernel = maybe(kernel())
            record.report.recreation = maybe(recreation())
            record.report.transitionTime = maybe(time())
            return record
        }

        mutating func assessment() -> NodeAssessment {
            var assessment = NodeAssessment(one(of: NodeState.self), text(), text())
            assessment.revision = maybe(text())
            assessment.auditRevision = maybe(text())
            assessment.kernel = maybe(kernel())
            assessment.isDelivering = flag()
            assessment.isInTransit = flag()
            assessment.isSettled = flag()
            return assessment
        }
    }

    @Test("each comes back as it was, and is equal to itself only", arguments: Seeds.first(200))
    func roundTrip(seed: Int) throws {
        var draw = Draw(random: SeededGenerator(seed: UInt64(seed)))
        check(draw.node(), draw.node())
        check(try draw.agent(), try draw.agent())
        check(draw.record(), draw.record())
        check(draw.assessment(), draw.assessment())
    }

    private func check<Value: Packable>(_ value: Value, _ other: Value) {
        let packed = Packed(value)
        let again = packed.value
        #expect(again == value)
        #expect((packed == Packed(other)) == (value == other))
    }

    @Test("a node of a large fleet, its agent and its record take some hundred bytes")
    func sizes() throws {
        let name = "gke-production-europe-default-pool-0a1b2c3d-x7k2"
        var labels: Labels = ["kubernetes.io/hostname": name]
        for number in 0..<24 { labels["cloud.google.com/label-number-\(number)"] = "value-of-a-pool" }
        var node = NodeView.fixture(
            name, boot: "0b2c5f0e-6d1f-4a53-9c5e-0a8f5c3d2e10", labels: labels)
        node.uid = "5c2f9a8e-1d1f-4a53-9c5e-0a8f5c3d2e77"
        node.providerID = "gce://project/europe-west4-a/\(name)"
        #expect(Self.size(of: node) < 240)
        let agent = try #require(AgentFixture.applied(name).view)
        #expect(Self.size(of: agent) < 360)
    }

    /// With a vocabulary of its own: what other tests have filled the process's with must not count.
    private static func size(of value: some Packable) -> Int {
        var writer = PackWriter(Vocabulary())
        value.pack(into: &writer)
        return writer.packed.count
    }
}
