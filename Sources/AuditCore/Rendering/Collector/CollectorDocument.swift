/// The collector's configuration as a tree, and as the YAML that Fluent Bit reads and people read.
///
/// Guarantees: total; equal trees give equal text; every reader of YAML 1.1 or 1.2 gets back the same tree, with each text
/// as the string it was, whatever characters it holds. Mappings keep their order.
indirect enum CollectorDocument: Sendable, Hashable {
    /// A string, quoted unless it is plainly safe.
    case text(String)
    case number(Int)
    /// `on` or `off`, as Fluent Bit spells it.
    case toggle(Bool)
    case list([CollectorDocument])
    case mapping([Property])

    struct Property: Sendable, Hashable {
        var name: String
        var value: CollectorDocument

        init(_ name: String, _ value: CollectorDocument) {
            self.name = name
            self.value = value
        }

        init(_ name: String, _ text: String) { self.init(name, .text(text)) }
        init(_ name: String, _ number: Int) { self.init(name, .number(number)) }
        init(_ name: String, _ toggle: Bool) { self.init(name, .toggle(toggle)) }
    }

    /// Block style with two spaces a level, ending in a line break.
    var yaml: String {
        var output = ""
        write(to: &output, indent: 0)
        return output
    }

    /// Writes the value with its first line where the output stands, and the others `indent` spaces from the margin.
    private func write(to output: inout String, indent: Int) {
        let margin = String(repeating: " ", count: indent)
        switch self {
        case .text(let text): output += Self.scalar(text) + "\n"
        case .number(let number): output += "\(number)\n"
        case .toggle(let isOn): output += isOn ? "on\n" : "off\n"
        case .list(let elements) where elements.isEmpty: output += "[]\n"
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                if index > 0 { output += margin }
                output += "- "
                element.write(to: &output, indent: indent + 2)
            }
        case .mapping(let properties) where properties.isEmpty: output += "{}\n"
        case .mapping(let properties):
            for (index, property) in properties.enumerated() {
                if index > 0 { output += margin }
                output += Self.scalar(property.name) + ":"
                if property.value.isBlock {
                    output += "\n" + margin + "  "
                    property.value.write(to: &output, indent: indent + 2)
                } else {
                    output += " "
                    property.value.write(to: &output, indent: indent)
                }
            }
        }
    }

    private var isBlock: Bool {
        switch self {
        case .list(let elements): !elements.isEmpty
        case .mapping(let properties): !properties.isEmpty
        case .text, .number, .toggle: false
        }
    }
}

extension CollectorDocument {
    /// Plain where nothing can be mistaken, else double-quoted with everything but printable ASCII escaped.
    static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Letters, digits and a few signs, beginning with a letter or a slash, and no word that a reader may take for something else.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isLetter || first == UInt8(ascii: "/"), text.utf8.count <= 128 else { return false }
        guard !ambiguousWords.contains(text.lowercased()) else { return false }
        return text.utf8.allSatisfy { $0.isLetter || $0.isDigit || plainSigns.contains($0) }
    }

    private static let plainSigns = Set("_-./".utf8)
    private static let ambiguousWords: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case " "..."~": output.unicodeScalars.append(scalar)
            default: output += escape(scalar.value)
            }
        }
        return output + "\""
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        let (letter, width) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }
}
