import Foundation
import KubeCore
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-23T10:00:00Z", 1_795_428_000), ("2000-02-29T12:00:00Z", 951_825_600),
        ("1969-12-31T23:59:59Z", -1), ("2100-03-01T00:00:00Z", 4_107_542_400), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("2016-12-31T23:59:60Z", 1_483_228_800),
    ])
    func `times are the seconds since 1970`(text: String, seconds: Int64) throws {
        #expect(try #require(Timestamp(text)).seconds == seconds)
    }

    @Test(arguments: [
        ("2026-11-23T12:30:00+02:30", "2026-11-23T10:00:00Z"), ("2026-11-23T00:30:00-05:00", "2026-11-23T05:30:00Z"),
        ("2026-01-01T01:00:00+02:00", "2025-12-31T23:00:00Z"), ("2026-11-23t10:00:00z", "2026-11-23T10:00:00Z"),
        ("2026-11-23T10:00:00.999999999Z", "2026-11-23T10:00:00Z"),
    ])
    func `offsets, fractions and small letters are understood`(text: String, utc: String) throws {
        #expect(try #require(Timestamp(text)).description == utc)
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23 10:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-11-31T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T10:60:00Z", "2026-11-23T10:00:61Z", "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00ZZ", "2026-11-23T10:00:00+2:00",
        "2026-11-23T10:00:00+24:00", "2026-11-23T10:00:00+0200", "26-11-23T10:00:00Z", "-026-11-23T10:00:00Z", "２０２６-11-23T10:00:00Z",
    ])
    func `what is no RFC 3339 time is nil`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `every day of four centuries is written as Foundation writes it, and read back`() throws {
        let formatter = ISO8601DateFormatter()
        for day in stride(from: -36_525, to: 120_000, by: 13) {
            let time = Timestamp(seconds: Int64(day) * 86_400 + Int64((day &* 7919) & 0xFFFF))
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(time.seconds)))
            #expect(time.description == text)
            #expect(Timestamp(text) == time)
        }
    }

    @Test func `leap years are those of the Gregorian calendar`() {
        for (year, isLeap) in [(1900, false), (2000, true), (2024, true), (2025, false), (2100, false), (2400, true)] {
            #expect((Timestamp("\(year)-02-29T00:00:00Z") != nil) == isLeap)
        }
    }

    @Test func `MicroTime has six digits and keeps them`() throws {
        let time = MicroTime(try #require(Timestamp("2026-11-23T10:00:00.123456789Z")))
        let text = String(decoding: try JSONEncoder().encode([time]), as: UTF8.self)
        #expect(text == "[\"2026-11-23T10:00:00.123456Z\"]")
        #expect(try JSONDecoder().decode([MicroTime].self, from: Data(text.utf8))[0].timestamp.nanoseconds == 123_456_000)
    }

    @Test func `sums and differences carry over seconds in both directions`() {
        let time = Timestamp(seconds: 10, nanoseconds: 900_000_000)
        #expect(time + .milliseconds(200) == Timestamp(seconds: 11, nanoseconds: 100_000_000))
        #expect(time + .milliseconds(-950) == Timestamp(seconds: 9, nanoseconds: 950_000_000))
        #expect(Timestamp(seconds: 0) + .milliseconds(-1) == Timestamp(seconds: -1, nanoseconds: 999_000_000))
        #expect((time + .seconds(3.25)) - time == .seconds(3.25))
        #expect(Timestamp(seconds: 1, nanoseconds: 0) - time == .milliseconds(-9900))
        #expect(time.truncatedToSeconds == Timestamp(seconds: 10))
        #expect(Timestamp(seconds: 10) < time && time < Timestamp(seconds: 11))
    }

    @Test func `a broken time in an object is an error that names it`() {
        let error = #expect(throws: KubeError.self) {
            try Pod(json: Array("{\"metadata\":{\"creationTimestamp\":\"yesterday\"}}".utf8))
        }
        #expect(error?.message == "Pod: metadata.creationTimestamp: not an RFC 3339 time: yesterday")
    }
}
