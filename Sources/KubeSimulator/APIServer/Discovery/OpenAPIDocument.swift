import KubeCore

/// OpenAPI v3 for one group and version: what `kubectl explain`, `apply` and `edit` read. There is no v2; kubectl does without.
enum OpenAPIDocument {
    /// `hash`: the one that the client asks for. A document is found under its own alone; any other leads there.
    static func answer(_ segments: [String], hash: String?, _ registry: ResourceRegistry) -> Outcome {
        guard segments.count >= 2, segments[1] == "v3" else { return Outcome(answer: .notFound) }
        if segments.count == 2 {
            var outcome = Outcome(answer: .json(200, index(registry)))
            outcome.contentType = "text/plain; charset=utf-8"
            return outcome
        }
        let isCore = segments[2] == "api"
        guard segments.count == (isCore ? 4 : 5), isCore || segments[2] == "apis" else { return Outcome(answer: .notFound) }
        let group = isCore ? "" : segments[3]
        let version = isCore ? segments[3] : segments[4]
        let definitions = registry.definitions(group: group, version: version)
        guard !definitions.isEmpty else { return Outcome(answer: .notFound) }
        let document = document(group: group, version: version, definitions).serialized
        guard let hash, !hash.isEmpty else { return Outcome(answer: .bytes(200, document)) }
        let current = mark(of: document)
        if hash == current { return Outcome(answer: .bytes(200, document)) }
        var redirection = Outcome(answer: .bytes(301, []))
        redirection.location = "/openapi/v3/\(path(group: group, version: version))?hash=\(current)"
        return redirection
    }

    private static func mark(of document: [UInt8]) -> String {
        var hash = Fingerprint64()
        hash.add(document)
        return hash.text
    }

    private static func path(group: String, version: String) -> String { group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)" }

    private static func index(_ registry: ResourceRegistry) -> JSONValue {
        var paths: JSONValue = [:]
        for group in registry.groups {
            for version in registry.versions(of: group) {
                let path = path(group: group, version: version)
                let hash = mark(
                    of: document(group: group, version: version, registry.definitions(group: group, version: version)).serialized)
                paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(hash)")]
            }
        }
        return ["paths": paths]
    }

    static func document(group: String, version: String, _ definitions: [ResourceDefinition]) -> JSONValue {
        var paths: JSONValue = [:]
        var schemas = OpenAPISchemas()
        for definition in definitions {
            let names = schemas.add(definition, version: version)
            for (path, item) in OpenAPIPaths(definition: definition, version: version, schema: names.kind, list: names.list).items {
                paths[path] = item
            }
        }
        schemas.addCommon()
        let isCustom = definitions.contains(where: \.isCustom)
        return [
            "openapi": "3.0.0",
            "info": isCustom
                ? ["title": "Kubernetes CRD Swagger", "version": "v0.1.0"] : ["title": "Kubernetes", "version": "unversioned"],
            "paths": paths, "components": ["schemas": schemas.all],
        ]
    }
}
