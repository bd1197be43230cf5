import KubeCore
import KubeSimulator
import Synchronization
import TestSupport
import Testing

struct DeterminismTests {
    /// What a watcher of everything sees of a roll-out with faults, a reboot and a recreation.
    private func log() throws -> [String] {
        try World.run {
            $0.containerOptimizedNodes = 4
            $0.ubuntuNodes = 1
            $0.faults = [1: .failingUnit, 3: .unreachable]
            $0.recordsEvents = true
        } _: { world in
            let log = Mutex<[String]>([])
            let look: @Sendable () async throws -> Void = {
                try await world.watch([Node.type, Pod.type, DaemonSet.type, PodDisruptionBudget.type]) { changes in
                    let time = world.time.uptime()
                    log.withLock { $0 += changes.map { "\(time) \($0) \($1?.text() ?? "gone")" } }
                }
            }
            return try await running([look]) {
                try world.cluster.addWorkload("web", replicas: 2, minAvailable: .string("50%"))
                try world.apply { $0[["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"]] = 2 }
                try await world.time.sleep(for: .seconds(60))
                try world.setRevision("2")
                try await world.time.sleep(for: .seconds(60))
                world.cluster.reboot(world.node(0))
                world.cluster.recreate(world.node(2))
                world.cluster.setFault(.ok, on: world.node(3))
                try await world.time.sleep(for: .seconds(300))
                return log.withLock { $0 }
            }
        }
    }

    @Test func `a roll-out gives the same log in each of 100 runs`() throws {
        let reference = try log()
        #expect(reference.count > 100)
        for _ in 1..<100 {
            let again = try log()
            guard again != reference else { continue }
            let difference = zip(reference, again).first { $0 != $1 }
            Issue.record("\(difference.map { "\($0)\n\($1)" } ?? "one log ends early")")
            return
        }
    }

    @Test func `300 nodes roll out in virtual minutes`() throws {
        try World.run {
            $0.containerOptimizedNodes = 300
        } _: { world in
            try world.apply { $0[["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"]] = "10%" }
            try await world.waitUntilReady(300)
            let start = world.time.uptime()
            try world.setRevision("2")
            try await world.waitUntilReady(300)
            let passed = world.time.uptime() - start
            // Ten waves of about nine seconds each.
            #expect(passed > .seconds(80) && passed < .seconds(180), "\(passed)")
        }
    }
}
