/// The type of an expression, with the largest size its values can have, on which the cost of a rule depends.
struct CELType: Sendable {
    indirect enum Kind: Sendable {
        case dyn, null, bool, int, uint, double, string, bytes, duration, timestamp, type
        case quantity, ip, cidr
        case list(CELType)
        case map(CELType, CELType)
        case object(CELObjectType)
        case optional(CELType)
    }

    var kind: Kind
    /// Bytes of a string, elements of a list, entries of a map; `UInt64.max` when nothing is known.
    var maximumSize: UInt64 = .max

    init(_ kind: Kind, maximumSize: UInt64? = nil) {
        self.kind = kind
        self.maximumSize = maximumSize ?? CELType.ownSize(of: kind)
    }

    private static func ownSize(of kind: Kind) -> UInt64 {
        switch kind {
        case .null, .bool, .int, .uint, .double, .duration, .timestamp, .type: 1
        default: .max
        }
    }

    static let dyn = CELType(.dyn)
    static let bool = CELType(.bool)
    static let int = CELType(.int)
    static let string = CELType(.string)

    var isDynamic: Bool { if case .dyn = kind { true } else { false } }

    /// As `cel-go` names it in messages.
    var name: String {
        switch kind {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .duration: "google.protobuf.Duration"
        case .timestamp: "google.protobuf.Timestamp"
        case .type: "type"
        case .quantity: "kubernetes.Quantity"
        case .ip: "net.IP"
        case .cidr: "net.CIDR"
        case .list(let element): "list(\(element.name))"
        case .map(let key, let value): "map(\(key.name), \(value.name))"
        case .object(let object): object.name
        case .optional(let wrapped): "optional_type(\(wrapped.name))"
        }
    }

    /// Whether a value of one type may stand where the other is expected; `dyn` fits everything, null fits messages.
    func accepts(_ other: CELType) -> Bool {
        switch (kind, other.kind) {
        case (.dyn, _), (_, .dyn): true
        case (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string), (.bytes, .bytes),
            (.duration, .duration), (.timestamp, .timestamp), (.type, .type), (.quantity, .quantity), (.ip, .ip), (.cidr, .cidr):
            true
        case (.list(let left), .list(let right)): left.accepts(right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            leftKey.accepts(rightKey) && leftValue.accepts(rightValue)
        case (.object(let left), .object(let right)): left === right
        case (.optional(let left), .optional(let right)): left.accepts(right)
        case (.null, .object), (.object, .null), (.null, .duration), (.duration, .null), (.null, .timestamp), (.timestamp, .null): true
        default: false
        }
    }
}

/// The fields of an object, under the names that CEL knows them by.
final class CELObjectType: Sendable {
    let name: String
    let fields: [String: CELType]

    init(name: String, fields: [String: CELType]) {
        self.name = name
        self.fields = fields
    }
}

/// How property names that are no CEL identifiers are spelled in rules: `__dot__`, `__dash__`, `__slash__`, `__namespace__`, …
enum CELName {
    private static let keywords: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package",
        "namespace", "return", "var", "void", "while",
    ]
    private static let escapes: [(String, String)] = [("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__")]

    /// Nil for names that no rule can reach.
    static func escape(_ name: String) -> String? {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return nil }
        if keywords.contains(name) { return "__\(name)__" }
        var output = ""
        var rest = name[...]
        while !rest.isEmpty {
            if let (plain, escaped) = escapes.first(where: { rest.hasPrefix($0.0) }) {
                output += escaped
                rest = rest.dropFirst(plain.count)
            } else {
                let character = rest.removeFirst()
                guard character.isASCII, character.isLetter || character.isNumber || character == "_" else { return nil }
                output.append(character)
            }
        }
        return output
    }

    static func unescape(_ name: String) -> String {
        guard name.contains("__") else { return name }
        if name.hasPrefix("__"), name.hasSuffix("__"), name.count > 4 {
            let inner = String(name.dropFirst(2).dropLast(2))
            if keywords.contains(inner) { return inner }
        }
        var output = ""
        var rest = name[...]
        while !rest.isEmpty {
            if let (plain, escaped) = escapes.first(where: { rest.hasPrefix($0.1) }) {
                output += plain
                rest = rest.dropFirst(escaped.count)
            } else {
                output.append(rest.removeFirst())
            }
        }
        return output
    }
}
