/// A point in time as the Kubernetes API writes it (`metav1.Time`): UTC, whole seconds on the wire.
///
/// Nanoseconds are kept for `MicroTime` and for arithmetic. Reading the clock is not this module's business: times come in as values.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    package var seconds: Int64
    /// 0 ..< 1,000,000,000.
    package var nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (seconds, attoseconds) = right.components
        var sum = Timestamp(seconds: left.seconds + seconds, nanoseconds: left.nanoseconds + Int32(attoseconds / 1_000_000_000))
        if sum.nanoseconds >= 1_000_000_000 {
            sum.nanoseconds -= 1_000_000_000
            sum.seconds += 1
        } else if sum.nanoseconds < 0 {
            sum.nanoseconds += 1_000_000_000
            sum.seconds -= 1
        }
        return sum
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .seconds(left.seconds - right.seconds) + .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }

    /// The same time without its fraction, as it comes back from the server.
    package var truncatedToSeconds: Timestamp { Timestamp(seconds: seconds) }
}

extension Timestamp: LosslessStringConvertible {
    /// `2026-11-23T10:00:00Z`
    package var description: String { rfc3339(fractionDigits: 0) }

    /// RFC 3339 in UTC with a fixed number of fraction digits (0...9).
    package func rfc3339(fractionDigits: Int) -> String {
        let days = seconds.flooredQuotient(by: 86400)
        let second = Int(seconds - days * 86400)
        let (year, month, day) = Self.civil(fromDays: days)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var text = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
        text += "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        if fractionDigits > 0 { text += "." + pad(Int(nanoseconds), 9).prefix(fractionDigits) }
        return text + "Z"
    }

    /// Reads RFC 3339 with `Z` or a numeric offset and any number of fraction digits; `nil` for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        var position = 0
        func number(_ width: Int) -> Int? {
            guard position + width <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[position..<position + width] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            position += width
            return value
        }
        func skip(_ accepted: UInt8...) -> Bool {
            guard position < bytes.count, accepted.contains(bytes[position]) else { return false }
            position += 1
            return true
        }
        guard let year = number(4), skip(0x2D), let month = number(2), skip(0x2D), let day = number(2),
            skip(0x54, 0x74), let hour = number(2), skip(0x3A), let minute = number(2), skip(0x3A),
            let second = number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: Int32 = 0
        if skip(0x2E) {
            let start = position
            var scale: Int32 = 100_000_000
            while let digit = number(1) {
                fraction += Int32(digit) * scale
                scale /= 10
            }
            guard position > start else { return nil }
        }
        var offset = 0
        if !skip(0x5A, 0x7A) {
            guard position < bytes.count else { return nil }
            let sign = bytes[position] == 0x2D ? -1 : 1
            guard skip(0x2B, 0x2D), let hours = number(2), skip(0x3A), let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard position == bytes.count else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        // The calendar has no such day, the 31st of November say, when it comes out as another one.
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        let time = hour * 3600 + minute * 60 + second - offset
        self.init(seconds: days * 86400 + Int64(time), nanoseconds: fraction)
    }

    // Days since 1970-01-01 in the proleptic Gregorian calendar, counted in 400-year eras of 146,097 days that start in March.

    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = shifted.flooredQuotient(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = Int(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9)
        let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        return (year, month, Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1))
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time: \(text)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// `metav1.MicroTime`: a time with six fraction digits, as Leases and Events carry it.
package struct MicroTime: Sendable, Hashable, Codable {
    package var timestamp: Timestamp

    package init(_ timestamp: Timestamp) { self.timestamp = timestamp }

    package init(from decoder: any Decoder) throws { timestamp = try Timestamp(from: decoder) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(timestamp.rfc3339(fractionDigits: 6))
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
