import KubeCore
import KubeSchema

extension ResourceRegistry {
    /// Serves the kind of an established CustomResourceDefinition, or serves it as it is now.
    mutating func install(_ crd: JSONValue, in store: inout ObjectStore) {
        // Status writes leave the kind as it is.
        if let served = self[GroupResource(crd: crd)]?.custom, served.spec == crd["spec"] { return }
        guard let definition = ResourceDefinition(crd: crd) else { return }
        add(definition)
        store.open(definition.storage)
    }

    mutating func uninstall(_ crd: JSONValue, from store: inout ObjectStore) {
        let resource = GroupResource(crd: crd)
        guard self[resource]?.isCustom == true else { return }
        removeKind(resource)
        store.close(resource)
    }
}

extension GroupResource {
    /// What a CustomResourceDefinition defines.
    init(crd: JSONValue) {
        self.init(group: crd["spec"]?["group"]?.string ?? "", resource: crd["spec"]?["names"]?["plural"]?.string ?? "")
    }
}

extension ResourceDefinition {
    /// Nil for a CRD that is not established or lacks what its validation demands.
    init?(crd: JSONValue) {
        let isEstablished = (crd["status"]?["conditions"]?.array ?? []).contains { $0["type"] == "Established" && $0["status"] == "True" }
        guard isEstablished, let spec = crd["spec"], let group = spec["group"]?.string, let names = spec["names"],
            let plural = names["plural"]?.string, let kind = names["kind"]?.string
        else { return nil }
        let versions = (spec["versions"]?.array ?? []).map { CustomKind.Version($0) }
        guard let storage = versions.first(where: \.isStorage) else { return nil }
        self.init(
            ResourceType(group: group, version: storage.name, kind: kind, plural: plural, isNamespaced: spec["scope"] == "Namespaced"),
            singular: names["singular"]?.string)
        listKind = names["listKind"]?.string ?? "\(kind)List"
        shortNames = (names["shortNames"]?.array ?? []).compactMap(\.string)
        categories = (names["categories"]?.array ?? []).compactMap(\.string)
        verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
        hasStatus = storage.hasStatus
        generation = .content
        updatesUnconditionally = false
        columns = storage.columns
        fields = storage.fields
        let custom = CustomKind(crdName: crd["metadata"]?["name"]?.string ?? "", spec: spec, versions: versions)
        self.custom = custom
        strategy = CustomStrategy(schema: storage.schema, hasStatus: storage.hasStatus)
    }
}

/// Defaults and validation by schema; pruning happens when a request is decoded.
struct CustomStrategy: ResourceStrategy {
    var schema: StructuralSchema?
    var hasStatus: Bool

    func applyDefaults(_ object: inout JSONValue) { schema?.applyDefaults(to: &object) }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {
        if hasStatus { object["status"] = nil }
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        let problems = schema?.validate(object, old: old, statusOnly: subresource == "status") ?? []
        return problems.map { FieldProblem(reason: $0.reason.rawValue, field: $0.field, message: $0.message) }
    }
}

extension CustomKind.Version {
    init(_ version: JSONValue) {
        name = version["name"]?.string ?? ""
        isServed = version["served"]?.bool ?? false
        isStorage = version["storage"]?.bool ?? false
        hasStatus = version["subresources"]?["status"] != nil
        openAPI = version["schema"]?["openAPIV3Schema"] ?? [:]
        schema = Self.schema(openAPI)
        columns = (version["additionalPrinterColumns"]?.array ?? []).map { column in
            let path = column["jsonPath"]?.string ?? ""
            return PrinterColumn(
                name: column["name"]?.string ?? "", type: column["type"]?.string ?? "string", format: column["format"]?.string ?? "",
                description: column["description"]?.string ?? "Custom resource definition column (in JSONPath format): \(path)",
                priority: column["priority"]?.integer ?? 0, jsonPath: path)
        }
    }

    /// A CRD whose schema does not compile is refused when it is written, so the schema is there; nil for one without.
    private static func schema(_ openAPI: JSONValue) -> StructuralSchema? {
        do throws(SchemaError) {
            return try StructuralSchema(json: openAPI)
        } catch {
            return nil
        }
    }

    /// How objects of the version merge.
    var fields: FieldType {
        guard case .object(let root, _) = FieldType(openAPI: openAPI) else { return .any }
        var members = root.members
        members["apiVersion"] = ObjectType.Member(type: .scalar(.string), presence: .omitEmpty)
        members["kind"] = ObjectType.Member(type: .scalar(.string), presence: .omitEmpty)
        members["metadata"] = ObjectType.Member(type: BuiltinTypes.type("ObjectMeta"), presence: .omitEmpty)
        return .object(ObjectType(name: root.name, members: members, acceptsUnknown: root.acceptsUnknown), isAtomic: false)
    }
}

extension FieldType {
    /// The merge behaviour that a structural schema asks for.
    init(openAPI schema: JSONValue) {
        if schema["x-kubernetes-embedded-resource"]?.bool == true || schema["x-kubernetes-int-or-string"]?.bool == true {
            self = .any
            return
        }
        switch schema["type"]?.string {
        case "object":
            let isAtomic = schema["x-kubernetes-map-type"] == "atomic"
            if let properties = schema["properties"]?.object {
                let members = properties.mapValues { ObjectType.Member(type: FieldType(openAPI: $0), presence: .pointer) }
                let isOpen = schema["x-kubernetes-preserve-unknown-fields"] == true
                self = .object(ObjectType(name: "", members: members, acceptsUnknown: isOpen), isAtomic: isAtomic)
            } else if case .object = schema["additionalProperties"] {
                self = .map(FieldType(openAPI: schema["additionalProperties"] ?? [:]), isAtomic: isAtomic)
            } else {
                self = isAtomic ? .map(.any, isAtomic: true) : .any
            }
        case "array":
            let element = FieldType(openAPI: schema["items"] ?? [:])
            switch schema["x-kubernetes-list-type"]?.string {
            case "set": self = .list(element, .set)
            case "map":
                let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string).map { key in
                    MergeKey(name: key, fallback: schema["items"]?["properties"]?[key]?["default"])
                }
                self = .list(element, .map(keys))
            default: self = .list(element, .atomic)
            }
        case "integer": self = .scalar(.int)
        case "number": self = .scalar(.number)
        case "boolean": self = .scalar(.bool)
        case "string": self = .scalar(.string)
        default: self = .any
        }
    }
}
