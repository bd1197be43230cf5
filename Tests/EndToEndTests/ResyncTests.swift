import AuditCore
import AuditOperator
import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite("The slow second look")
struct ResyncTests {
    @Test func `in a day everything is looked at again, nothing is written, and the counts were right`() throws {
        try withStage { stage in
            try await stage.apply()
            try await stage.becomesReady()
            try await stage.recordsBecome(.applied, count: 6)
            try await stage.time.sleep(for: .seconds(3600))
            let (mark, looks) = (stage.server.requestLog.count, Self.nodeLooks(stage))
            try await stage.time.sleep(for: .seconds(6 * 3600))
            // Each node is looked at about once an hour, and some of the looks are probes' that come as often.
            #expect(Self.nodeLooks(stage) - looks >= 6 * 5)
            #expect(stage.writes(since: mark).allSatisfy { $0.contains(" pods ") }, "but for probes")
            #expect(stage.registry.page().contains("nodeaudit_count_corrections_total 0"))
        }
    }

    /// By the metrics page.
    private static func nodeLooks(_ stage: Stage) -> Int {
        let lines = stage.registry.page().split(separator: "\n").filter {
            $0.hasPrefix("controller_runtime_reconcile_total{") && $0.contains("controller=\"node\"")
        }
        return lines.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    }
}
