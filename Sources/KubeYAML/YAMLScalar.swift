import KubeCore

/// What a plain (unquoted) YAML scalar means, by the rules of `sigs.k8s.io/yaml`, which Kubernetes' tools share.
///
/// These are YAML 1.1's booleans (`yes`, `on`, `n`, …), integers in base 2, 8 (`0o17`, `017`), 10 and 16 with underscores,
/// 1.2's floats, and strings for everything else: timestamps and base-60 numbers stay strings.
enum YAMLScalar {
    enum Failure: Error { case notRepresentable }

    static func value(ofPlain text: String) throws(Failure) -> JSONValue {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            if special.contains(text) { throw .notRepresentable }
            return number(text) ?? .string(text)
        default:
            return words[text] ?? .string(text)
        }
    }

    /// Infinities and not-a-number, which JSON lacks.
    static let special: Set<String> = [
        ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    ]

    static let words: [String: JSONValue] = {
        var words: [String: JSONValue] = [:]
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { words[word] = .bool(true) }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] { words[word] = .bool(false) }
        for word in ["~", "null", "Null", "NULL"] { words[word] = .null }
        return words
    }()

    /// A number, or nil for a text that only begins like one.
    static func number(_ text: String) -> JSONValue? {
        let plain = text.filter { $0 != "_" }
        if let integer = integer(plain) { return integer }
        guard isFloat(plain), let number = Double(plain), number.isFinite else { return nil }
        return normalized(number)
    }

    /// The JSON form of a float: Go writes `3.0` as `3`, which reads back as an integer.
    static func normalized(_ number: Double) -> JSONValue {
        if abs(number) < 1e21, let integer = Int64(exactly: number) { return .integer(integer) }
        return .number(number)
    }

    private static func integer(_ text: String) -> JSONValue? {
        var digits = Substring(text)
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            digits.removeFirst()
            if first == "-" { sign = "-" }
        }
        guard digits.utf8.first.map({ (0x30...0x39).contains($0) }) == true else { return nil }
        var radix = 10
        if digits.count > 1, digits.first == "0" {
            switch digits.dropFirst().first {
            case "x", "X": (radix, digits) = (16, digits.dropFirst(2))
            case "o", "O": (radix, digits) = (8, digits.dropFirst(2))
            case "b", "B": (radix, digits) = (2, digits.dropFirst(2))
            default: (radix, digits) = (8, digits.dropFirst())
            }
        }
        guard digits.utf8.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) == true else { return nil }
        if let value = Int64(sign + digits, radix: radix) { return .integer(value) }
        if sign.isEmpty, let value = UInt64(digits, radix: radix) { return .number(Double(value)) }
        return nil
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isFloat(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        func skipDigits() -> Int {
            let count = bytes.prefix { (0x30...0x39).contains($0) }.count
            bytes = bytes.dropFirst(count)
            return count
        }
        func skip(_ accepted: String) -> Bool {
            guard let first = bytes.first, accepted.utf8.contains(first) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        _ = skip("+-")
        let whole = skipDigits()
        let hasPoint = skip(".")
        let fraction = hasPoint ? skipDigits() : 0
        guard whole > 0 || fraction > 0 else { return false }
        if skip("eE") {
            _ = skip("+-")
            guard skipDigits() > 0 else { return false }
        }
        return bytes.isEmpty
    }
}
