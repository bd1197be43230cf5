import KubeCore
import Synchronization
import TestSupport
import Testing

struct VirtualTimeTests {
    /// Three parts that sleep in different rhythms, one with children of its own; gives what happened in order.
    private static func story() throws -> [String] {
        let log = Log()
        try withVirtualTime { time in
            try await running([
                { while true { try await time.sleep(for: .seconds(7)); log.add("a", time) } },
                { while true { try await time.sleep(for: .seconds(11)); log.add("b", time) } },
                {
                    while true {
                        try await time.sleep(for: .seconds(30))
                        await withTaskGroup(of: Void.self) { group in
                            for index in 0..<5 {
                                group.addTask {
                                    await Task.yield(); log.add("c\(index)", time)
                                }
                            }
                        }
                    }
                },
            ]) {
                try await time.sleep(for: .seconds(40 * 60 + 1))
            }
        }
        return log.lines
    }

    @Test func `forty virtual minutes run twenty times over in the same order`() throws {
        let first = try Self.story()
        #expect(first.count == 40 * 60 / 7 + 40 * 60 / 11 + 5 * (40 * 60 / 30))
        for _ in 0..<19 { #expect(try Self.story() == first) }
    }

    @Test func `the clock stands still while a job is left`() throws {
        try withVirtualTime { time in
            async let sleeper: Void = time.sleep(for: .seconds(1))
            for _ in 0..<1000 { await Task.yield() }
            #expect(time.uptime() == .zero)
            try await sleeper
            #expect(time.uptime() == .seconds(1))
            #expect(time.now() - ManualTime().now() == .seconds(1))
        }
    }

    @Test func `equal deadlines wake in order of arrival`() throws {
        let log = Log()
        try withVirtualTime { time in
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask { do { try await time.sleep(for: .seconds(5)); log.add("\(index)", time) } catch {} }
                }
            }
        }
        #expect(log.lines == (0..<20).map { "\($0)@5.0 seconds" })
    }

    @Test func `a cancelled sleeper wakes at once with the error cancelled`() throws {
        try withVirtualTime { time in
            await withTaskGroup(of: KubeError?.self) { group in
                group.addTask { do { try await time.sleep(for: .seconds(3600)); return nil } catch { return error as? KubeError } }
                await Task.yield()
                group.cancelAll()
                #expect(await group.next()??.code == .cancelled)
            }
            #expect(time.uptime() == .zero)
        }
    }

    @Test func `a run past its limit fails and names the sleepers`() throws {
        let error = #expect(throws: VirtualTimeError.self) {
            try withVirtualTime(limit: .seconds(60)) { time in
                try await running([{ while true { try await time.sleep(for: .seconds(9)) } }]) { try await time.sleep(for: .seconds(61)) }
            }
        }
        #expect(error?.description.contains("part 0 until") == true)
        #expect(error?.description.contains("body until 61.0 seconds") == true)
    }

    @Test func `waiting for nothing is an error and not a hang`() throws {
        #expect(throws: VirtualTimeError.self) {
            try withVirtualTime { _ in
                let pipe = BodyPipe()
                _ = try await pipe.body.next()
            }
        }
    }

    @Test func `a stopped process wakes late and in order`() throws {
        let log = Log()
        try withVirtualTime { time in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seconds in [3, 1, 2] {
                    group.addTask {
                        try await time.sleep(for: .seconds(seconds)); log.add("\(seconds)", time)
                    }
                }
                for _ in 0..<10 { await Task.yield() }
                time.jump(by: .seconds(100))
                try await group.waitForAll()
            }
        }
        #expect(log.lines == ["1@100.0 seconds", "2@100.0 seconds", "3@100.0 seconds"])
    }

    @Test func `actors and their callers stay on the stepping executor`() throws {
        actor Counter {
            var count = 0
            func increment() async {
                await Task.yield()
                count += 1
            }
        }
        let count = try withVirtualTime { time in
            let counter = Counter()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { await counter.increment() } }
            }
            try await time.sleep(for: .seconds(1))
            return await counter.count
        }
        #expect(count == 100)
    }
}

final class Log: Sendable {
    private let entries = Mutex<[String]>([])

    var lines: [String] { entries.withLock { $0 } }

    func add(_ line: String, _ time: ManualTime) { entries.withLock { $0.append("\(line)@\(time.uptime())") } }
}
