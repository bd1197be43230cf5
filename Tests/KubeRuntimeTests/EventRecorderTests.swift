import KubeClient
import KubeCore
import KubeRuntime
import Logging
import Synchronization
import TestSupport
import Testing

struct EventRecorderTests {
    private static func event(_ note: String, about name: String = "cos", reason: String = "Applied") -> RecordedEvent {
        RecordedEvent(
            .normal, regarding: ObjectReference(apiVersion: "nodeaudit.dev/v1alpha1", kind: "AuditPolicy", name: name, uid: "u-\(name)"),
            reason: reason, action: "Apply", note: note)
    }

    private func recording(_ body: @escaping @Sendable (EventRecorder, FakeObjects, ManualTime) async throws -> Void) throws {
        try withVirtualTime { time in
            let server = FakeObjects()
            let recorder = EventRecorder(
                KubeAPI(server), controller: "nodeaudit.dev/operator", instance: "operator-0", time: time, metrics: .none,
                logger: .silent)
            try await running([{ try await recorder.run() }]) { try await body(recorder, server, time) }
        }
    }

    @Test func `an event is stored as the API wants it`() throws {
        try recording { recorder, server, time in
            recorder.record(Self.event("the DaemonSet was applied"))
            try await time.sleep(for: .seconds(1))
            let stored = try #require(server.objects.first)
            #expect(stored["metadata"]?["namespace"] == "default")
            #expect(stored["metadata"]?["name"]?.string?.hasPrefix("cos.") == true)
            #expect(stored["eventTime"] == "2026-01-01T00:00:00.000000Z")
            #expect(stored["reportingController"] == "nodeaudit.dev/operator")
            #expect(stored["reportingInstance"] == "operator-0")
            #expect(stored["type"] == "Normal" && stored["reason"] == "Applied" && stored["action"] == "Apply")
            #expect(stored["regarding"]?["uid"] == "u-cos")
            #expect(stored["series"] == nil)
            #expect(server.requests.map(\.path) == ["/apis/events.k8s.io/v1/namespaces/default/events"])
        }
    }

    @Test func `repeats become a series, written once a minute at most`() throws {
        try recording { recorder, server, time in
            for _ in 0..<600 {
                recorder.record(Self.event("a budget blocks"))
                try await time.sleep(for: .seconds(1))
            }
            try await time.sleep(for: .seconds(120))
            #expect(server.objects.count == 1)
            #expect(server.objects.first?["series"]?["count"] == 600)
            #expect(server.objects.first?["series"]?["lastObservedTime"] == "2026-01-01T00:09:59.000000Z")
            #expect(server.requests.count <= 12)
        }
    }

    @Test func `a repeat after more than a minute is written at once`() throws {
        try recording { recorder, server, time in
            for pause in [1, 100, 100] {
                recorder.record(Self.event("a budget blocks"))
                try await time.sleep(for: .seconds(pause))
            }
            recorder.record(Self.event("a budget blocks"))
            try await time.sleep(for: .seconds(1))
            #expect(server.objects.first?["series"]?["count"] == 4)
        }
    }

    @Test func `the same words after a long silence are a new event`() throws {
        try recording { recorder, server, time in
            recorder.record(Self.event("hello"))
            try await time.sleep(for: .seconds(361))
            recorder.record(Self.event("hello"))
            try await time.sleep(for: .seconds(1))
            #expect(server.objects.count == 2)
        }
    }

    @Test func `different notes, reasons and objects are different events`() throws {
        try recording { recorder, server, time in
            recorder.record(Self.event("one"))
            recorder.record(Self.event("two"))
            recorder.record(Self.event("one", reason: "Refused"))
            recorder.record(Self.event("one", about: "other"))
            try await time.sleep(for: .seconds(1))
            #expect(server.objects.count == 4)
        }
    }

    @Test func `one object cannot flood the cluster`() throws {
        try recording { recorder, server, time in
            for index in 0..<1000 { recorder.record(Self.event("note \(index)")) }
            recorder.record(Self.event("calm", about: "other"))
            try await time.sleep(for: .seconds(1))
            #expect(server.objects.count == 26)
            try await time.sleep(for: .seconds(600))
            recorder.record(Self.event("later"))
            try await time.sleep(for: .seconds(1))
            #expect(server.objects.count == 27)
        }
    }

    @Test func `memory is bounded however many objects are spoken about`() {
        var limits = EventBook.Limits()
        limits.remembered = 100
        var book = EventBook(controller: "c", instance: "i", limits: limits)
        for index in 0..<10_000 {
            book.record(Self.event("n", about: "o\(index)"), now: Timestamp(seconds: 0), uptime: .zero)
        }
        #expect(book.unsent == 100)
        #expect(book.takeDropped() == 9900)
    }

    @Test func `an event that the server forgot is told again`() throws {
        try recording { recorder, server, time in
            recorder.record(Self.event("hello"))
            try await time.sleep(for: .seconds(10))
            for event in server.objects { server.remove(event["metadata"]?["name"]?.string ?? "") }
            recorder.record(Self.event("hello"))
            try await time.sleep(for: .seconds(120))
            #expect(server.objects.count == 1)
        }
    }

    @Test func `a server in trouble is asked three times and then left alone, and recording never waits`() throws {
        try recording { recorder, server, time in
            server.fail { (_) async throws(KubeError) in .failure(503, reason: "ServiceUnavailable") }
            recorder.record(Self.event("lost"))
            #expect(time.uptime() == .zero)
            try await time.sleep(for: .seconds(300))
            #expect(server.requests.count == 3)
            server.fail(nil)
            recorder.record(Self.event("lost"))
            try await time.sleep(for: .seconds(1))
            #expect(server.objects.count == 1)
        }
    }

    @Test func `an event that is refused is not tried again`() throws {
        try recording { recorder, server, time in
            server.fail { (_) async throws(KubeError) in .failure(403, reason: "Forbidden") }
            recorder.record(Self.event("forbidden"))
            try await time.sleep(for: .seconds(300))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a request that hangs holds up the next event for ten seconds only`() throws {
        try recording { recorder, server, time in
            let isFirst = Mutex(true)
            server.fail { (_) async throws(KubeError) in
                let first = isFirst.withLock { first in
                    defer { first = false }
                    return first
                }
                if first { try await time.sleep(for: .seconds(10_000)) }
                return nil
            }
            recorder.record(Self.event("one"))
            recorder.record(Self.event("two"))
            try await time.sleep(for: .seconds(11))
            #expect(server.objects.count == 1)
            try await time.sleep(for: .seconds(30))
            #expect(server.objects.count == 2)
        }
    }

    @Test func `draining sends what is due and ends`() throws {
        try withVirtualTime { time in
            let server = FakeObjects()
            let recorder = EventRecorder(
                KubeAPI(server), controller: "c", instance: "i", time: time, metrics: .none, logger: .silent)
            async let run: Void = recorder.run()
            for index in 0..<5 { recorder.record(Self.event("n\(index)")) }
            recorder.drain()
            try await run
            #expect(server.objects.count == 5)
        }
    }

    @Test func `long notes are cut at a character within the API's limit`() {
        let event = Self.event(String(repeating: "ä", count: 2000))
        #expect(event.note.utf8.count <= 1024)
        #expect(event.note.hasSuffix("ä…"))
    }
}
