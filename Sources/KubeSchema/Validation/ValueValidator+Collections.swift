import KubeCore

extension ValueValidator {
    func checkArray(_ elements: [JSONValue], _ node: SchemaNode, _ old: JSONValue?, _ findings: inout Findings) {
        if let items = node.items {
            let correlation = ListCorrelation(node, old: old)
            for (index, element) in elements.enumerated() {
                findings.problems += validate(
                    element, items, at: findings.path.index(index), field: "\(findings.field)[\(index)]", old: correlation.old(for: element)
                )
            }
        }
        let count = Int64(elements.count)
        if let least = node.limits.minItems, count < least {
            findings.addBody(.integer(count), "should have at least \(least) items")
        }
        if let most = node.limits.maxItems, count > most { tooMany(count, most, &findings) }
    }

    func checkObject(_ members: [String: JSONValue], _ node: SchemaNode, _ old: JSONValue?, _ findings: inout Findings) {
        let count = Int64(members.count)
        if let least = node.limits.minProperties, count < least {
            findings.addBody(.integer(count), "should have at least \(least) properties")
        }
        if let most = node.limits.maxProperties, count > most { tooMany(count, most, &findings) }
        let old = node.mapType == .atomic ? nil : old
        if case .schema(let schema) = node.additionalProperties {
            for name in members.keys.sorted() {
                guard let member = members[name] else { continue }
                findings.problems += validate(
                    member, schema, at: findings.path.member(name), field: child(name, of: findings.field), old: old?[name])
            }
        }
        for name in node.propertyNames {
            guard let member = members[name], let property = node.properties[name] else { continue }
            findings.problems += validate(
                member, property, at: findings.path.member(name), field: child(name, of: findings.field), old: old?[name])
        }
        for name in node.limits.required where members[name] == nil {
            findings.problems.append(
                Problem(.required, path: findings.path.member(name), field: child(name, of: findings.field), value: nil, detail: ""))
        }
    }

    private func child(_ name: String, of field: String) -> String { field.isEmpty ? name : "\(field).\(name)" }

    private func tooMany(_ count: Int64, _ most: Int64, _ findings: inout Findings) {
        findings.add(.tooMany, value: .integer(count), "must have at most \(most) item\(most == 1 ? "" : "s")")
    }
}

/// Finds the element of an old list that a new one continues: by its keys in a list of type map, in no other list.
struct ListCorrelation {
    private let keys: [String]
    private var elements: [JSONValue: JSONValue] = [:]
    private let node: SchemaNode

    init(_ node: SchemaNode, old: JSONValue?) {
        self.node = node
        keys = node.listType == .map ? node.listMapKeys : []
        guard !keys.isEmpty, let old = old?.array else { return }
        for element in old where elements[key(of: element)] == nil { elements[key(of: element)] = element }
    }

    func old(for element: JSONValue) -> JSONValue? { keys.isEmpty ? nil : elements[key(of: element)] }

    private func key(of element: JSONValue) -> JSONValue { .array(keys.map { element[$0] ?? .null }) }
}
