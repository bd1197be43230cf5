import KubeCore

/// Reads `openAPIV3Schema` and holds it to the rules of a structural schema. Everything it does not know is a problem:
/// a keyword that is passed over would be a promise that nobody keeps.
struct SchemaReader {
    /// Where in the tree a node stands, which decides what it may say.
    enum Place { case root, property, item, nested }

    var problems: [Problem] = []

    mutating func report(_ reason: Problem.Reason, _ field: String, value: JSONValue? = nil, _ detail: String) {
        problems.append(Problem(reason, path: FieldPath(), field: field, value: value, detail: detail))
    }

    mutating func read(_ json: JSONValue, at path: String, place: Place, insideMetadata: Bool = false) -> SchemaNode {
        var parts = SchemaParts()
        guard case .object(let members) = json else {
            report(.typeInvalid, path, value: .string(json.typeName), "must be a schema")
            return SchemaNode(parts)
        }
        var mayHaveDefaults = !insideMetadata
        if place == .nested { mayHaveDefaults = false }
        for keyword in members.keys.sorted() {
            guard let value = members[keyword], !value.isNull || keyword == "default" else { continue }
            readKeyword(keyword, value, into: &parts, at: path, place: place)
        }
        if let value = members["default"], !value.isNull {
            if mayHaveDefaults { parts.defaultValue = value } else { report(.forbidden, "\(path).default", "must not be set") }
        }
        readChildren(members, into: &parts, at: path, place: place, insideMetadata: insideMetadata)
        check(parts, members, at: path, place: place)
        return SchemaNode(parts)
    }

    private mutating func readKeyword(
        _ keyword: String, _ value: JSONValue, into parts: inout SchemaParts, at path: String, place: Place
    ) {
        let field = "\(path).\(keyword)"
        switch keyword {
        case "type": parts.type = readType(value, field)
        case "description", "title", "externalDocs", "example", "$schema":
            if keyword == "description" { parts.description = value.string ?? "" }
        case "nullable": parts.isNullable = readBool(value, field)
        case "enum": parts.limits.enumeration = value.array ?? []
        case "required": parts.limits.required = readStrings(value, field)
        case "format": parts.limits.format = value.string ?? ""
        case "pattern": parts.limits.pattern = readPattern(value, field)
        case "minimum": parts.limits.minimum = readNumber(value, field)
        case "maximum": parts.limits.maximum = readNumber(value, field)
        case "multipleOf": parts.limits.multipleOf = readNumber(value, field)
        case "exclusiveMinimum": parts.limits.exclusiveMinimum = readBool(value, field)
        case "exclusiveMaximum": parts.limits.exclusiveMaximum = readBool(value, field)
        case "minLength": parts.limits.minLength = readCount(value, field)
        case "maxLength": parts.limits.maxLength = readCount(value, field)
        case "minItems": parts.limits.minItems = readCount(value, field)
        case "maxItems": parts.limits.maxItems = readCount(value, field)
        case "minProperties": parts.limits.minProperties = readCount(value, field)
        case "maxProperties": parts.limits.maxProperties = readCount(value, field)
        case "uniqueItems":
            if value.bool == true {
                report(.forbidden, field, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic")
            }
        case "x-kubernetes-int-or-string": parts.isIntOrString = readBool(value, field)
        case "x-kubernetes-preserve-unknown-fields":
            parts.preservesUnknownFields = readBool(value, field)
            if value.bool == false { report(.invalid, field, value: false, "must be true or undefined") }
        case "x-kubernetes-embedded-resource": parts.isEmbeddedResource = readBool(value, field)
        case "x-kubernetes-list-type":
            parts.listType = value.string.flatMap { SchemaNode.ListType(rawValue: $0) }
            if parts.listType == nil { unsupported(value, field, ["atomic", "set", "map"]) }
        case "x-kubernetes-map-type":
            parts.mapType = value.string.flatMap { SchemaNode.MapType(rawValue: $0) }
            if parts.mapType == nil { unsupported(value, field, ["atomic", "granular"]) }
        case "x-kubernetes-list-map-keys": parts.listMapKeys = readStrings(value, field)
        case "x-kubernetes-validations": parts.rules = readRules(value, field)
        case "default", "properties", "additionalProperties", "items", "allOf", "anyOf", "oneOf", "not": break
        case "id", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions":
            report(.forbidden, field, "\(keyword) is not supported")
        default: report(.forbidden, field, "unknown keyword")
        }
    }

    private mutating func readChildren(
        _ members: [String: JSONValue], into parts: inout SchemaParts, at path: String, place: Place, insideMetadata: Bool
    ) {
        if let properties = members["properties"]?.object {
            for name in properties.keys.sorted() {
                let isMetadata = place == .root && ["metadata", "apiVersion", "kind"].contains(name)
                parts.properties[name] = read(
                    properties[name] ?? .null, at: "\(path).properties[\(name)]", place: place == .nested ? .nested : .property,
                    insideMetadata: insideMetadata || isMetadata)
            }
        }
        switch members["additionalProperties"] {
        case nil, .some(.null): break
        case .bool(true): parts.additionalProperties = .anything
        case .bool(false): report(.forbidden, "\(path).additionalProperties", "additionalProperties cannot be set to false")
        case .some(let schema):
            if place == .nested { report(.forbidden, "\(path).additionalProperties", "must be undefined to be structural") }
            parts.additionalProperties = .schema(
                read(
                    schema, at: "\(path).additionalProperties", place: place == .nested ? .nested : .property,
                    insideMetadata: insideMetadata))
        }
        switch members["items"] {
        case nil, .some(.null): break
        case .array: report(.forbidden, "\(path).items", "items must be a schema object and not an array")
        case .some(let schema):
            parts.items = read(schema, at: "\(path).items", place: place == .nested ? .nested : .item, insideMetadata: insideMetadata)
        }
        parts.allOf = readNested(members["allOf"], at: "\(path).allOf")
        parts.anyOf = readNested(members["anyOf"], at: "\(path).anyOf")
        parts.oneOf = readNested(members["oneOf"], at: "\(path).oneOf")
        if let not = members["not"], !not.isNull { parts.not = read(not, at: "\(path).not", place: .nested) }
    }

    private mutating func readNested(_ value: JSONValue?, at path: String) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        for (index, schema) in (value?.array ?? []).enumerated() {
            nodes.append(read(schema, at: "\(path)[\(index)]", place: .nested))
        }
        return nodes
    }
}
