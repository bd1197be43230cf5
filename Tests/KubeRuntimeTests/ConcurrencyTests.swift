import KubeCore
import Synchronization
import TestSupport
import Testing

@testable import KubeRuntime

struct MonitorTests {
    @Test func `waiters get what they wait for in the order of their arrival, each item once`() throws {
        try withVirtualTime { time in
            let items = Monitor<[Int]>([])
            let taken = Log()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for waiter in 0..<4 {
                    group.addTask {
                        let item = try await items.wait { $0.isEmpty ? nil : $0.removeFirst() }
                        taken.add("\(waiter) took \(item)", time)
                    }
                }
                try await time.sleep(for: .seconds(1))
                items.change { $0 += [10, 11] }
                try await time.sleep(for: .seconds(1))
                items.change { $0 += [12, 13] }
                try await group.waitForAll()
            }
            #expect(
                taken.lines == [
                    "0 took 10@1.0 seconds", "1 took 11@1.0 seconds", "2 took 12@2.0 seconds", "3 took 13@2.0 seconds",
                ])
        }
    }

    @Test func `a cancelled waiter takes nothing`() throws {
        try withVirtualTime { time in
            let items = Monitor<[Int]>([])
            let error = await withTaskGroup(of: KubeError?.self) { group in
                group.addTask {
                    do throws(KubeError) {
                        _ = try await items.wait { $0.isEmpty ? nil : $0.removeFirst() }
                        return nil
                    } catch {
                        return error
                    }
                }
                for _ in 0..<5 { await Task.yield() }
                group.cancelAll()
                items.change { $0 = [1] }
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
            #expect(items.withLock { $0 } == [1])
        }
    }

    /// On the machine's own threads: every item is taken exactly once, whatever is cancelled meanwhile.
    @Test func `no wake-up is lost between threads`() async throws {
        let items = Monitor<(left: [Int], taken: Int)>(([], 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while let _: Int = try? await items.wait({ state in
                        if state.taken >= 4000 { return -1 }
                        guard let item = state.left.popLast() else { return nil }
                        state.taken += 1
                        return item
                    }), items.withLock({ $0.taken }) < 4000 {}
                    items.change { _ in }
                }
            }
            group.addTask {
                for item in 0..<4000 {
                    items.change { $0.left.append(item) }
                    if item.isMultiple(of: 100) { await Task.yield() }
                }
            }
        }
        #expect(items.withLock { $0.taken } == 4000)
        #expect(items.withLock { $0.left.isEmpty })
    }
}

extension MonitorTests {
    /// The cancellation meets the waiter before, while and after it registers.
    @Test(.timeLimit(.minutes(2))) func `no cancellation is lost between threads`() async {
        let never = Monitor(false)
        for _ in 0..<3000 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { do { try await never.wait { $0 ? () : nil } } catch {} } }
                group.cancelAll()
            }
        }
    }
}

struct RacingTests {
    @Test func `what is done in time gives its value, and what is not is cancelled`() throws {
        try withVirtualTime { time in
            let done = try await time.run(for: .seconds(5)) { () async throws(KubeError) -> Int in
                try await time.sleep(for: .seconds(4))
                return 7
            }
            #expect(done == 7)
            #expect(time.uptime() == .seconds(4))
            let late = try await time.run(for: .seconds(5)) { () async throws(KubeError) -> Int in
                try await time.sleep(for: .seconds(1000))
                return 7
            }
            #expect(late == nil)
            #expect(time.uptime() == .seconds(9))
        }
    }

    @Test func `its error comes out`() throws {
        try withVirtualTime { time in
            let error = await #expect(throws: KubeError.self) {
                try await time.run(for: .seconds(5)) { () async throws(KubeError) -> Int in throw KubeError(.gone, "g") }
            }
            #expect(error?.code == .gone)
        }
    }

    @Test func `a last word is said although the task is cancelled, in virtual time as well`() throws {
        try withVirtualTime { time in
            let said = Gate()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do { try await time.sleep(for: .seconds(100)) } catch {}
                    await uncancelled {
                        #expect(!Task.isCancelled)
                        do { try await time.sleep(for: .seconds(3)) } catch { Issue.record(error) }
                        said.open()
                    }
                }
                await Task.yield()
                group.cancelAll()
                await group.waitForAll()
            }
            #expect(said.isOpen)
            #expect(time.uptime() == .seconds(3))
        }
    }
}

struct BackoffTests {
    @Test func `pauses double up to the limit and are forgotten after a quiet time`() {
        var backoff = Backoff(jitter: 0)
        var now = Duration.zero
        let pauses = (0..<8).map { _ in
            let pause = backoff.next(now: now, random: 0)
            now += pause
            return pause
        }
        #expect(pauses == [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000].map { Duration.milliseconds($0) })
        now += .seconds(120)
        #expect(backoff.next(now: now, random: 0) == .seconds(30))
        now += .seconds(30 + 121)
        #expect(backoff.next(now: now, random: 0) == .milliseconds(800))
    }

    @Test func `jitter lengthens a pause to less than twice`() {
        var backoff = Backoff()
        #expect(backoff.next(now: .zero, random: 0.5) == .milliseconds(1200))
    }
}

struct WriteLimitTests {
    @Test func `writes pass at the rate and reads freely`() throws {
        try withVirtualTime { time in
            let server = ScriptedTransport { (_) async throws(KubeError) in .json([:]) }
            let limited = WriteLimitedTransport(server, perSecond: 2, burst: 3, time: time)
            for _ in 0..<50 { _ = try await limited.send(KubeRequest(method: .get, path: "/")) }
            #expect(time.uptime() == .zero)
            for _ in 0..<7 { _ = try await limited.send(KubeRequest(method: .patch, path: "/")) }
            #expect(time.uptime() == .seconds(2))
            #expect(server.requests.count == 57)
        }
    }

    @Test func `a write that waits for its turn ends with its task and is not sent`() throws {
        try withVirtualTime { time in
            let server = ScriptedTransport { (_) async throws(KubeError) in .json([:]) }
            let limited = WriteLimitedTransport(server, perSecond: 0.01, burst: 1, time: time)
            _ = try await limited.send(KubeRequest(method: .post, path: "/"))
            let result = try await time.run(for: .seconds(5)) { () async throws(KubeError) in
                try await limited.send(KubeRequest(method: .post, path: "/")).status
            }
            #expect(result == nil)
            #expect(server.requests.count == 1)
        }
    }
}
