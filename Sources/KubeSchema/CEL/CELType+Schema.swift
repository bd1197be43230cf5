import KubeCore

extension CELType {
    /// The server reckons with requests of at most 3 MiB.
    private static let maximumRequestSize: UInt64 = 3 * 1024 * 1024

    /// The type of values of a schema, or nil for what rules cannot see: fields whose shape is unknown.
    static func of(_ node: SchemaNode, named name: String, isResource: Bool) -> CELType? {
        let limits = node.limits
        if node.isIntOrString { return CELType(.dyn, maximumSize: limits.maxLength.map { UInt64($0) * 4 } ?? maximumRequestSize - 2) }
        switch node.type {
        case .array:
            guard let items = node.items, let element = of(items, named: "\(name).@idx", isResource: items.isEmbeddedResource) else {
                return nil
            }
            return CELType(
                .list(element), maximumSize: limits.maxItems.map { UInt64($0) } ?? (maximumRequestSize - 2) / (leastSize(of: items) + 1))
        case .object:
            if case .schema(let schema) = node.additionalProperties {
                guard let value = of(schema, named: "\(name).@elem", isResource: schema.isEmbeddedResource) else { return nil }
                let most = limits.maxProperties.map { UInt64($0) } ?? (maximumRequestSize - 2) / (leastSize(of: schema) + 6)
                return CELType(.map(.string, value), maximumSize: most)
            }
            return object(node, named: name, isResource: isResource)
        case .string: return text(limits)
        case .boolean: return .bool
        case .integer: return .int
        case .number: return CELType(.double)
        case nil: return nil
        }
    }

    private static func object(_ node: SchemaNode, named name: String, isResource: Bool) -> CELType {
        var fields: [String: CELType] = [:]
        for property in node.propertyNames {
            guard let child = node.properties[property], let escaped = CELName.escape(property) else { continue }
            fields[escaped] = of(child, named: "\(name).\(property)", isResource: child.isEmbeddedResource)
        }
        if isResource {
            let text = CELType(.string, maximumSize: maximumRequestSize - 2)
            fields["apiVersion"] = text
            fields["kind"] = text
            fields["metadata"] = CELType(.object(CELObjectType(name: "\(name).metadata", fields: ["name": text, "generateName": text])))
        }
        return CELType(.object(CELObjectType(name: name, fields: fields)))
    }

    private static func text(_ limits: ValueLimits) -> CELType {
        switch limits.format {
        case "duration": return CELType(.duration, maximumSize: 32)
        case "date": return CELType(.timestamp, maximumSize: 12)
        case "date-time": return CELType(.timestamp, maximumSize: 32)
        case "byte": return CELType(.bytes, maximumSize: limits.maxLength.map { UInt64($0) } ?? maximumRequestSize - 2)
        default: break
        }
        if let most = limits.maxLength { return CELType(.string, maximumSize: UInt64(most) * 4) }
        if !limits.enumeration.isEmpty {
            return CELType(.string, maximumSize: UInt64(limits.enumeration.map { $0.string?.utf8.count ?? 0 }.max() ?? 0))
        }
        return CELType(.string, maximumSize: maximumRequestSize - 2)
    }

    /// The fewest bytes a value takes in a request.
    private static func leastSize(of node: SchemaNode) -> UInt64 {
        switch node.type {
        case .boolean: return 4
        case .integer, .number, nil: return 1
        case .array: return 2
        case .string:
            switch node.limits.format {
            case "duration": return 3
            case "date": return 12
            case "date-time": return 21
            default: return 2
            }
        case .object:
            var size: UInt64 = 2
            for name in node.limits.required {
                guard let child = node.properties[name], child.defaultValue == nil else { continue }
                size += UInt64(name.utf8.count) + leastSize(of: child) + 4
            }
            return size
        }
    }
}
