import KubeCore

/// Sets have no element twice, and lists of type map no key twice.
enum ListKeys {
    static func problems(in value: JSONValue, _ root: SchemaNode) -> [Problem] {
        var problems: [Problem] = []
        walk(value, root, at: FieldPath(), field: "", &problems)
        return problems
    }

    private static func walk(_ value: JSONValue, _ node: SchemaNode, at path: FieldPath, field: String, _ problems: inout [Problem]) {
        switch value {
        case .object(let members):
            for name in members.keys.sorted() {
                guard let member = members[name], !member.isScalar else { continue }
                if let property = node.properties[name] {
                    walk(member, property, at: path.member(name), field: field.isEmpty ? name : "\(field).\(name)", &problems)
                } else if case .schema(let schema) = node.additionalProperties {
                    walk(member, schema, at: path.member(name), field: "\(field)[\(name)]", &problems)
                }
            }
        case .array(let elements):
            check(elements, node, at: path, field: field, &problems)
            guard let items = node.items else { return }
            for (index, element) in elements.enumerated() where !element.isScalar {
                walk(element, items, at: path.index(index), field: "\(field)[\(index)]", &problems)
            }
        default: break
        }
    }

    private static func check(_ elements: [JSONValue], _ node: SchemaNode, at path: FieldPath, field: String, _ problems: inout [Problem]) {
        func report(_ index: Int, _ reason: Problem.Reason, _ value: JSONValue, _ detail: String) {
            problems.append(Problem(reason, path: path.index(index), field: "\(field)[\(index)]", value: value, detail: detail))
        }
        var identities: [JSONValue] = []
        switch node.listType {
        case .set: identities = elements
        case .map:
            for (index, element) in elements.enumerated() where element.object == nil && !element.isNull {
                report(index, .invalid, element, "must be an object for an array of list-type map")
                return
            }
            identities = elements.map { element in
                .object(
                    Dictionary(
                        node.listMapKeys.compactMap { key in element[key].map { (key, $0) } }, uniquingKeysWith: { first, _ in first }))
            }
        case .atomic, nil: return
        }
        var counts: [JSONValue: Int] = [:]
        for (index, identity) in identities.enumerated() {
            counts[identity, default: 0] += 1
            // Each is named once, however often it returns.
            if counts[identity] == 2 { report(index, .duplicate, identity, "") }
        }
    }
}

/// Objects inside objects name their kind.
enum EmbeddedResources {
    static func problems(in value: JSONValue, _ root: SchemaNode, at path: FieldPath) -> [Problem] {
        var problems: [Problem] = []
        walk(value, root, at: path, isRoot: true, &problems)
        return problems
    }

    private static func walk(_ value: JSONValue, _ node: SchemaNode, at path: FieldPath, isRoot: Bool, _ problems: inout [Problem]) {
        switch value {
        case .object(let members):
            if node.isEmbeddedResource, !isRoot {
                for name in ["apiVersion", "kind"] where members[name]?.string?.isEmpty != false {
                    let path = path.member(name)
                    problems.append(Problem(.required, path: path, field: path.description, value: nil, detail: "must not be empty"))
                }
            }
            for name in members.keys.sorted() {
                guard let member = members[name], !member.isScalar, let child = node.schema(ofMember: name) else { continue }
                walk(member, child, at: path.member(name), isRoot: false, &problems)
            }
        case .array(let elements):
            guard let items = node.items else { return }
            for (index, element) in elements.enumerated() { walk(element, items, at: path.index(index), isRoot: false, &problems) }
        default: break
        }
    }
}
