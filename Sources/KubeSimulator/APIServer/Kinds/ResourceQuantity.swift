/// `resource.Quantity`: `500m`, `16Gi`, `1e3`. Exact to a billionth, as the server keeps it; smaller parts round up.
struct ResourceQuantity: Sendable, Comparable {
    enum Format: Sendable { case decimal, binary, exponent }

    /// Billionths.
    let nanos: Int128
    let format: Format

    /// What the server says about a text that is none.
    static let complaint = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

    private static let decimalSuffixes: [(String, Int)] = [
        ("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18),
    ]
    private static let binarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    /// Nil for anything that is no quantity, or too large for one.
    init?(_ text: String) {
        var rest = Substring(text)
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            rest = rest.dropFirst()
        }
        let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let suffix = String(rest.dropFirst(number.count))
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard !number.isEmpty, number != ".", parts.count <= 2 else { return nil }
        let whole = parts[0]
        let fraction = parts.count == 2 ? parts[1] : ""
        guard whole.count <= 18, fraction.count <= 18, let digits = Int128(whole.isEmpty ? "0" : String(whole)) else { return nil }
        guard let fractionDigits = Int128(fraction.isEmpty ? "0" : String(fraction)) else { return nil }
        let scale = Self.power(10, fraction.count)
        // The number as a fraction of `scale`.
        let scaled = digits * scale + fractionDigits
        let multiplier: Int128
        let divisor: Int128
        if let index = Self.binarySuffixes.firstIndex(of: suffix) {
            format = .binary
            multiplier = Self.power(1024, index + 1)
            divisor = 1
        } else if let exponent = Self.decimalSuffixes.first(where: { $0.0 == suffix })?.1 {
            format = .decimal
            multiplier = exponent > 0 ? Self.power(10, exponent) : 1
            divisor = exponent < 0 ? Self.power(10, -exponent) : 1
        } else if let mark = suffix.first, mark == "e" || mark == "E", let exponent = Int(suffix.dropFirst()), abs(exponent) <= 18 {
            format = .exponent
            multiplier = exponent > 0 ? Self.power(10, exponent) : 1
            divisor = exponent < 0 ? Self.power(10, -exponent) : 1
        } else {
            return nil
        }
        let (product, isOverflow) = scaled.multipliedReportingOverflow(by: multiplier)
        let (billionths, isOverflowToo) = product.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOverflow, !isOverflowToo else { return nil }
        let denominator = scale * divisor
        let quotient = billionths / denominator + (billionths % denominator == 0 ? 0 : 1)
        nanos = isNegative ? -quotient : quotient
    }

    private static func power(_ base: Int128, _ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { result, _ in result * base }
    }

    static func < (left: ResourceQuantity, right: ResourceQuantity) -> Bool { left.nanos < right.nanos }
    static func == (left: ResourceQuantity, right: ResourceQuantity) -> Bool { left.nanos == right.nanos }

    /// The one text that the server writes for the amount: the largest suffix that leaves a whole number.
    var canonical: String {
        if nanos == 0 { return "0" }
        let unit: Int128 = 1_000_000_000
        if format == .binary, abs(nanos) >= 1024 * unit {
            var whole = nanos / unit + (nanos % unit == 0 ? 0 : 1)
            var index = -1
            while whole % 1024 == 0, index + 1 < Self.binarySuffixes.count {
                whole /= 1024
                index += 1
            }
            return index < 0 ? String(whole) : String(whole) + Self.binarySuffixes[index]
        }
        var amount = nanos
        var index = 0
        while amount % 1000 == 0, index + 1 < Self.decimalSuffixes.count {
            amount /= 1000
            index += 1
        }
        let (suffix, exponent) = Self.decimalSuffixes[index]
        if format == .exponent { return exponent == 0 ? String(amount) : "\(amount)e\(exponent)" }
        return String(amount) + suffix
    }
}
