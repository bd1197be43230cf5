import KubeCore

/// The schemas of a document: custom ones as their definitions say, built-in ones from the table of types.
struct OpenAPISchemas {
    private(set) var all: JSONValue = [:]

    private static let meta = "io.k8s.apimachinery.pkg.apis.meta.v1"
    private static let intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
    private static let quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    private static let conventions =
        "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"

    /// Adds a kind with its list; returns the names of both.
    mutating func add(_ definition: ResourceDefinition, version: String) -> (kind: String, list: String) {
        let prefix = Self.prefix(group: definition.type.group, version: version, isCustom: definition.isCustom)
        let kind = "\(prefix).\(definition.type.kind)"
        let list = "\(prefix).\(definition.listKind)"
        var schema: JSONValue
        if let custom = definition.custom?.versions.first(where: { $0.name == version }) {
            schema = Self.published(custom.openAPI)
        } else {
            schema = members(of: definition.fields, prefix: prefix)
        }
        schema.updateMember("properties") { properties in
            properties["apiVersion"] = Self.apiVersion
            properties["kind"] = Self.kind
            properties["metadata"] = Self.reference(
                "ObjectMeta", "Standard object's metadata. More info: \(Self.conventions)#metadata")
        }
        schema["type"] = "object"
        schema["x-kubernetes-group-version-kind"] = Self.kindOf(definition.type.group, version, definition.type.kind)
        all[kind] = schema
        all[list] = [
            "description": .string("\(definition.listKind) is a list of \(definition.type.kind)"), "type": "object", "required": ["items"],
            "properties": [
                "apiVersion": Self.apiVersion, "kind": Self.kind,
                "metadata": Self.reference("ListMeta", "Standard list metadata. More info: \(Self.conventions)#types-kinds"),
                "items": [
                    "description": .string("List of \(definition.type.plural). More info: \(Self.conventions)"), "type": "array",
                    "items": ["$ref": .string("#/components/schemas/\(kind)")],
                ],
            ],
            "x-kubernetes-group-version-kind": Self.kindOf(definition.type.group, version, definition.listKind),
        ]
        return (kind, list)
    }

    private static func kindOf(_ group: String, _ version: String, _ kind: String) -> JSONValue {
        [["group": .string(group), "kind": .string(kind), "version": .string(version)]]
    }

    /// `dev.example.v1`; `io.k8s.api.apps.v1` for the server's own groups.
    private static func prefix(group: String, version: String, isCustom: Bool) -> String {
        if isCustom { return group.split(separator: ".").reversed().joined(separator: ".") + ".\(version)" }
        let short = group.isEmpty ? "core" : String(group.prefix { $0 != "." })
        return "io.k8s.api.\(short).\(version)"
    }

    private static func reference(_ name: String, _ description: String) -> JSONValue {
        ["description": .string(description), "allOf": [["$ref": .string("#/components/schemas/\(meta).\(name)")]]]
    }

    private static let apiVersion: JSONValue = [
        "description": .string(
            "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the "
                + "latest internal value, and may reject unrecognized values. More info: \(conventions)#resources"),
        "type": "string",
    ]
    private static let kind: JSONValue = [
        "description": .string(
            "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the "
                + "client submits requests to. Cannot be updated. In CamelCase. More info: \(conventions)#types-kinds"),
        "type": "string",
    ]

    /// A definition's schema as it is published: int-or-string fields name both types.
    private static func published(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        if members["x-kubernetes-int-or-string"] == true, members["anyOf"] == nil {
            members["anyOf"] = [["type": "integer"], ["type": "string"]]
        }
        for name in ["items", "additionalProperties"] {
            if let inner = members[name], case .object = inner { members[name] = published(inner) }
        }
        if let properties = members["properties"]?.object { members["properties"] = .object(properties.mapValues(published)) }
        return .object(members)
    }

    // MARK: Built-in types

    mutating func addCommon() {
        add("ObjectMeta", prefix: Self.meta)
        for name in ["DeleteOptions", "FieldsV1", "ListMeta", "ManagedFieldsEntry", "Patch", "Preconditions", "Status"] {
            all["\(Self.meta).\(name)"] = Self.common[name]
        }
        all["\(Self.meta).Time"] = ["type": "string", "format": "date-time"]
        all[Self.intOrString] = [
            "description": "IntOrString is a type that can hold an int32 or a string.", "format": "int-or-string",
            "oneOf": [["type": "integer"], ["type": "string"]],
        ]
        all[Self.quantity] = ["description": "Quantity is a number with a suffix.", "oneOf": [["type": "string"], ["type": "number"]]]
    }

    private static let common: [String: JSONValue] = {
        func object(_ members: [String]) -> JSONValue {
            let properties = members.map { ($0, JSONValue.object(["type": "string"])) }
            return ["type": "object", "properties": .object(Dictionary(properties, uniquingKeysWith: { first, _ in first }))]
        }
        return [
            "DeleteOptions": object(["apiVersion", "kind", "propagationPolicy"]), "FieldsV1": ["type": "object"],
            "ListMeta": object(["continue", "resourceVersion", "selfLink"]),
            "ManagedFieldsEntry": object(["apiVersion", "fieldsType", "manager", "operation", "subresource", "time"]),
            "Patch": ["type": "object"], "Preconditions": object(["resourceVersion", "uid"]),
            "Status": object(["apiVersion", "kind", "message", "reason", "status"]),
        ]
    }()

    private mutating func add(_ name: String, prefix: String) {
        let key = "\(prefix).\(name)"
        guard all[key] == nil, let type = BuiltinTypes.types[name] else { return }
        // Stands in before its members are looked at, since types may contain themselves.
        all[key] = ["type": "object"]
        all[key] = members(of: .object(type, isAtomic: false), prefix: prefix)
    }

    private mutating func members(of type: FieldType, prefix: String) -> JSONValue {
        guard case .object(let object, _) = type else { return ["type": "object", "x-kubernetes-preserve-unknown-fields": true] }
        var properties: JSONValue = [:]
        for (name, member) in object.members { properties[name] = schema(member.type, prefix: prefix) }
        return ["type": "object", "properties": properties]
    }

    private mutating func schema(_ type: FieldType, prefix: String) -> JSONValue {
        switch type {
        case .any: return ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        case .scalar(let scalar): return Self.scalar(scalar)
        case .object(let object, let isAtomic):
            if object.name.isEmpty { return members(of: type, prefix: prefix) }
            let home =
                ["ObjectMeta", "LabelSelector", "OwnerReference", "LabelSelectorRequirement"].contains(object.name) ? Self.meta : prefix
            add(object.name, prefix: home)
            var reference: JSONValue = ["allOf": [["$ref": .string("#/components/schemas/\(home).\(object.name)")]]]
            if isAtomic { reference["x-kubernetes-map-type"] = "atomic" }
            return reference
        case .map(let element, let isAtomic):
            var object: JSONValue = ["type": "object", "additionalProperties": schema(element, prefix: prefix)]
            if isAtomic { object["x-kubernetes-map-type"] = "atomic" }
            return object
        case .list(let element, let topology):
            var list: JSONValue = ["type": "array", "items": schema(element, prefix: prefix)]
            switch topology {
            case .atomic: list["x-kubernetes-list-type"] = "atomic"
            case .set: list["x-kubernetes-list-type"] = "set"
            case .map(let keys):
                list["x-kubernetes-list-type"] = "map"
                list["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0.name) })
                if let key = keys.first { list["x-kubernetes-patch-merge-key"] = .string(key.name) }
                list["x-kubernetes-patch-strategy"] = "merge"
            }
            return list
        }
    }

    private static func scalar(_ scalar: FieldType.Scalar) -> JSONValue {
        switch scalar {
        case .string: ["type": "string"]
        case .quantity: ["$ref": .string("#/components/schemas/\(quantity)")]
        case .bytes: ["type": "string", "format": "byte"]
        case .int: ["type": "integer", "format": "int64"]
        case .bool: ["type": "boolean"]
        case .number: ["type": "number"]
        case .time, .micro: ["type": "string", "format": "date-time"]
        case .intstr: ["$ref": .string("#/components/schemas/\(intOrString)")]
        }
    }
}
