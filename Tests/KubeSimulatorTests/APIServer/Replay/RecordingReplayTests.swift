import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct RecordingReplayTests {
    @Test func `every recorded exchange is answered as by the real server`() throws {
        let start = try #require(Timestamp("2026-11-23T07:18:30Z"))
        let differences = try withVirtualTime(time: ManualTime(start: start)) { time in
            var replay = Replay(time: time)
            for name in Recording.names { try await replay.run(Recording(name)) }
            return replay.differences.map { "\($0.place) \($0.text)" }
        }
        for difference in differences { print("DIFF", difference) }
        #expect(differences.isEmpty)
    }
}
