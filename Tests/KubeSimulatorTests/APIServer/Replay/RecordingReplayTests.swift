import Foundation
import KubeCore
import KubeSimulator
import TestSupport
import Testing

@Suite struct RecordingReplayTests {
    /// A difference that stays, and why it cannot matter.
    struct Accepted {
        var place: String
        var start: String
        var why: String

        func covers(_ difference: (place: String, text: String)) -> Bool {
            difference.place == place && difference.text.hasPrefix(start)
        }
    }

    static let accepted = [
        Accepted(
            place: "01#1", start: ".status.conditions[1]",
            why: "the real server takes a moment to establish a kind; a client polls for the end of it"),
        Accepted(place: "01#3", start: "", why: "the same moment: the new kind's storage is opening, 429 with Retry-After"),
        Accepted(place: "03#9", start: "", why: "OpenAPI v2 is not served: kubectl since 1.30 does without"),
        Accepted(place: "16#2", start: "", why: "OpenAPI v2 is not served: kubectl since 1.30 does without"),
        Accepted(place: "05#5", start: "header content-type", why: "no protobuf: clients that prefer it take JSON"),
        Accepted(place: "15#8", start: "header content-type", why: "no protobuf: clients that prefer it take JSON"),
    ]

    private func replay() throws -> (differences: [(place: String, text: String)], compared: Int) {
        let start = try #require(Timestamp("2026-11-23T07:18:30Z"))
        return try withVirtualTime(time: ManualTime(start: start)) { time in
            var replay = Replay(time: time)
            for name in Recording.names { try await replay.run(Recording(name)) }
            return (replay.differences, replay.compared)
        }
    }

    @Test func `every recorded exchange is answered as by the real server, but for the accepted differences`() throws {
        let (differences, compared) = try replay()
        let unexpected = differences.filter { difference in !Self.accepted.contains { $0.covers(difference) } }
        for difference in unexpected { Issue.record("\(difference.place) \(difference.text)") }
        #expect(compared == 228)
    }

    @Test func `every accepted difference still exists`() throws {
        let (differences, _) = try replay()
        for accepted in Self.accepted {
            #expect(differences.contains(where: accepted.covers), "\(accepted.place) no longer differs: \(accepted.why)")
        }
    }

    @Test func `every recording in the directory is replayed`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Recording.directory.path).filter { $0.hasSuffix(".json") }
        #expect(files.sorted() == Recording.names.map { "\($0).json" }.sorted())
    }

    @Test func `the comparison sees a changed member, a missing item and a revision out of order`() {
        var correspondence = Correspondence()
        correspondence.compare(["a": 1, "items": [1, 2]], ["a": 2, "items": [1]], at: "")
        #expect(correspondence.differences.count == 2)
        correspondence.compare(["metadata": ["resourceVersion": "200"]], ["metadata": ["resourceVersion": "9"]], at: "")
        correspondence.compare(["metadata": ["resourceVersion": "201"]], ["metadata": ["resourceVersion": "8"]], at: "")
        #expect(correspondence.differences.count == 3)
    }
}
