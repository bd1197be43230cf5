import KubeCore

/// The rules of a structural schema, and of the list and map extensions.
extension SchemaReader {
    mutating func check(_ parts: SchemaParts, _ members: [String: JSONValue], at path: String, place: Place) {
        if place == .nested {
            checkNested(parts, members, at: path)
        } else {
            checkType(parts, at: path, place: place)
        }
        if parts.type == .array, parts.items == nil, place != .nested { report(.required, "\(path).items", "must be specified") }
        if case .undefined = parts.additionalProperties {
        } else {
            if place == .root { report(.forbidden, "\(path).additionalProperties", "must not be used at the root") }
            if !parts.properties.isEmpty {
                report(.forbidden, "\(path).additionalProperties", "additionalProperties and properties are mutual exclusive")
            }
            if parts.isEmbeddedResource {
                report(.forbidden, "\(path).additionalProperties", "must not be used if x-kubernetes-embedded-resource is set")
            }
        }
        if parts.isIntOrString, parts.preservesUnknownFields {
            report(
                .invalid, "\(path).x-kubernetes-preserve-unknown-fields", value: true,
                "must be false if x-kubernetes-int-or-string is true")
        }
        if parts.isEmbeddedResource, !parts.preservesUnknownFields, parts.properties.isEmpty {
            report(
                .required, "\(path).properties",
                "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields")
        }
        if place == .root { checkRootMetadata(parts, at: path) }
        checkListAndMap(parts, at: path)
        checkCompleteness(of: parts.allOf, "allOf", parts, at: path)
        checkCompleteness(of: parts.anyOf, "anyOf", parts, at: path)
        checkCompleteness(of: parts.oneOf, "oneOf", parts, at: path)
    }

    private mutating func checkType(_ parts: SchemaParts, at path: String, place: Place) {
        if parts.isEmbeddedResource, parts.type != .object {
            report(.required, "\(path).type", "must be object if x-kubernetes-embedded-resource is true")
        } else if parts.type == nil, !parts.isIntOrString, !parts.preservesUnknownFields {
            let what =
                switch place {
                case .root: "at the root"
                case .item: "for specified array items"
                default: "for specified object fields"
                }
            report(.required, "\(path).type", "must not be empty \(what)")
        }
        if place == .root, let type = parts.type, type != .object {
            report(.invalid, "\(path).type", value: .string(type.rawValue), "must be object at the root")
        }
        if parts.isIntOrString, parts.type != nil {
            report(.forbidden, "\(path).type", "must be empty if x-kubernetes-int-or-string is true")
        }
    }

    /// Below `allOf` and its kin a schema may only restrict values.
    private mutating func checkNested(_ parts: SchemaParts, _ members: [String: JSONValue], at path: String) {
        for keyword in ["title", "description"] where members[keyword] != nil {
            report(.forbidden, "\(path).\(keyword)", "must be empty to be structural")
        }
        // `type` alone is how int-or-string is spelled under anyOf.
        let isIntOrStringBranch = members.count == 1 && (parts.type == .integer || parts.type == .string)
        if parts.type != nil, !isIntOrStringBranch { report(.forbidden, "\(path).type", "must be empty to be structural") }
        if parts.isNullable { report(.forbidden, "\(path).nullable", "must be false to be structural") }
        for keyword in members.keys.sorted() where keyword.hasPrefix("x-kubernetes-") {
            report(.forbidden, "\(path).\(keyword)", "must be undefined to be structural")
        }
    }

    private mutating func checkRootMetadata(_ parts: SchemaParts, at path: String) {
        for name in ["kind", "apiVersion"] {
            if let node = parts.properties[name], node.type != .string {
                report(.invalid, "\(path).properties[\(name)].type", value: .string(node.type?.rawValue ?? ""), "must be string")
            }
        }
        guard let metadata = parts.properties["metadata"] else { return }
        if metadata.type != .object {
            report(.invalid, "\(path).properties[metadata].type", value: .string(metadata.type?.rawValue ?? ""), "must be object")
        }
        if metadata.propertyNames.contains(where: { $0 != "name" && $0 != "generateName" }) {
            report(
                .forbidden, "\(path).properties[metadata]",
                "must not specify anything other than name and generateName, but metadata is implicitly specified")
        }
    }

    private mutating func checkListAndMap(_ parts: SchemaParts, at path: String) {
        if parts.mapType != nil, parts.type != .object {
            report(.required, "\(path).type", "must be object if x-kubernetes-map-type is specified")
        }
        if parts.listType != nil, parts.type != .array {
            report(.required, "\(path).type", "must be array if x-kubernetes-list-type is specified")
        }
        if parts.listType == .set, let items = parts.items {
            if items.type == .object, items.mapType != .atomic {
                report(
                    .invalid, "\(path).items.x-kubernetes-map-type", value: .null,
                    "must be atomic as item of a list with x-kubernetes-list-type=set")
            }
            if items.type == .array, let inner = items.listType, inner != .atomic {
                report(
                    .invalid, "\(path).items.x-kubernetes-list-type", value: .string(inner.rawValue),
                    "must be atomic as item of a list with x-kubernetes-list-type=set")
            }
        }
        if !parts.listMapKeys.isEmpty, parts.listType != .map {
            report(.required, "\(path).x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty")
        }
        guard parts.listType == .map else { return }
        if parts.listMapKeys.isEmpty {
            report(.required, "\(path).x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map")
        }
        guard let items = parts.items else { return }
        if items.type != .object {
            report(
                .invalid, "\(path).items.type", value: .string(items.type?.rawValue ?? ""),
                "must be object if parent array's x-kubernetes-list-type is map")
        }
        for key in parts.listMapKeys {
            guard let property = items.properties[key] else {
                report(
                    .invalid, "\(path).x-kubernetes-list-map-keys", value: .array(parts.listMapKeys.map { .string($0) }),
                    "entries must all be names of item properties")
                continue
            }
            if property.type == .array || property.type == .object {
                report(
                    .invalid, "\(path).items.properties[\(key)].type", value: .string(property.type?.rawValue ?? ""),
                    "must be a scalar type if parent array's x-kubernetes-list-type is map")
            }
            if property.defaultValue == nil, !items.limits.required.contains(key) {
                report(
                    .required, "\(path).items.properties[\(key)].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property")
            }
        }
    }

    /// Every property that a restriction speaks of must be there without it.
    private mutating func checkCompleteness(of branches: [SchemaNode], _ keyword: String, _ parts: SchemaParts, at path: String) {
        for (index, branch) in branches.enumerated() {
            for name in branch.propertyNames where parts.properties[name] == nil {
                report(
                    .required, "\(path).properties[\(name)]", "because it is defined in \(path).\(keyword)[\(index)].properties[\(name)]")
            }
        }
    }
}
