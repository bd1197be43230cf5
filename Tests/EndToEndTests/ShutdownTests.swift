import AuditCore
import AuditOperator
import KubeClient
import KubeCore
import KubeSimulator
import Synchronization
import TestSupport
import Testing

@Suite("An operator that is told to stop")
struct ShutdownTests {
    /// Holds back writes of records, each for so long, from the moment it is closed.
    private final class SlowDoor: KubeTransport {
        private let door: OperatorDoor
        private let time: ManualTime
        private let delay: Duration
        private let held = Mutex((isClosed: false, begun: 0, done: 0))

        init(_ stage: Stage, delay: Duration) {
            door = OperatorDoor(server: stage.server)
            time = stage.time
            self.delay = delay
        }

        func close() { held.withLock { $0.isClosed = true } }

        var counts: (begun: Int, done: Int) { held.withLock { ($0.begun, $0.done) } }

        func send(_ request: KubeRequest) async throws(KubeError) -> KubeResponse {
            let isHeld = held.withLock { held in
                guard held.isClosed, request.method == .patch, request.path.contains("nodeaudits") else { return false }
                held.begun += 1
                return true
            }
            guard isHeld else { return try await door.send(request) }
            try await time.sleep(for: delay)
            let response = try await door.send(request)
            held.withLock { $0.done += 1 }
            return response
        }
    }

    private static let lease = ObjectKey(namespace: "nodeaudit-system", name: "nodeaudit")

    private static func holder(_ stage: Stage) async throws -> String? {
        try await stage.client.get(Lease.self, lease)?.spec?.holderIdentity
    }

    /// Brings an operator to where it writes records through the door, tells it to stop then, and gives the time until it has ended.
    private static func stop(_ stage: Stage, _ door: SlowDoor) async throws -> Duration {
        let controller = stage.makeOperator("first", through: door)
        let ended = Monitor<Duration?>(nil)
        let time = stage.time
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await controller.run()
                ended.change { $0 = time.uptime() }
            }
            try await stage.time.wait(for: "leadership") { try await holder(stage)?.isEmpty == false }
            door.close()
            try await stage.apply()
            try await stage.time.wait(for: "a record on its way") { door.counts.begun > 0 }
            let start = time.uptime()
            controller.shutDown()
            let end = try await ended.wait { $0 }
            try await group.waitForAll()
            return end - start
        }
    }

    @Test func `what it has in hand ends, nothing new begins, and the lease is free`() throws {
        try withStage(runsOperator: false) { stage in
            let door = SlowDoor(stage, delay: .seconds(5))
            let took = try await Self.stop(stage, door)
            #expect(took <= .seconds(6))
            let (begun, done) = door.counts
            #expect(begun == done && done < 6)
            #expect(try await stage.records().count == done)
            #expect(try await Self.holder(stage) == "")
            let mark = stage.server.requestLog.count
            try await stage.time.sleep(for: .seconds(60))
            #expect(stage.writes(since: mark).isEmpty)
        }
    }

    @Test func `what does not end is cancelled after a while, and the lease is free all the same`() throws {
        try withStage(runsOperator: false) { stage in
            let door = SlowDoor(stage, delay: .seconds(3600))
            let took = try await Self.stop(stage, door)
            #expect(took >= Operator.patience && took <= Operator.patience + .seconds(2))
            #expect(door.counts.done == 0)
            #expect(try await Self.holder(stage) == "")
        }
    }

    @Test func `a standby ends at once and leaves the lease to the leader`() throws {
        try withStage { stage in
            try await stage.apply()
            try await stage.becomesReady()
            let leader = try await Self.holder(stage)
            let standby = stage.makeOperator("second")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await standby.run() }
                try await stage.time.wait(for: "warm caches") { standby.isReady }
                let start = stage.time.uptime()
                standby.shutDown()
                try await group.waitForAll()
                #expect(stage.time.uptime() - start < .seconds(1))
            }
            #expect(leader != nil)
            #expect(try await Self.holder(stage) == leader)
        }
    }

    @Test func `one that waits for what the cluster lacks ends at once`() throws {
        try withStage(runsOperator: false) { stage in
            _ = try stage.server.delete(Stage.definitionType, ObjectKey(name: "nodeaudits.nodeaudit.dev"))
            let controller = stage.makeOperator()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await controller.run() }
                try await stage.time.sleep(for: .seconds(30))
                controller.shutDown()
                try await group.waitForAll()
            }
        }
    }
}
