import KubeCore
import KubeSchema

struct CustomResourceDefinitionStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        object.updateMember("spec") { spec in
            if spec["conversion"] == nil { spec["conversion"] = ["strategy": "None"] }
            spec.updateMember("names") { names in
                let kind = names["kind"]?.string ?? ""
                if names["singular"]?.string?.isEmpty ?? true { names["singular"] = .string(kind.lowercased()) }
                if names["listKind"]?.string?.isEmpty ?? true { names["listKind"] = .string("\(kind)List") }
            }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, in cluster: ClusterState) {
        let stored = (object["spec"]?["versions"]?.array ?? []).filter { $0["storage"] == true }.compactMap { $0["name"] }
        object["status"] = ["storedVersions": .array(stored)]
    }

    func prepareForUpdate(_ object: inout JSONValue, from old: JSONValue, subresource: String?) {
        guard subresource == nil else { return }
        for version in object["spec"]?["versions"]?.array ?? [] where version["storage"] == true {
            guard let name = version["name"], let stored = object["status"]?["storedVersions"]?.array, !stored.contains(name) else {
                continue
            }
            object.updateMember("status") { $0["storedVersions"] = .array(stored + [name]) }
        }
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?, subresource: String?) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let spec = object["spec"] ?? [:]
        let name = object["metadata"]?["name"]?.string ?? ""
        let expected = "\(spec["names"]?["plural"]?.string ?? "").\(spec["group"]?.string ?? "")"
        if name != expected {
            problems.append(.invalid("metadata.name", .string(name), "must be spec.names.plural+\".\"+spec.group"))
        }
        let versions = spec["versions"]?.array ?? []
        if versions.isEmpty {
            problems.append(.required("spec.versions", "must have exactly one version marked as storage version"))
        } else if versions.filter({ $0["storage"] == true }).count != 1 {
            problems.append(
                .invalid("spec.versions", .array(versions), "must have exactly one version marked as storage version"))
        }
        for member in ["group", "scope"] where spec[member]?.string?.isEmpty ?? true { problems.append(.required("spec.\(member)")) }
        if spec["names"]?["kind"]?.string?.isEmpty ?? true { problems.append(.required("spec.names.kind")) }
        return problems + schemaProblems(versions, replacing: old?["spec"]?["versions"]?.array ?? [])
    }

    /// Schemas that are not structural, and rules that do not compile. One that all versions share is named once, as the server keeps it.
    private func schemaProblems(_ versions: [JSONValue], replacing old: [JSONValue]) -> [FieldProblem] {
        let schemas = versions.map { $0["schema"]?["openAPIV3Schema"] }
        let isShared = Set(schemas).count == 1
        var problems: [FieldProblem] = []
        for (index, schema) in schemas.enumerated() where index == 0 || !isShared {
            guard let schema else {
                problems.append(.required("spec.versions[\(index)].schema.openAPIV3Schema", "schemas are required"))
                continue
            }
            if old.contains(where: { $0["schema"]?["openAPIV3Schema"] == schema }) { continue }
            let field = isShared ? "spec.validation.openAPIV3Schema" : "spec.versions[\(index)].schema.openAPIV3Schema"
            do throws(SchemaError) {
                _ = try StructuralSchema(json: schema, field: field)
            } catch {
                problems += error.problems.map { FieldProblem(reason: $0.reason.rawValue, field: $0.field, message: $0.message) }
            }
        }
        return problems
    }
}

extension ClusterState {
    /// What the naming and establishing controllers write after a CRD is created or its names change: two status writes.
    mutating func establish(_ definition: ResourceDefinition, _ key: ObjectKey, at now: Timestamp) {
        func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSONValue {
            [
                "type": .string(type), "status": .string(status), "lastTransitionTime": .string(now.description),
                "reason": .string(reason), "message": .string(message),
            ]
        }
        guard var object = store.object(definition.storage, key)?.value else { return }
        var context = WriteContext(now: now, manager: "kube-apiserver")
        context.user = "system:apiserver"
        let names = object["spec"]?["names"]
        let accepted = condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
        object.updateMember("status") { status in
            status["acceptedNames"] = names
            status["conditions"] = [
                accepted, condition("Established", "False", "Installing", "the initial names have been accepted"),
            ]
        }
        writeStatus(definition, key, &object, context)
        object.updateMember("status") { status in
            status["conditions"] = [
                accepted, condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted"),
            ]
        }
        writeStatus(definition, key, &object, context)
    }

    private mutating func writeStatus(
        _ definition: ResourceDefinition, _ key: ObjectKey, _ object: inout JSONValue, _ context: WriteContext
    ) {
        track(&object, replacing: store.object(definition.storage, key)?.value, definition, subresource: "status", context)
        object = commit(definition, key, object).value
    }
}
