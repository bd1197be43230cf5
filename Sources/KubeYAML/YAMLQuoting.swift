/// How a string is written so that every YAML reader, of 1.1 or 1.2, gets the same string back.
enum YAMLQuoting {
    static func key(_ text: String) -> String { scalar(text) }

    /// Plain where nothing can be mistaken, else single-quoted where nothing needs an escape, else double-quoted.
    static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        let scalars = text.unicodeScalars
        let needsEscape = scalars.contains { !isPrintable($0) || $0 == "'" }
        if !needsEscape, scalars.contains(where: { $0 == "\\" || $0 == "\"" }) { return "'\(text)'" }
        return doubleQuoted(text)
    }

    /// The shortest text that reads back as this number; always with a point before an exponent, as YAML 1.1 wants it.
    static func number(_ value: Double) -> String {
        let text = String(describing: value)
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    /// Letters, digits and harmless signs only, beginning with a letter, a slash or an underscore, and no word that some
    /// reader takes for a boolean, null or number.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/") || first == UInt8(ascii: "_") else { return false }
        guard text.utf8.count <= 256, YAMLScalar.words[text] == nil else { return false }
        var previous: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "$"), UInt8(ascii: "+"),
                UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"), UInt8(ascii: "^"),
                UInt8(ascii: "<"), UInt8(ascii: ">"):
                break
            case UInt8(ascii: " "): if previous == UInt8(ascii: ":") { return false }
            case UInt8(ascii: ":"): break
            case _ where isLetter(byte) || (0x30...0x39).contains(byte): break
            default: return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: " ") && previous != UInt8(ascii: ":")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// Whether all readers accept the character unescaped inside quotes or a block.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x1_0000...0x10_FFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where isPrintable(scalar): output.unicodeScalars.append(scalar)
            case _ where scalar.value <= 0xFF: output += "\\x" + hex(scalar.value, digits: 2)
            case _ where scalar.value <= 0xFFFF: output += "\\u" + hex(scalar.value, digits: 4)
            default: output += "\\U" + hex(scalar.value, digits: 8)
            }
        }
        return output + "\""
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// Several lines of printable text that begin at the margin and end with at most one line break: what a literal
    /// block carries unchanged, with its indentation found from the first line.
    static func fitsLiteralBlock(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first != " ", first != "\t", first != "\n" else { return false }
        var lineBreaks = 0
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                // Blanks at the end of a line are invisible in a block.
                if previous == " " || previous == "\t" { return false }
                lineBreaks += 1
            } else if scalar != "\t", !isPrintable(scalar) {
                return false
            } else if previous == "\n", scalar == "\t" {
                return false
            }
            previous = scalar
        }
        return lineBreaks > 0 && previous != " " && previous != "\t" && !text.hasSuffix("\n\n")
    }
}
