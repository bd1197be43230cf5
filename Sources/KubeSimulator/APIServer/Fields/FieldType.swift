import KubeCore

/// What stands in a field and how two of it merge: what server-side apply and strategic merge need to know.
indirect enum FieldType: Sendable {
    /// Unknown: objects merge member by member, lists are replaced.
    case any
    case scalar(Scalar)
    case object(ObjectType, isAtomic: Bool)
    case map(FieldType, isAtomic: Bool)
    case list(FieldType, Topology)

    enum Scalar: String, Sendable {
        case string, int, bool, number, time, micro, quantity, intstr, bytes
    }

    enum Topology: Sendable {
        case atomic
        case set
        case map([MergeKey])
    }

    struct MergeKey: Sendable {
        var name: String
        var fallback: JSONValue?
    }
}

/// The members of an object.
final class ObjectType: Sendable {
    let name: String
    let members: [String: Member]
    /// Members that are not named are taken as they come.
    let acceptsUnknown: Bool
    /// What the encoder writes even for an object without members.
    let alwaysPresent: [(name: String, value: JSONValue)]

    struct Member: Sendable {
        var type: FieldType
        var presence: Presence
    }

    /// What Go's encoder does with the zero value.
    enum Presence: Sendable {
        /// Left out when zero; structs cannot be.
        case omitEmpty
        /// A pointer: what was given stays, zero or not.
        case pointer
        /// Written always, with this when nothing was given.
        case always(JSONValue)
    }

    init(name: String, members: [String: Member], acceptsUnknown: Bool = false) {
        self.name = name
        self.members = members
        self.acceptsUnknown = acceptsUnknown
        alwaysPresent = members.sorted { $0.key < $1.key }.compactMap { name, member in
            switch member.presence {
            case .pointer: return nil
            case .always(let value): return (name, value)
            case .omitEmpty:
                guard case .object(let inner, _) = member.type else { return nil }
                return (name, .object(Dictionary(inner.alwaysPresent, uniquingKeysWith: { first, _ in first })))
            }
        }
    }
}

extension FieldType {
    /// What merging sees: unknown fields take the form of their value.
    func form(for value: JSONValue?) -> Form {
        switch self {
        case .any:
            switch value {
            case .object: return .members { _ in .any }
            default: return .leaf
            }
        case .scalar: return .leaf
        case .object(let type, let isAtomic):
            if isAtomic { return .leaf }
            return .members { type.members[$0]?.type ?? .any }
        case .map(let element, let isAtomic): return isAtomic ? .leaf : .members { _ in element }
        case .list(_, .atomic): return .leaf
        case .list(let element, let topology): return .items(element, topology)
        }
    }

    enum Form {
        /// Written as a whole.
        case leaf
        case members((String) -> FieldType)
        case items(FieldType, Topology)
    }

    /// Whether `name` is a named member, not the key of a map.
    func hasNamedMember(_ name: String) -> Bool {
        guard case .object(let type, _) = self else { return false }
        return type.members[name] != nil
    }

    /// The identity of a list's item: `k:{…}` or `v:…`; nil for an item without its keys.
    static func identity(of item: JSONValue, _ topology: Topology) -> String? {
        switch topology {
        case .atomic: return nil
        case .set: return "v:\(item.text())"
        case .map(let keys):
            var key: JSONValue = [:]
            for part in keys {
                guard let value = item[part.name] ?? part.fallback else {
                    if keys.count > 1 { continue }
                    return nil
                }
                key[part.name] = value
            }
            return "k:\(key.text())"
        }
    }
}
