import KubeCore

/// Every kind that is served, built in and custom.
struct ResourceRegistry: Sendable {
    private var definitions: [GroupResource: ResourceDefinition] = [:]

    init() {
        for definition in BuiltinKinds.all { definitions[definition.groupResource] = definition }
    }

    subscript(resource: GroupResource) -> ResourceDefinition? { definitions[resource] }

    var all: [ResourceDefinition] { definitions.keys.sorted().compactMap { definitions[$0] } }

    /// The definition that serves this path, in this version.
    func definition(group: String, version: String, resource: String) -> ResourceDefinition? {
        guard let definition = definitions[GroupResource(group: group, resource: resource)] else { return nil }
        if let custom = definition.custom {
            return custom.versions.contains { $0.name == version && $0.isServed } ? definition : nil
        }
        return definition.type.version == version ? definition : nil
    }

    /// The definition of an owner reference's kind.
    func definition(apiVersion: String, kind: String) -> ResourceDefinition? {
        let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
        return definitions.values.first { $0.type.kind == kind && $0.type.group == group }
    }

    mutating func add(_ definition: ResourceDefinition) { definitions[definition.groupResource] = definition }

    mutating func removeKind(_ resource: GroupResource) { definitions[resource] = nil }

    func contains(group: String, version: String) -> Bool {
        definitions.values.contains { definition in
            guard definition.type.group == group else { return false }
            if let custom = definition.custom { return custom.versions.contains { $0.name == version && $0.isServed } }
            return definition.type.version == version
        }
    }
}
