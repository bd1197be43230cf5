import KubeCore

extension FieldType {
    /// What Go's decoder would stop at: a value of another type than the field's; nil when everything fits.
    /// `structure` is the Go type that holds the field, `path` the way from the object.
    func decodingProblem(of value: JSONValue, in structure: String = "", at path: String = "") -> String? {
        func mismatch(_ wanted: String) -> String {
            let found =
                switch value {
                case .integer, .number: "number"
                case .bool: "bool"
                default: value.typeName
                }
            return path.isEmpty
                ? "json: cannot unmarshal \(found) into Go value of type \(wanted)"
                : "json: cannot unmarshal \(found) into Go struct field \(structure).\(path) of type \(wanted)"
        }
        if value.isNull { return nil }
        switch self {
        case .any: return nil
        case .scalar(let scalar): return scalar.decodingProblem(of: value, mismatch)
        case .object(let type, _):
            guard case .object(let members) = value else { return mismatch("v1.\(type.name)") }
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                let place = path.isEmpty ? name : "\(path).\(name)"
                if let problem = type.members[name]?.type.decodingProblem(of: member, in: type.name, at: place) { return problem }
            }
            return nil
        case .map(let element, _):
            guard case .object(let members) = value else { return mismatch("map[string]string") }
            for (_, member) in members.sorted(by: { $0.key < $1.key }) {
                if let problem = element.decodingProblem(of: member, in: structure, at: path) { return problem }
            }
            return nil
        case .list(let element, _):
            guard case .array(let items) = value else { return mismatch("[]\(element.goName)") }
            for item in items {
                if let problem = element.decodingProblem(of: item, in: structure, at: path) { return problem }
            }
            return nil
        }
    }

    private var goName: String {
        switch self {
        case .scalar(.int): "int32"
        case .object(let type, _): "v1.\(type.name)"
        default: "string"
        }
    }

    /// What keeps a configuration from being typed for server-side apply, in the merging library's words.
    func typingProblems(of value: JSONValue, at path: String = "") -> [String] {
        func expected(_ wanted: String) -> [String] {
            let found =
                switch value {
                case .string(let text): "\"\(text)\""
                case .object: "map[string]interface {}{…}"
                case .array: "[]interface {}{…}"
                default: value.text()
                }
            return ["\(path): expected \(wanted), got &value.valueUnstructured{Value:\(found)}"]
        }
        if value.isNull { return [] }
        switch self {
        case .any: return []
        case .scalar(let scalar): return scalar.accepts(value) ? [] : expected(scalar.typingName)
        case .object(let type, _):
            guard case .object(let members) = value else { return expected("map") }
            return members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
                guard let known = type.members[name] else {
                    return type.acceptsUnknown ? [] : ["\(path).\(name): field not declared in schema"]
                }
                return known.type.typingProblems(of: member, at: "\(path).\(name)")
            }
        case .map(let element, _):
            guard case .object(let members) = value else { return expected("map") }
            return members.sorted { $0.key < $1.key }.flatMap { element.typingProblems(of: $1, at: "\(path).\($0)") }
        case .list(let element, let topology):
            guard case .array(let items) = value else { return expected("list") }
            return itemProblems(items, element, topology, at: path)
        }
    }

    private func itemProblems(_ items: [JSONValue], _ element: FieldType, _ topology: Topology, at path: String) -> [String] {
        var problems: [String] = []
        var seen: Set<String> = []
        for (index, item) in items.enumerated() {
            guard let identity = Self.identity(of: item, topology) else {
                if case .map(let keys) = topology {
                    let missing = keys.first { item[$0.name] == nil && $0.fallback == nil }?.name ?? ""
                    problems.append(
                        "\(path): element \(index): associative list with keys has an element that omits key field \"\(missing)\" "
                            + "(and doesn't have default value)")
                } else {
                    problems += element.typingProblems(of: item, at: "\(path)[\(index)]")
                }
                continue
            }
            if !seen.insert(identity).inserted {
                problems.append("\(path): duplicate entries for key \(FieldSet.text(of: [identity]))")
            }
            problems += element.typingProblems(of: item, at: path + FieldSet.text(of: [identity]))
        }
        return problems
    }
}

extension FieldType.Scalar {
    fileprivate func decodingProblem(of value: JSONValue, _ mismatch: (String) -> String) -> String? {
        switch self {
        case .string, .bytes: return value.string == nil ? mismatch("string") : nil
        case .bool: return value.bool == nil ? mismatch("bool") : nil
        case .int: return value.integer == nil ? mismatch("int32") : nil
        case .number: return value.number == nil ? mismatch("float64") : nil
        case .intstr:
            return value.string == nil && value.integer == nil ? mismatch("intstr.IntOrString") : nil
        case .quantity:
            if value.number != nil { return nil }
            return value.string.flatMap(ResourceQuantity.init) == nil ? ResourceQuantity.complaint : nil
        case .time, .micro:
            guard let text = value.string else { return mismatch("string") }
            if Timestamp(text) != nil { return nil }
            let layout = self == .time ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00"
            return "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(text)\" as \"2006\""
        }
    }

    fileprivate func accepts(_ value: JSONValue) -> Bool {
        switch self {
        case .string, .bytes, .time, .micro: value.string != nil
        case .bool: value.bool != nil
        case .int, .number: value.number != nil
        case .intstr, .quantity: value.string != nil || value.number != nil
        }
    }

    fileprivate var typingName: String {
        switch self {
        case .bool: "boolean"
        case .int, .number: "numeric (int or float)"
        default: "string"
        }
    }
}
