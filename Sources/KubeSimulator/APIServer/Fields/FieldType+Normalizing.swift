import KubeCore

extension ResourceDefinition {
    /// Brings a built-in object, or a custom one's metadata, into the form that decoding into Go's types and encoding again gives.
    func normalize(_ object: inout JSONValue) {
        guard custom == nil else {
            if let metadata = object["metadata"], let changed = Self.objectMeta.normalized(metadata) { object["metadata"] = changed }
            return
        }
        if let changed = fields.normalized(object) { object = changed }
    }

    private static let objectMeta = BuiltinTypes.type("ObjectMeta")
}

extension FieldType {
    /// The value as the server writes it, or nil when it is that already.
    func normalized(_ value: JSONValue) -> JSONValue? {
        switch self {
        case .any: return nil
        case .scalar(let scalar): return scalar.normalized(value)
        case .object(let type, _):
            guard case .object(let members) = value else { return nil }
            return type.normalized(members)
        case .map(let element, _):
            guard case .object(let members) = value else { return nil }
            var changed: [String: JSONValue]?
            for (key, member) in members {
                if let new = element.normalized(member) { changed = changed ?? members; changed?[key] = new }
            }
            return changed.map(JSONValue.object)
        case .list(let element, _):
            guard case .array(let items) = value else { return nil }
            var changed: [JSONValue]?
            for (index, item) in items.enumerated() {
                if let new = element.normalized(item) { changed = changed ?? items; changed?[index] = new }
            }
            return changed.map(JSONValue.array)
        }
    }

    fileprivate var isStruct: Bool {
        if case .object = self { true } else { false }
    }
}

extension FieldType.Scalar {
    fileprivate func normalized(_ value: JSONValue) -> JSONValue? {
        switch self {
        case .micro:
            guard let text = value.string, let time = Timestamp(text) else { return nil }
            let written = time.rfc3339(fractionDigits: 6)
            return written == text ? nil : .string(written)
        case .time:
            // Twenty bytes are the form that is written.
            guard let text = value.string, text.utf8.count != 20, let time = Timestamp(text) else { return nil }
            return .string(time.description)
        case .quantity:
            guard let text = value.string ?? value.number.map({ _ in value.text() }), let quantity = ResourceQuantity(text) else {
                return nil
            }
            let written = quantity.canonical
            return written == value.string ? nil : .string(written)
        default: return nil
        }
    }
}

extension ObjectType {
    fileprivate func normalized(_ given: [String: JSONValue]) -> JSONValue? {
        var changed: [String: JSONValue]?
        func set(_ name: String, _ value: JSONValue?) {
            changed = changed ?? given
            changed?[name] = value
        }
        for (name, value) in given {
            guard let member = members[name] else {
                if !acceptsUnknown { set(name, nil) }
                continue
            }
            if case .always = member.presence, value.isNull { continue }
            guard !value.isNull else {
                set(name, nil)
                continue
            }
            let new = member.type.normalized(value)
            if case .omitEmpty = member.presence, !member.type.isStruct, (new ?? value).isZero {
                set(name, nil)
            } else if let new {
                set(name, new)
            }
        }
        for (name, fallback) in alwaysPresent where (changed ?? given)[name] == nil || given[name]?.isNull == true && fallback != .null {
            set(name, fallback)
        }
        return changed.map(JSONValue.object)
    }
}

extension JSONValue {
    /// Go's zero value of the type that this would be decoded into.
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .integer(let value): value == 0
        case .number(let value): value == 0
        case .string(let value): value.isEmpty
        case .array(let value): value.isEmpty
        case .object(let value): value.isEmpty
        }
    }
}
