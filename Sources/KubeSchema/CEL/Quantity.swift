/// A Kubernetes quantity: `100m`, `1.5`, `512Mi`, `2e3`. Compared by value, exactly for up to 18 digits.
struct Quantity: Sendable, Hashable {
    /// Thousand-millionths (nano units), which is the finest a quantity knows.
    private let nanos: Wide

    /// A whole number wide enough for the largest quantity in nano units.
    private typealias Wide = Int128

    init?(_ text: String) {
        var rest = text[...]
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            rest.removeFirst()
        }
        let whole = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(whole.count)
        var fraction = Substring()
        if rest.first == "." {
            rest.removeFirst()
            fraction = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty, whole.count <= 18, fraction.count <= 18, let factor = Self.factor(rest),
            let digits = Wide(String(whole) + fraction)
        else { return nil }
        // digits × factor / 10^fraction, in nano units, rounded up as the server does.
        let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        let divisor = Self.power(10, fraction.count)
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
        let value = quotient + (remainder > 0 ? 1 : 0)
        nanos = isNegative ? -value : value
    }

    private init(nanos: Wide) { self.nanos = nanos }

    /// Nano units in one unit of the suffix.
    private static func factor(_ suffix: Substring) -> Wide? {
        let one: Wide = 1_000_000_000
        let decimal = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        if let exponent = decimal[String(suffix)] { return exponent < 0 ? one / power(10, -exponent) : one * power(10, exponent) }
        let binary = ["Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6]
        if let exponent = binary[String(suffix)] { return one * power(1024, exponent) }
        guard let mark = suffix.first, mark == "e" || mark == "E", let exponent = Int(suffix.dropFirst()), (-9...18).contains(exponent)
        else {
            return nil
        }
        return exponent < 0 ? one / power(10, -exponent) : one * power(10, exponent)
    }

    private static func power(_ base: Wide, _ exponent: Int) -> Wide {
        var result: Wide = 1
        for _ in 0..<exponent { result *= base }
        return result
    }

    func compare(_ other: Quantity) -> Int64 { nanos < other.nanos ? -1 : nanos == other.nanos ? 0 : 1 }
    var sign: Int64 { Int64(nanos.signum()) }
    var isInteger: Bool { nanos % 1_000_000_000 == 0 && Int64(exactly: nanos / 1_000_000_000) != nil }
    var integer: Int64? { isInteger ? Int64(exactly: nanos / 1_000_000_000) : nil }
    var double: Double { Double(nanos) / 1e9 }
    func adding(_ other: Quantity) -> Quantity { Quantity(nanos: nanos &+ other.nanos) }
    func subtracting(_ other: Quantity) -> Quantity { Quantity(nanos: nanos &- other.nanos) }
}
