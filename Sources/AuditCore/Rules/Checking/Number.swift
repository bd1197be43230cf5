/// A number in the notation that auditctl reads, and nothing that it reads differently than it looks.
///
/// auditctl uses `strtol` with base 0 and keeps 32 bits of the result: `010` is 8, `1e3` is 1, 4294967296 is 0. So decimal has no
/// leading zeros, nothing follows the number, and the range is checked.
enum Number {
    /// Decimal or `0x…`; with `octal` also `0…`, as masks of file modes are written.
    static func parse(_ text: String, octal: Bool = false) -> Int? {
        var digits = text[...]
        let isNegative = digits.first == "-"
        if isNegative { digits = digits.dropFirst() }
        guard let first = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
        let magnitude: Int?
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            let rest = digits.dropFirst(2)
            magnitude = rest.utf8.first == UInt8(ascii: "+") || rest.utf8.first == UInt8(ascii: "-") ? nil : Int(rest, radix: 16)
        } else if digits.utf8.count > 1, first == UInt8(ascii: "0") {
            magnitude = octal ? Int(digits, radix: 8) : nil
        } else {
            magnitude = Int(digits)
        }
        return magnitude.map { isNegative ? -$0 : $0 }
    }

    /// As `parse`, within a range.
    static func parse(_ text: String, octal: Bool = false, in range: ClosedRange<Int>) -> Int? {
        parse(text, octal: octal).flatMap { range.contains($0) ? $0 : nil }
    }

    /// The 32 bits that the kernel keeps, in capital hexadecimal digits as auditctl prints them.
    static func hexadecimal(_ number: Int) -> String { "0x" + String(UInt32(truncatingIfNeeded: number), radix: 16, uppercase: true) }

    /// The 32 bits that the kernel keeps, as auditctl prints them: signed.
    static func signed(_ number: Int) -> String { String(Int32(truncatingIfNeeded: number)) }

    static let unsigned32 = 0...Int(UInt32.max)
    static let signed32 = Int(Int32.min)...Int(Int32.max)
}
