package import KubeCore

extension JSONValue {
    /// The value as a YAML document in block style with sorted keys: equal values give equal text, and reading it back,
    /// by YAML 1.1 or 1.2, gives this value again (whole floats as integers, as everywhere in Kubernetes).
    package var yaml: String {
        var emitter = YAMLEmitter()
        emitter.emitRoot(self)
        return emitter.output
    }
}

extension Sequence<JSONValue> {
    /// The values as one stream of documents, parted by `---`.
    package var yamlStream: String { map(\.yaml).joined(separator: "---\n") }
}

/// Writes block style as kubectl does: two spaces a level, lists at the level of their key.
struct YAMLEmitter {
    var output = ""

    mutating func emitRoot(_ value: JSONValue) {
        switch value {
        case .object(let members) where !members.isEmpty: emit(members, indent: 0)
        case .array(let elements) where !elements.isEmpty: emit(elements, indent: 0)
        default: emitInline(value, indent: 0)
        }
    }

    /// A mapping whose first key continues the current line.
    private mutating func emit(_ members: [String: JSONValue], indent: Int) {
        for (index, key) in members.keys.sorted().enumerated() {
            if index > 0 { pad(indent) }
            let name = YAMLQuoting.key(key)
            // A simple key may take 1,024 characters; longer ones need the explicit form.
            if name.unicodeScalars.count > 1000 {
                output += "? \(name)\n"
                pad(indent)
            } else {
                output += name
            }
            output += ":"
            let value = members[key] ?? .null
            switch value {
            case .object(let inner) where !inner.isEmpty:
                output += "\n"
                pad(indent + 2)
                emit(inner, indent: indent + 2)
            case .array(let inner) where !inner.isEmpty:
                output += "\n"
                pad(indent)
                emit(inner, indent: indent)
            default:
                output += " "
                emitInline(value, indent: indent)
            }
        }
    }

    private mutating func emit(_ elements: [JSONValue], indent: Int) {
        for (index, element) in elements.enumerated() {
            if index > 0 { pad(indent) }
            output += "- "
            switch element {
            case .object(let inner) where !inner.isEmpty: emit(inner, indent: indent + 2)
            case .array(let inner) where !inner.isEmpty: emit(inner, indent: indent + 2)
            default: emitInline(element, indent: indent)
            }
        }
    }

    /// A scalar or an empty collection, to the end of the line; literal blocks take further lines.
    private mutating func emitInline(_ value: JSONValue, indent: Int) {
        switch value {
        case .object: output += "{}\n"
        case .array: output += "[]\n"
        case .string(let text):
            guard YAMLQuoting.fitsLiteralBlock(text) else {
                output += YAMLQuoting.scalar(text) + "\n"
                return
            }
            output += text.utf8.last == 0x0A ? "|\n" : "|-\n"
            for line in (text.utf8.last == 0x0A ? text.dropLast() : text[...]).split(separator: "\n", omittingEmptySubsequences: false) {
                if !line.isEmpty { pad(indent + 2) }
                output += line + "\n"
            }
        case .number(let number) where number.isFinite && Int64(exactly: number) == nil: output += YAMLQuoting.number(number) + "\n"
        default: output += value.text() + "\n"
        }
    }

    private mutating func pad(_ count: Int) { output += String(repeating: " ", count: count) }
}
