import KubeCore

/// A value of an expression while it is evaluated.
indirect enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list(CELList)
    case map(CELMap)
    case duration(GoDuration)
    case timestamp(Timestamp)
    case optional(CELValue?)
    case quantity(Quantity)
    case ip(IPAddress)
    case cidr(CIDR)
    case type(String)

    /// A JSON value, read as its schema says.
    init(_ json: JSONValue, _ node: SchemaNode?) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = node?.type == .number ? .double(Double(value)) : .int(value)
        case .number(let value):
            if node?.type == .integer, let whole = Int64(exactly: value) { self = .int(whole) } else { self = .double(value) }
        case .string(let text): self = CELValue.text(text, node)
        case .array(let elements): self = .list(CELList(elements, node))
        case .object(let members): self = .map(CELMap(members, node))
        }
    }

    private static func text(_ text: String, _ node: SchemaNode?) -> CELValue {
        switch node?.limits.format {
        case "duration": if let duration = GoDuration(text) { return .duration(duration) }
        case "date-time": if let time = Timestamp(text) { return .timestamp(time) }
        case "date": if let time = Timestamp(text + "T00:00:00Z") { return .timestamp(time) }
        case "byte": return .bytes(Array(text.utf8))
        default: break
        }
        return .string(text)
    }

    var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .duration: "google.protobuf.Duration"
        case .timestamp: "google.protobuf.Timestamp"
        case .optional: "optional_type"
        case .quantity: "kubernetes.Quantity"
        case .ip: "net.IP"
        case .cidr: "net.CIDR"
        case .type: "type"
        }
    }

    /// What reading it once costs.
    var size: UInt64 {
        switch self {
        case .string(let text): UInt64(text.utf8.count)
        case .bytes(let bytes): UInt64(bytes.count)
        case .list(let list): UInt64(list.count)
        case .map(let map): UInt64(map.count)
        default: 1
        }
    }
}

/// A list: of values, or of JSON that is read when it is asked for.
struct CELList: Sendable {
    private enum Storage: Sendable {
        case values([CELValue])
        case json([JSONValue], SchemaNode?)
    }

    private let storage: Storage
    /// Keys of a list map; a set's element is its own key.
    let identity: SchemaNode.ListType?
    let keys: [String]

    init(_ values: [CELValue]) { (storage, identity, keys) = (.values(values), nil, []) }

    init(_ elements: [JSONValue], _ node: SchemaNode?) {
        storage = .json(elements, node?.items)
        identity = node?.listType
        keys = node?.listMapKeys ?? []
    }

    var count: Int {
        switch storage {
        case .values(let values): values.count
        case .json(let elements, _): elements.count
        }
    }

    subscript(index: Int) -> CELValue {
        switch storage {
        case .values(let values): values[index]
        case .json(let elements, let node): CELValue(elements[index], node)
        }
    }

    var elements: [CELValue] { (0..<count).map { self[$0] } }
}

/// A map with keys in a fixed order, or an object, whose fields are its keys.
struct CELMap: Sendable {
    private enum Storage: Sendable {
        case values([(key: CELValue, value: CELValue)])
        case json([String: JSONValue], SchemaNode?)
    }

    private let storage: Storage

    init(_ entries: [(key: CELValue, value: CELValue)]) { storage = .values(entries) }
    init(_ members: [String: JSONValue], _ node: SchemaNode?) { storage = .json(members, node) }

    var count: Int {
        switch storage {
        case .values(let entries): entries.count
        case .json(let members, _): members.count
        }
    }

    var keys: [CELValue] {
        switch storage {
        case .values(let entries): entries.map(\.key)
        case .json(let members, _): members.keys.sorted().map { .string($0) }
        }
    }

    subscript(key: CELValue) -> CELValue? {
        switch (storage, key) {
        case (.values(let entries), _): return entries.first { CELEquality.areEqual($0.key, key) }?.value
        case (.json(let members, let node), .string(let name)): return members[name].map { CELValue($0, node?.schema(ofMember: name)) }
        default: return nil
        }
    }

    /// The field of an object, whose name is spelled as in rules.
    func field(_ name: String) -> CELValue? {
        guard case .json(_, let node) = storage, node?.properties.isEmpty == false else { return self[.string(name)] }
        return self[.string(CELName.unescape(name))] ?? self[.string(name)]
    }
}

/// Equality across types: numbers by value, lists of type set and map without their order, everything else alike.
enum CELEquality {
    static func areEqual(_ left: CELValue, _ right: CELValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.string(let a), .string(let b)): a.unicodeScalars.elementsEqual(b.unicodeScalars)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.duration(let a), .duration(let b)): a == b
        case (.timestamp(let a), .timestamp(let b)): a == b
        case (.quantity(let a), .quantity(let b)): a == b
        case (.ip(let a), .ip(let b)): a == b
        case (.cidr(let a), .cidr(let b)): a == b
        case (.type(let a), .type(let b)): a == b
        case (.optional(let a), .optional(let b)): areEqual(a, b)
        case (.list(let a), .list(let b)): areEqual(a, b)
        case (.map(let a), .map(let b)): areEqual(a, b)
        default: CELNumber(left).flatMap { first in CELNumber(right).map { first.compare($0) == 0 } } ?? false
        }
    }

    private static func areEqual(_ left: CELValue?, _ right: CELValue?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return areEqual(left, right)
    }

    private static func areEqual(_ left: CELList, _ right: CELList) -> Bool {
        guard left.count == right.count else { return false }
        guard left.identity == .set || left.identity == .map else { return (0..<left.count).allSatisfy { areEqual(left[$0], right[$0]) } }
        let others = right.elements
        return left.elements.allSatisfy { element in others.contains { areEqual(element, $0) } }
    }

    private static func areEqual(_ left: CELMap, _ right: CELMap) -> Bool {
        left.count == right.count
            && left.keys.allSatisfy { key in
                guard let first = left[key], let second = right[key] else { return false }
                return areEqual(first, second)
            }
    }
}

/// A number of any of the three types, for comparing across them.
struct CELNumber {
    private let value: CELValue

    init?(_ value: CELValue) {
        switch value {
        case .int, .uint, .double: self.value = value
        default: return nil
        }
    }

    /// Negative, zero or positive; nil when one is not a number (NaN).
    func compare(_ other: CELNumber) -> Int? {
        switch (value, other.value) {
        case (.int(let a), .int(let b)): order(a, b)
        case (.uint(let a), .uint(let b)): order(a, b)
        case (.int(let a), .uint(let b)): a < 0 ? -1 : order(UInt64(a), b)
        case (.uint(let a), .int(let b)): b < 0 ? 1 : order(a, UInt64(b))
        default: compareAsDoubles(other)
        }
    }

    private func compareAsDoubles(_ other: CELNumber) -> Int? {
        let (a, b) = (double, other.double)
        return a.isNaN || b.isNaN ? nil : order(a, b)
    }

    private func order<Value: Comparable>(_ a: Value, _ b: Value) -> Int { a < b ? -1 : a == b ? 0 : 1 }

    private var double: Double {
        switch value {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: .nan
        }
    }
}
