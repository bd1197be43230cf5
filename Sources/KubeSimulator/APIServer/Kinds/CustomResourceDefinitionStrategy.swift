import KubeCore

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
            guard let name = version["name"], let stored = object["status"]?["storedVersions"]?.array, !stored.contains(name) else { continue }
            object.updateMember("status") { $0["storedVersions"] = .array(stored + [name]) }
        }
    }

    func validate(_ object: JSONValue, replacing old: JSONValue?) -> [FieldProblem] {
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
        let names = object["spec"]?["names"]
        let accepted = condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
        object.updateMember("status") { status in
            status["acceptedNames"] = names
            status["conditions"] = [
                accepted, condition("Established", "False", "Installing", "the initial names have been accepted"),
            ]
        }
        commit(definition, key, object)
        object.updateMember("status") { status in
            status["conditions"] = [
                accepted, condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted"),
            ]
        }
        commit(definition, key, object)
    }
}
