import KubeCore

/// Values as Go's `fmt` and `encoding/json` print them, since the API server's messages are made with these.
enum GoText {
    /// A value inside a field error: quoted strings, plain numbers and booleans, JSON for the rest.
    static func fieldValue(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .number(let number): plain(number)
        default: json(value)
        }
    }

    /// `%q`
    static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\u{7}": output += "\\a"
            case "\u{8}": output += "\\b"
            case "\u{C}": output += "\\f"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{B}": output += "\\v"
            case _ where isPrintable(scalar): output.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x80: output += "\\x" + hex(scalar.value, 2)
            case _ where scalar.value <= 0xFFFF: output += "\\u" + hex(scalar.value, 4)
            default: output += "\\U" + hex(scalar.value, 8)
            }
        }
        return output + "\""
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// `%v` of a float64: the shortest digits, with an exponent below 1e-4 and from 1e21 on.
    static func plain(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf" }
        if number == 0 { return number.sign == .minus ? "-0" : "0" }
        let magnitude = abs(number)
        if let integer = Int64(exactly: number), magnitude < 1e21 { return String(integer) }
        let text = String(describing: number)
        guard let mark = text.firstIndex(of: "e") else { return text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
        var mantissa = String(text[..<mark])
        if mantissa.hasSuffix(".0") { mantissa.removeLast(2) }
        let exponent = Int(text[text.index(after: mark)...]) ?? 0
        if magnitude >= 1e-4, magnitude < 1e21 { return expanded(mantissa, exponent: exponent) }
        let digits = String(abs(exponent))
        return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(digits.count < 2 ? "0" : "")\(digits)"
    }

    /// The number without an exponent.
    private static func expanded(_ mantissa: String, exponent: Int) -> String {
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        let parts = mantissa.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts[0])
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let digits = whole + fraction
        let point = whole.count + exponent
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// Compact JSON in which `<`, `>`, `&` and the line separators are escaped, as Go's encoder writes it.
    static func json(_ value: JSONValue) -> String { escapedForHTML(value.text()) }

    static func escapedForHTML(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<", ">", "&", "\u{2028}", "\u{2029}": output += "\\u" + hex(scalar.value, 4)
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
