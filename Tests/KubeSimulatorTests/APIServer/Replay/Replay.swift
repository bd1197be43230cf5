import KubeCore
import KubeSimulator
import Synchronization
import TestSupport

/// Sends every recorded request to one simulator and gathers the differences.
struct Replay {
    let server: SimulatedAPIServer
    let time: ManualTime
    var correspondence = Correspondence()
    /// Per exchange (`12#3`): what differed.
    private(set) var differences: [(place: String, text: String)] = []
    private(set) var compared = 0

    private struct OpenWatch {
        var place: String
        var body: KubeBody
        var expected: [JSONValue]
        var isCutShort: Bool
    }

    init(time: ManualTime) {
        self.time = time
        server = SimulatedAPIServer(time: time)
    }

    mutating func run(_ recording: Recording) async throws {
        var watches: [OpenWatch] = []
        for (index, exchange) in recording.exchanges.enumerated() {
            let place = "\(recording.name)#\(index)"
            try await advance(to: exchange)
            if place == "12#9" { try await time.sleep(for: .seconds(1)) }
            try Interlude.before(place, server)
            let response = try await server.send(request(for: exchange, at: place))
            compared += 1
            let before = correspondence.differences.count
            if response.status != exchange.status {
                correspondence.note("status \(exchange.status) became \(response.status)")
            }
            compareHeaders(exchange, response)
            if let expected = exchange.stream, response.status == 200 {
                note(place, from: before)
                let isCutShort = exchange.path.contains("timeoutSeconds=457") || exchange.path.contains("timeoutSeconds=577")
                watches.append(OpenWatch(place: place, body: response.body, expected: expected, isCutShort: isCutShort))
                continue
            }
            let bytes = try await response.body.collect(upTo: 64 << 20)
            compareBody(exchange, bytes)
            note(place, from: before)
        }
        try await compare(watches, recording)
    }

    /// Lets the clock reach the latest time that the answer shows.
    private func advance(to exchange: Recording.Exchange) async throws {
        guard let latest = exchange.answer.flatMap(Self.latestTime), latest > time.now() else { return }
        try await time.sleep(for: latest - time.now())
    }

    private static func latestTime(_ value: JSONValue) -> Timestamp? {
        switch value {
        case .object(let members):
            members.compactMap { key, member in
                ["time", "creationTimestamp"].contains(key) ? member.string.flatMap { Timestamp($0) } : latestTime(member)
            }.max()
        case .array(let items): items.compactMap(latestTime).max()
        default: nil
        }
    }

    /// Reads all streams side by side, while the recorded cluster's controllers do their part.
    private mutating func compare(_ watches: [OpenWatch], _ recording: Recording) async throws {
        let (server, time, name) = (server, time, recording.name)
        let streams = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            group.addTask {
                try await Interlude.during(name, server, time)
                return (-1, [])
            }
            for (index, watch) in watches.enumerated() {
                let body = watch.body
                group.addTask {
                    var bytes: [UInt8] = []
                    while let chunk = try await body.next() { bytes += chunk }
                    return (index, bytes)
                }
            }
            var streams: [Int: [UInt8]] = [:]
            for try await (index, bytes) in group { streams[index] = bytes }
            return streams
        }
        for (index, watch) in watches.enumerated() {
            let before = correspondence.differences.count
            var frames: [JSONValue] = []
            for line in (streams[index] ?? []).split(separator: 0x0A) { frames.append(try JSONValue(parsing: Array(line))) }
            // kubectl left before the end; what came until then counts.
            if watch.isCutShort { frames = Array(frames.prefix(watch.expected.count)) }
            correspondence.compare(.array(watch.expected), .array(frames), at: "stream")
            note(watch.place, from: before)
        }
    }

    private mutating func compareBody(_ exchange: Recording.Exchange, _ bytes: [UInt8]) {
        let expected = exchange.answer ?? exchange.stream?.first
        if let text = expected?.string {
            // Discovery and OpenAPI answers stand in 01, 02 and 16 only; protobuf is never made.
            if text.hasPrefix("(discovery") || text.hasPrefix("k8s") { return }
            let got = String(decoding: bytes, as: UTF8.self)
            if got != text { correspondence.note("body \(text.debugDescription) became \(got.debugDescription)") }
            return
        }
        do {
            let got = try JSONValue(parsing: bytes)
            correspondence.compare(Scope.of(expected, exchange.path), Scope.of(got, exchange.path), at: "")
        } catch {
            correspondence.note("body is not JSON: \(error)")
        }
    }

    private mutating func compareHeaders(_ exchange: Recording.Exchange, _ response: KubeResponse) {
        for name in ["content-type", "retry-after", "warning"] {
            let expected = exchange.headers[name]
            let got = response.header(name)
            // Where a recording has no content type, it was not kept.
            if name == "content-type", expected == nil { continue }
            if expected != got { correspondence.note("header \(name): \(expected ?? "none") became \(got ?? "none")") }
        }
    }

    private mutating func note(_ place: String, from index: Int) {
        for text in correspondence.differences[index...] { differences.append((place, text)) }
    }

    private func request(for exchange: Recording.Exchange, at place: String) -> KubeRequest {
        let parts = exchange.path.split(separator: "?", maxSplits: 1)
        let query =
            parts.count < 2
            ? []
            : parts[1].split(separator: "&").compactMap { pair -> QueryItem? in
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(sides[0]).percentDecoded(plusIsSpace: true) ?? ""
                var value = sides.count > 1 ? String(sides[1]).percentDecoded(plusIsSpace: true) ?? "" : ""
                switch name {
                // Of the recorded server's document; the simulator's own has another.
                case "hash": return nil
                case "resourceVersion": value = correspondence.translate(revision: value)
                case "continue": value = correspondence.translate(continueToken: value)
                default: value = correspondence.translate(value)
                }
                return QueryItem(name, value)
            }
        var body: [UInt8] = []
        switch exchange.body {
        case .string(let text): body = Array(text.utf8)
        case .some(let value): body = correspondence.translate(value).serialized
        case nil: break
        }
        // The recording leaves the impersonation header out.
        let headers = ["14#8", "14#9"].contains(place) ? [HeaderField("Impersonate-User", "nobody")] : []
        return KubeRequest(
            method: KubeRequest.Method(rawValue: exchange.method) ?? .get, path: correspondence.translate(String(parts[0])), query: query,
            contentType: exchange.contentType, accept: exchange.accept, body: body, headers: headers)
    }
}
