import AuditCore
import KubeCore
import KubeSimulator
import TestSupport
import Testing

/// Every write of a whole life, from roll-out to the clean end, meets every fault once; the end is always the same.
@Suite struct FaultTests {
    private static let faults = FaultyDoor.Fault.allCases

    /// Returns the operator's writes.
    @discardableResult
    private func life(_ fault: FaultyDoor.Fault?, at index: Int) throws -> [String] {
        let seen = Seen()
        let name: Comment = "\(fault?.rawValue ?? "none") at write \(index)"
        try withStage(nodes: .of(2), runsOperator: false) { stage in
            let door = FaultyDoor(OperatorDoor(server: stage.server), fault, at: index)
            let witness = Witness(stage)
            try await running([{ try await stage.runOperator(through: door) }]) {
                try stage.cluster.addWorkload("web", replicas: 3, minAvailable: .int(2))
                try await stage.apply()
                try await stage.becomesReady()
                try await running([{ try await witness.run() }]) {
                    try await stage.delete()
                    do {
                        try await stage.becomesGone()
                    } catch {
                        Issue.record("\(name): \(error)")
                    }
                    try await stage.time.sleep(for: .seconds(30))
                }
            }
            stage.expectsCleanEnd(boots: 2)
            #expect(stage.plainDeletes == [], name)
            #expect(witness.violations == [], name)
            #expect(witness.mostUnavailable == 1, name)
            let recreations = stage.compute.calls.filter { $0.call == .recreateInstances }.count
            #expect(recreations >= 2 && recreations <= 3, name)
            seen.writes = door.writes
        }
        return seen.writes
    }

    @Test(arguments: 0..<6) func `a fault at any write leads to the same end, and no node is recreated twice or left cordoned`(part: Int)
        throws
    {
        let count = try life(nil, at: 0).count
        #expect(count > 30)
        // Each write meets two of the faults, each part a sixth of the writes.
        for index in stride(from: part, to: count, by: 6) {
            for fault in [Self.faults[(index / 6) % 6], Self.faults[(index / 6 + 3) % 6]] { try life(fault, at: index) }
        }
    }
}

private final class Seen: @unchecked Sendable {
    var writes: [String] = []
}
