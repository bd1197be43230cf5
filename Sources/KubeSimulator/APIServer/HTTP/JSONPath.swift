import KubeCore

/// The JSONPath of printer columns: members, indices, `[*]`, `['name']` and `[?(@.a.b=="c")]`.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        case member(String)
        case index(Int)
        case all
        case filter([String], equals: JSONValue)
    }

    private var steps: [Step] = []

    /// What cannot be understood finds nothing.
    init(_ text: String) {
        var rest = Substring(text)
        while let first = rest.first {
            switch first {
            case ".":
                rest = rest.dropFirst()
                var name = ""
                while let character = rest.first, character != ".", character != "[" {
                    rest = rest.dropFirst()
                    if character == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(character) }
                }
                if name == "*" { steps.append(.all) } else if !name.isEmpty { steps.append(.member(name)) }
            case "[":
                guard let close = Self.close(of: rest) else { return }
                steps.append(Self.bracket(rest[rest.index(after: rest.startIndex)..<close]))
                rest = rest[rest.index(after: close)...]
            default: return
            }
        }
    }

    private static func close(of text: Substring) -> Substring.Index? {
        var quote: Character?
        var depth = 0
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "[" {
                depth += 1
            } else if character == "]" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    private static func bracket(_ text: Substring) -> Step {
        if text == "*" { return .all }
        if let index = Int(text) { return .index(index) }
        if text.hasPrefix("?("), text.hasSuffix(")") {
            let condition = text.dropFirst(2).dropLast()
            guard let range = condition.firstRange(of: "==") else { return .filter([], equals: .null) }
            let path = condition[..<range.lowerBound].filter { $0 != " " && $0 != "@" }.split(separator: ".").map(String.init)
            let literal = condition[range.upperBound...].trimmingSpaces
            return .filter(path, equals: Self.literal(literal))
        }
        return .member(String(text.filter { $0 != "'" && $0 != "\"" }))
    }

    private static func literal(_ text: Substring) -> JSONValue {
        if let quote = text.first, quote == "\"" || quote == "'" { return .string(String(text.dropFirst().dropLast())) }
        if text == "true" { return true }
        if text == "false" { return false }
        return Int64(text).map { .integer($0) } ?? .string(String(text))
    }

    func values(in object: JSONValue) -> [JSONValue] {
        var values = [object]
        for step in steps {
            values = values.flatMap { value -> [JSONValue] in
                switch (step, value) {
                case (.member(let name), .object(let members)): return members[name].map { [$0] } ?? []
                case (.index(let index), .array(let items)):
                    let place = index < 0 ? items.count + index : index
                    return items.indices.contains(place) ? [items[place]] : []
                case (.all, .array(let items)): return items
                case (.all, .object(let members)): return members.sorted { $0.key < $1.key }.map(\.value)
                case (.filter(let path, let wanted), .array(let items)): return items.filter { $0[path] == wanted }
                default: return []
                }
            }
        }
        return values.filter { !$0.isNull }
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        var text = self
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
