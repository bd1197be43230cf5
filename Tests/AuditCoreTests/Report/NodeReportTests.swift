import AuditCore
import KubeCore
import Testing

struct NodeReportTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    private static let valid: JSONValue = [
        "v": 1, "task": "setup", "outcome": "Active", "boot": "5d58bfe7-6aee-4651-857b-5b413ec41536", "enabled": 2, "unit": "active",
        "rules": 14, "hash": .string(digest), "baseline": .string(String(digest.reversed())), "lost": 7, "backlogLimit": 8192, "failure": 1,
        "left": ["iptables", "ima"], "detail": "",
    ]

    private func reading(_ value: JSONValue) -> NodeReport? {
        try? NodeReport.parse(value.text()).get()
    }

    private func reading(_ change: (inout JSONValue) -> Void) -> NodeReport? {
        var value = Self.valid
        change(&value)
        return reading(value)
    }

    @Test func `every member is read`() throws {
        let report = try NodeReport.parse(Self.valid.text()).get()
        #expect(report.task == .setup && report.outcome == .active && report.unit == .active)
        #expect(report.boot == "5d58bfe7-6aee-4651-857b-5b413ec41536")
        #expect(report.enabled == 2 && report.rules == 14 && report.lost == 7 && report.backlogLimit == 8192 && report.failure == 1)
        #expect(report.hash == Self.digest && report.baseline == String(Self.digest.reversed()))
        #expect(report.left == ["iptables", "ima"] && report.detail.isEmpty)
    }

    @Test func `a member of a later version is ignored, whatever it is`() {
        #expect(reading { $0["later"] = ["a": [1, 2.5, .null]] } != nil)
    }

    @Test(arguments: valid.object.map { $0.keys.sorted() } ?? [])
    func `a missing member makes the report unreadable`(member: String) {
        #expect(reading { $0[member] = nil } == nil)
        #expect(reading { $0[member] = .null } == nil)
    }

    @Test(
        arguments: [
            ("v", 2), ("v", "1"), ("task", "Setup"), ("task", ""), ("outcome", "active"), ("outcome", "Unknown"), ("outcome", 1),
            ("boot", ""), ("boot", "a b"), ("boot", .string(String(repeating: "a", count: 65))), ("boot", "../x"), ("enabled", 3),
            ("enabled", -1), ("enabled", "2"), ("enabled", 1.25), ("enabled", true), ("unit", "failed"), ("rules", -1),
            ("rules", 1_000_001),
            ("rules", 1.5), ("hash", "abc"), ("hash", .string(String(repeating: "A", count: 64))), ("hash", .string("\(digest)0")),
            ("baseline", "none"), ("lost", 4_294_967_296), ("lost", -1), ("backlogLimit", "8192"), ("failure", 3), ("left", "iptables"),
            ("left", [1]), ("left", [""]), ("left", ["a b"]), ("left", ["a", "b", "c", "d", "e", "f", "g", "h", "i"]),
            ("detail", 5), ("detail", ["a"]), ("detail", "a\nb"), ("detail", "a\u{7}b"), ("detail", "a\u{7F}b"), ("detail", "a\u{85}b"),
            ("detail", "a\u{2028}b"), ("detail", "a\u{202E}b"), ("detail", .string(String(repeating: "a", count: 900))),
        ] as [(String, JSONValue)])
    func `a value that does not fit makes the report unreadable`(member: String, value: JSONValue) {
        #expect(reading { $0[member] = value } == nil)
    }

    @Test func `a hash that could not be read is empty`() {
        #expect(reading { $0["baseline"] = "" }?.baseline == "")
        let unread = reading {
            $0["outcome"] = "Unsupported"; $0["hash"] = ""
        }
        #expect(unread?.hash == "" && unread?.outcome == .unsupported)
    }

    @Test func `a claim that its own figures deny is no evidence`() {
        #expect(reading { $0["enabled"] = 0 } == nil)
        #expect(reading { $0["rules"] = 0 } == nil)
        #expect(reading { $0["hash"] = "" } == nil)
        #expect(
            reading {
                $0["outcome"] = "LockedOther"; $0["enabled"] = 1
            } == nil)
        #expect(reading { $0["outcome"] = "LockedOther" }?.outcome == .lockedOther)
        #expect(reading { $0["enabled"] = 1 }?.enabled == 1)
    }

    @Test(
        arguments: [
            "", " ", "null", "[]", "\"Active\"", "{}", "{", "Killed", #"{"v":1,"v":1}"#, "\u{FEFF}{}", String(repeating: "[", count: 1000),
        ])
    func `what is no report is unreadable, with a reason`(message: String) throws {
        guard case .failure(let problem) = NodeReport.parse(message) else { throw Unexpected() }
        #expect(!problem.description.isEmpty)
        #expect(problem.description.utf8.count < 200)
    }

    @Test func `a member given twice makes the report unreadable`() {
        let text = Self.valid.text()
        #expect((try? NodeReport.parse(String(text.dropLast()) + #","detail":""}"#).get()) == nil)
        #expect((try? NodeReport.parse(String(text.dropLast()) + #","later":{"a":1,"a":1}}"#).get()) == nil)
        #expect((try? NodeReport.parse(String(text.dropLast()) + #","later":{"a":1,"b":1}}"#).get()) != nil)
    }

    @Test func `more than 1,024 bytes are unreadable, 1,024 are not`() {
        let room = 1_024 - Self.valid.text().utf8.count
        #expect(reading { $0["detail"] = .string(String(repeating: "a", count: room)) } != nil)
        #expect(reading { $0["detail"] = .string(String(repeating: "a", count: room + 1)) } == nil)
        #expect(reading { $0["detail"] = .string(String(repeating: "é", count: room)) } == nil)
    }

    @Test func `white space between tokens is no harm, a line feed is`() {
        #expect((try? NodeReport.parse(" " + Self.valid.text() + " ").get()) != nil)
        #expect((try? NodeReport.parse(Self.valid.text() + "\n").get()) == nil)
    }

    /// Every mutation of the bytes is either refused or says something that a script could have said: it has the same
    /// members, in bounds. 20,000 mutations take a second.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `no mutation of a report crashes the parser or gets past its bounds`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let original = Array(Self.valid.text().utf8)
        var read = 0
        for _ in 0..<5_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) { bytes.mutate(using: &random) }
            guard case .success(let report) = NodeReport.parse(String(decoding: bytes, as: UTF8.self)) else { continue }
            read += 1
            #expect((0...2).contains(report.enabled) && (0...1_000_000).contains(report.rules) && (0...2).contains(report.failure))
            #expect(report.hash.isEmpty || report.hash.utf8.count == 64)
            #expect(report.outcome != .active || (report.enabled > 0 && report.rules > 0 && !report.hash.isEmpty))
            #expect(report.detail.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
        // Most mutations break something; some only change a digit.
        #expect(read < 2_500)
        #expect(read > 10)
    }

    @Test func `a report cut off at any byte is no evidence`() {
        let bytes = Array(Self.valid.text().utf8)
        for length in 0..<bytes.count {
            #expect((try? NodeReport.parse(String(decoding: bytes[..<length], as: UTF8.self)).get()) == nil)
        }
    }

    private struct Unexpected: Error {}
}

extension [UInt8] {
    fileprivate mutating func mutate(using random: inout SeededRandom) {
        guard !isEmpty else { return append(UInt8.random(in: 0...255, using: &random)) }
        let index = Int.random(in: 0..<count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: self[index] = UInt8.random(in: 0...255, using: &random)
        case 1: self[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: remove(at: index)
        case 3: insert(UInt8.random(in: 0...255, using: &random), at: index)
        default: insert(contentsOf: self[index..<Swift.min(index + 16, count)], at: Int.random(in: 0...count, using: &random))
        }
    }
}
