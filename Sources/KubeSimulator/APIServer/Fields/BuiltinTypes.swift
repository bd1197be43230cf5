import KubeCore

/// The members of the built-in kinds, in a notation of one line a type:
///
///     Name: member type, member type, …
///
/// A type is `string`, `int`, `bool`, `number`, `time`, `micro`, `quantity`, `intstr`, `bytes`, `any`, the name of another line,
/// `[]T` (replaced as a whole), `[]T*` (a set), `[]T(key|key~default)` (merged by keys) or `map:T`. `!` after it: owned and written
/// as a whole; `?`: a pointer, so that zero values stay; `=json`: written always, with this when nothing was given.
enum BuiltinTypes {
    static let types: [String: ObjectType] = {
        var types: [String: ObjectType] = [:]
        for line in texts.joined(separator: "\n").split(separator: "\n") where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<colon])
            var members: [String: ObjectType.Member] = [:]
            for part in line[line.index(after: colon)...].split(separator: ",") {
                let words = part.split(separator: " ", maxSplits: 1)
                guard words.count == 2 else { continue }
                members[String(words[0])] = member(String(words[1]))
            }
            types[name] = ObjectType(name: name, members: members)
        }
        return types
    }()

    /// What the encoder always writes, worked out once.
    static let alwaysPresent: [String: [(String, JSONValue)]] = {
        var result: [String: [(String, JSONValue)]] = [:]
        for (name, type) in types { result[name] = alwaysPresent(in: type) }
        return result
    }()

    private static func alwaysPresent(in type: ObjectType) -> [(String, JSONValue)] {
        type.members.sorted { $0.key < $1.key }.compactMap { name, member in
            switch member.presence {
            case .pointer: return nil
            case .always(let value): return (name, value)
            case .omitEmpty:
                guard case .object(let inner, _) = member.type.resolved else { return nil }
                let members = alwaysPresent(in: inner)
                return (name, .object(Dictionary(members, uniquingKeysWith: { first, _ in first })))
            }
        }
    }

    private static let texts = [metaTypes, podTypes, containerTypes, volumeTypes, nodeTypes, workloadTypes, policyTypes, extensionTypes]

    private static func member(_ text: String) -> ObjectType.Member {
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

    private static func literal(_ text: Substring) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: String(text))
        } catch {
            assertionFailure("not JSON in a built-in type: \(text)")
            return .null
        }
    }

    private static func fieldType(_ text: Substring) -> FieldType {
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
        return text == "any" ? .any : .named(String(text), isAtomic: isAtomic)
    }
}
