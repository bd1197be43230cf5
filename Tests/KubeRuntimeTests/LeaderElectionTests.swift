import KubeClient
import KubeCore
import KubeRuntime
import Synchronization
import TestSupport
import Testing

struct LeaderElectionTests {
    private func electing(_ body: @escaping @Sendable (Election, ManualTime) async throws -> Void) throws {
        try withVirtualTime { time in try await body(Election(time), time) }
    }

    @Test func `a lone candidate leads at once and renews every two seconds`() throws {
        try electing { election, time in
            try await running([{ try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a") } }]) {
                try await time.sleep(for: .seconds(61))
                #expect(election.leaders == ["a"])
                #expect(election.server.writes.count == 31)
                #expect(election.server.requests.count == 32)
                let lease = try #require(election.server.object("nodeaudit"))
                #expect(lease["spec"]?["leaseDurationSeconds"] == 15)
                #expect(lease["spec"]?["leaseTransitions"] == 0)
                #expect(lease["spec"]?["acquireTime"] == "2026-01-01T00:00:00.000000Z")
                #expect(lease["spec"]?["renewTime"] == "2026-01-01T00:01:00.000000Z")
            }
        }
    }

    @Test func `of two candidates one leads, and the other follows when it gives the lease back`() throws {
        try electing { election, time in
            try await running([
                {
                    try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a", for: .seconds(100)) }
                },
                {
                    try await time.sleep(for: .seconds(1))
                    try await election.candidate("b").run { () async throws(KubeError) in try await election.work("b") }
                },
            ]) {
                try await time.sleep(for: .seconds(99))
                #expect(election.leaders == ["a"])
                try await time.sleep(for: .seconds(1))
                #expect(election.holder == "" || election.holder == "b")
                try await time.sleep(for: .seconds(5))
                #expect(election.leaders == ["b"])
                #expect(election.server.object("nodeaudit")?["spec"]?["leaseTransitions"] == 1)
                #expect(election.mostAtOnce == 1)
            }
        }
    }

    @Test func `a leader that vanishes is followed after its lease has not moved for fifteen seconds`() throws {
        try electing { election, time in
            let line = Line(election.server, time)
            let failure = Mutex<KubeError?>(nil)
            try await running([
                {
                    do throws(KubeError) {
                        try await election.candidate("a", through: line).run { () async throws(KubeError) in try await election.work("a") }
                    } catch {
                        failure.withLock { $0 = error }
                    }
                },
                {
                    try await time.sleep(for: .seconds(1))
                    try await election.candidate("b").run { () async throws(KubeError) in try await election.work("b") }
                },
            ]) {
                try await time.sleep(for: .seconds(30))
                line.cut(true)
                let start = time.uptime()
                try await time.wait(for: "a gives up") { election.leaders.isEmpty }
                #expect(time.uptime() - start <= .seconds(10.2))
                #expect(failure.withLock { $0 }?.code == .leadershipLost)
                try await time.wait(for: "b takes over") { election.leaders == ["b"] }
                let gap = time.uptime() - start
                #expect(gap >= .seconds(13) && gap <= .seconds(15 + 2 * 2.2 + 0.2))
                #expect(election.mostAtOnce == 1)
            }
        }
    }

    @Test func `a lease taken by somebody else ends the leadership at once`() throws {
        try electing { election, time in
            let failure = Mutex<KubeError?>(nil)
            try await running([
                {
                    do throws(KubeError) {
                        try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a") }
                    } catch {
                        failure.withLock { $0 = error }
                    }
                }
            ]) {
                try await time.sleep(for: .seconds(30))
                var stolen = try Lease(try #require(election.server.object("nodeaudit")))
                stolen.spec?.holderIdentity = "thief"
                _ = try await KubeAPI(election.server).update(stolen)
                try await time.sleep(for: .seconds(3))
                #expect(election.leaders.isEmpty)
                #expect(failure.withLock { $0 }?.message.contains("thief") == true)
                // What is not ours is not given back.
                #expect(election.holder == "thief")
            }
        }
    }

    @Test func `a leader that was stopped past its lease stops before it renews, and its late writes are refused`() throws {
        try electing { election, time in
            let elector = election.candidate("a")
            let fenced = KubeAPI(FencedTransport(election.server, by: elector))
            let late = Mutex<KubeError?>(nil)
            try await running([
                {
                    try await time.sleep(for: .milliseconds(1))
                    do throws(KubeError) {
                        try await elector.run { () async throws(KubeError) in try await election.work("a") }
                    } catch { #expect(error.code == .leadershipLost) }
                }
            ]) {
                try await time.sleep(for: .seconds(30))
                _ = try await fenced.create(ConfigMap(metadata: ObjectMeta(name: "early", namespace: "x"), data: nil))
                time.jump(by: .seconds(40))
                #expect(!elector.isLeader)
                do throws(KubeError) {
                    _ = try await fenced.create(ConfigMap(metadata: ObjectMeta(name: "late", namespace: "x"), data: nil))
                } catch {
                    late.withLock { $0 = error }
                }
                #expect(late.withLock { $0 }?.code == .leadershipLost)
                #expect(election.server.object("late") == nil)
                #expect(election.server.object("early") != nil)
                try await time.sleep(for: .seconds(5))
                #expect(election.leaders.isEmpty)
            }
        }
    }

    @Test func `cancelling ends the work first and then gives the lease back`() throws {
        try electing { election, time in
            await withTaskGroup(of: KubeError?.self) { group in
                group.addTask {
                    do throws(KubeError) {
                        try await election.candidate("a").run { () async throws(KubeError) in
                            do throws(KubeError) {
                                try await election.work("a")
                            } catch {
                                #expect(election.holder == "a")
                                throw error
                            }
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
                do { try await time.sleep(for: .seconds(10)) } catch { Issue.record(error) }
                group.cancelAll()
                #expect(await group.next()??.code == .cancelled)
            }
            #expect(election.holder == "")
            #expect(election.log == ["a begins", "a ends"])
        }
    }

    @Test func `what the work says last counts, also after a cancellation`() throws {
        try electing { election, time in
            let error = await withTaskGroup(of: KubeError?.self) { group in
                group.addTask {
                    do throws(KubeError) {
                        try await election.candidate("a").run { () async throws(KubeError) in
                            do throws(KubeError) { try await election.work("a") } catch {
                                for _ in 0..<20 { await Task.yield() }
                                throw KubeError(.gone, "the last word")
                            }
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
                do { try await time.sleep(for: .seconds(10)) } catch { Issue.record(error) }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.code == .gone)
            #expect(election.holder == "")
        }
    }

    @Test func `work that ends by itself gives the lease back and its value out`() throws {
        try electing { election, _ in
            let value = try await election.candidate("a").run { () async throws(KubeError) -> Int in
                try await election.work("a", for: .seconds(5))
                return 42
            }
            #expect(value == 42)
            #expect(election.holder == "")
        }
    }

    @Test func `failing renewals shorter than ten seconds do not end the leadership`() throws {
        try electing { election, time in
            let line = Line(election.server, time)
            try await running([
                { try await election.candidate("a", through: line).run { () async throws(KubeError) in try await election.work("a") } }
            ]) {
                for _ in 0..<10 {
                    try await time.sleep(for: .seconds(20))
                    line.cut(true)
                    try await time.sleep(for: .seconds(4))
                    line.cut(false)
                }
                #expect(election.leaders == ["a"])
                #expect(election.log == ["a begins"])
            }
        }
    }

    @Test func `a server that never answers ends the leadership in time`() throws {
        try electing { election, time in
            try await running([
                {
                    do throws(KubeError) {
                        try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a") }
                    } catch { #expect(error.code == .leadershipLost) }
                }
            ]) {
                try await time.sleep(for: .seconds(30))
                election.server.fail { (_) async throws(KubeError) in
                    try await time.sleep(for: .seconds(100_000))
                    return nil
                }
                try await time.sleep(for: .seconds(12.1))
                #expect(election.leaders.isEmpty)
                election.server.fail(nil)
            }
        }
    }

    @Test func `a renewal whose answer was lost is no loss of leadership`() throws {
        try electing { election, time in
            try await running([{ try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a") } }]) {
                try await time.sleep(for: .seconds(30.5))
                let server = election.server
                server.fail { (request) async throws(KubeError) in
                    guard request.method == .put else { return nil }
                    server.fail(nil)
                    _ = try await server.send(request)
                    throw KubeError(.outcomeUnknown, "connection reset")
                }
                try await time.sleep(for: .seconds(60))
                #expect(election.log == ["a begins"])
            }
        }
    }

    @Test func `a deleted lease is made anew by its holder`() throws {
        try electing { election, time in
            try await running([{ try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a") } }]) {
                try await time.sleep(for: .seconds(30))
                election.server.remove("nodeaudit")
                try await time.sleep(for: .seconds(5))
                #expect(election.holder == "a")
                #expect(election.log == ["a begins"])
            }
        }
    }

    @Test func `wall clocks that are wrong do not matter`() throws {
        try electing { election, time in
            try await running([
                { try await election.candidate("a").run { () async throws(KubeError) in try await election.work("a") } },
                {
                    try await time.sleep(for: .seconds(1))
                    try await election.candidate("b").run { () async throws(KubeError) in try await election.work("b") }
                },
            ]) {
                for shift in [-86_400, 172_800, -3600] {
                    time.shiftWallClock(by: .seconds(shift))
                    try await time.sleep(for: .seconds(60))
                    #expect(election.leaders == ["a"])
                }
            }
        }
    }

    /// Three candidates on lines that break at random: never two at work, and somebody leads again when the lines are whole.
    @Test(arguments: 0..<30)
    func `never two work at once, whatever lines break`(seed: Int) throws {
        try electing { election, time in
            let random = RandomSource.seeded(UInt64(seed))
            let lines = (0..<3).map { _ in Line(election.server, time) }
            let parts: [@Sendable () async throws -> Void] = lines.enumerated().map { index, line in
                {
                    while true {
                        do throws(KubeError) {
                            try await election.candidate("c\(index)", through: line).run { () async throws(KubeError) in
                                try await election.work("c\(index)")
                            }
                        } catch {
                            if error.isCancelled { throw error }
                            try await time.sleep(for: .seconds(1))
                        }
                    }
                }
            }
            try await running(parts) {
                for _ in 0..<60 {
                    lines[Int(random.fraction() * 3)].cut(random.fraction() < 0.6)
                    try await time.sleep(for: .seconds(random.fraction() * 20))
                    #expect(election.mostAtOnce <= 1)
                }
                for line in lines { line.cut(false) }
                try await time.sleep(for: .seconds(25))
                #expect(election.leaders.count == 1)
            }
            #expect(election.mostAtOnce == 1)
        }
    }
}
