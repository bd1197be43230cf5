/// A span of time as Go's `time.ParseDuration` reads it: `1h30m`, `-1.5s`, `100ms`.
struct GoDuration: Sendable, Hashable {
    var nanoseconds: Int64

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    init?(_ text: String) {
        var rest = text[...]
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            rest.removeFirst()
        }
        if rest == "0" {
            nanoseconds = 0
            return
        }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            guard number.contains(where: { $0 != "." }), number.count(where: { $0 == "." }) <= 1 else { return nil }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard let scale = Self.units[String(unit)],
                let value = Double((number.hasPrefix(".") ? "0" : "") + number + (number.hasSuffix(".") ? "0" : ""))
            else { return nil }
            total += value * scale
        }
        guard total < 9.2e18 else { return nil }
        nanoseconds = Int64(total) * (isNegative ? -1 : 1)
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]
}
