import KubeCore

/// The members of the built-in kinds, in a notation of one line a type (indented lines go on):
///
///     Name: member type, member type, …
///
/// A type is `string`, `int`, `bool`, `number`, `time`, `micro`, `quantity`, `intstr`, `bytes`, `any`, the name of another line,
/// `[]T` (replaced as a whole), `[]T*` (a set), `[]T(key|key~default)` (merged by keys) or `map:T`. `!` after it: owned and written
/// as a whole; `?`: a pointer, so that zero values stay; `=json`: written always, with this when nothing was given.
enum BuiltinTypes {
    static let types: [String: ObjectType] = {
        var reader = Reader(lines: [:], types: [:])
        let joined = texts.joined(separator: "\n").replacing(",\n ", with: ", ")
        for line in joined.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            reader.lines[String(line[..<colon])] = line[line.index(after: colon)...]
        }
        for name in reader.lines.keys { _ = reader.type(name) }
        return reader.types
    }()

    /// The type of a kind's objects, or of any part of them.
    static func type(_ name: String) -> FieldType {
        types[name].map { .object($0, isAtomic: false) } ?? .any
    }

    private static let texts = [
        metaTypes, podTypes, containerTypes, volumeTypes, storageTypes, nodeTypes, workloadTypes, policyTypes, extensionTypes,
    ]

    /// Builds types after the types of their members; no type contains itself.
    private struct Reader {
        var lines: [String: Substring]
        var types: [String: ObjectType]

        mutating func type(_ name: String) -> ObjectType? {
            if let known = types[name] { return known }
            guard let line = lines[name] else {
                assertionFailure("a built-in type is not described: \(name)")
                return nil
            }
            var members: [String: ObjectType.Member] = [:]
            for part in line.split(separator: ",") {
                let words = part.split(separator: " ", maxSplits: 1)
                if words.count == 2 { members[String(words[0])] = member(words[1]) }
            }
            let type = ObjectType(name: name, members: members)
            types[name] = type
            return type
        }

        private mutating func member(_ text: Substring) -> ObjectType.Member {
            var text = Substring(text.filter { $0 != " " })
            var presence = ObjectType.Presence.omitEmpty
            if let equals = text.firstIndex(of: "=") {
                presence = .always(literal(text[text.index(after: equals)...]))
                text = text[..<equals]
            } else if text.last == "?" {
                presence = .pointer
                text = text.dropLast()
            }
            return ObjectType.Member(type: fieldType(text), presence: presence)
        }

        private func literal(_ text: Substring) -> JSONValue {
            do throws(JSONError) {
                return try JSONValue(parsing: String(text))
            } catch {
                assertionFailure("not JSON in a built-in type: \(text)")
                return .null
            }
        }

        private mutating func fieldType(_ text: Substring) -> FieldType {
            var text = text
            if text.hasPrefix("[]") {
                text = text.dropFirst(2)
                if text.last == "*" { return .list(fieldType(text.dropLast()), .set) }
                if text.last == ")", let open = text.lastIndex(of: "(") {
                    let keys = text[text.index(after: open)...].dropLast().split(separator: "|").map { part in
                        let sides = part.split(separator: "~")
                        return FieldType.MergeKey(name: String(sides[0]), fallback: sides.count > 1 ? .string(String(sides[1])) : nil)
                    }
                    return .list(fieldType(text[..<open]), .map(keys))
                }
                return .list(fieldType(text), .atomic)
            }
            let isAtomic = text.last == "!"
            if isAtomic { text = text.dropLast() }
            if text.hasPrefix("map:") { return .map(fieldType(text.dropFirst(4)), isAtomic: isAtomic) }
            if let scalar = FieldType.Scalar(rawValue: String(text)) { return .scalar(scalar) }
            if text == "any" { return .any }
            return type(String(text)).map { .object($0, isAtomic: isAtomic) } ?? .any
        }
    }
}
