import KubeCore

/// The operations of one kind.
struct OpenAPIPaths {
    let definition: ResourceDefinition
    let version: String
    let schema: String
    let list: String

    private var tag: String { "\(camelGroup.prefix(1).lowercased())\(camelGroup.dropFirst())_\(version)" }

    /// `ExampleDev`, `Apps`, `Core`.
    private var camelGroup: String {
        if definition.type.group.isEmpty { return "Core" }
        let group = definition.isCustom ? definition.type.group : String(definition.type.group.prefix { $0 != "." })
        return group.split(whereSeparator: { $0 == "." || $0 == "-" }).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private var suffix: String { camelGroup + version.prefix(1).uppercased() + version.dropFirst() }

    var items: [(String, JSONValue)] {
        let type = definition.type
        let base = type.group.isEmpty ? "/api/\(version)" : "/apis/\(type.group)/\(version)"
        let scope = type.isNamespaced ? "/namespaces/{namespace}" : ""
        let collection = "\(base)\(scope)/\(type.plural)"
        let kind = type.kind
        var items: [(String, JSONValue)] = [
            (
                collection,
                item(
                    [
                        ("get", operation("list", "list", "list objects of kind \(kind)", listParameters, codes: [200], answer: list)),
                        ("post", operation("create", "post", "create a \(kind)", writeParameters, codes: [200, 201, 202], isWrite: true)),
                        (
                            "delete",
                            operation(
                                "delete", "deletecollection", "delete collection of \(kind)", listParameters, codes: [200],
                                infix: "Collection")
                        ),
                    ], isNamed: false)
            ),
            (
                "\(collection)/{name}",
                item(
                    [
                        ("get", operation("read", "get", "read the specified \(kind)", ["resourceVersion"], codes: [200])),
                        (
                            "put",
                            operation("replace", "put", "replace the specified \(kind)", writeParameters, codes: [200, 201], isWrite: true)
                        ),
                        ("delete", operation("delete", "delete", "delete a \(kind)", deleteParameters, codes: [200, 202], isWrite: true)),
                        ("patch", operation("patch", "patch", "partially update the specified \(kind)", patchParameters, codes: [200])),
                    ], isNamed: true)
            ),
        ]
        if definition.hasStatus(in: version) {
            items.append(
                (
                    "\(collection)/{name}/status",
                    item(
                        [
                            (
                                "get",
                                operation(
                                    "read", "get", "read status of the specified \(kind)", ["resourceVersion"], codes: [200],
                                    ending: "Status")
                            ),
                            (
                                "put",
                                operation(
                                    "replace", "put", "replace status of the specified \(kind)", writeParameters, codes: [200, 201],
                                    isWrite: true, ending: "Status")
                            ),
                            (
                                "patch",
                                operation(
                                    "patch", "patch", "partially update status of the specified \(kind)", patchParameters, codes: [200],
                                    ending: "Status")
                            ),
                        ], isNamed: true)
                ))
        }
        return items
    }

    private let listParameters = [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch",
        "sendInitialEvents", "shardSelector", "timeoutSeconds", "watch",
    ]
    private let writeParameters = ["dryRun", "fieldManager", "fieldValidation"]
    private let patchParameters = ["dryRun", "fieldManager", "fieldValidation", "force"]
    private let deleteParameters = [
        "dryRun", "gracePeriodSeconds", "ignoreStoreReadErrorWithClusterBreakingPotential", "orphanDependents", "propagationPolicy",
    ]

    private func item(_ operations: [(String, JSONValue)], isNamed: Bool) -> JSONValue {
        var item: JSONValue = [:]
        for (method, operation) in operations { item[method] = operation }
        var parameters: [JSONValue] = [parameter("pretty")]
        if definition.type.isNamespaced { parameters.insert(pathParameter("namespace"), at: 0) }
        if isNamed { parameters.insert(pathParameter("name"), at: 0) }
        item["parameters"] = .array(parameters)
        return item
    }

    private func pathParameter(_ name: String) -> JSONValue {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "uniqueItems": true]]
    }

    private func parameter(_ name: String) -> JSONValue {
        let type =
            switch name {
            case "allowWatchBookmarks", "sendInitialEvents", "watch", "force", "orphanDependents",
                "ignoreStoreReadErrorWithClusterBreakingPotential":
                "boolean"
            case "limit", "timeoutSeconds", "gracePeriodSeconds": "integer"
            default: "string"
            }
        return ["name": .string(name), "in": "query", "schema": ["type": .string(type), "uniqueItems": true]]
    }

    private func operation(
        _ verb: String, _ action: String, _ description: String, _ parameters: [String], codes: [Int], answer: String? = nil,
        isWrite: Bool = false, infix: String = "", ending: String = ""
    ) -> JSONValue {
        let scope = definition.type.isNamespaced ? "Namespaced" : ""
        let content: JSONValue = ["schema": ["$ref": .string("#/components/schemas/\(answer ?? schema)")]]
        var responses: JSONValue = ["401": ["description": "Unauthorized"]]
        for code in codes {
            let words = [200: "OK", 201: "Created", 202: "Accepted"][code] ?? ""
            responses[String(code)] = [
                "description": .string(words), "content": ["application/json": content, "application/yaml": content],
            ]
        }
        var operation: JSONValue = [
            "tags": [.string(tag)], "description": .string(description),
            "operationId": .string("\(verb)\(suffix)\(infix)\(scope)\(definition.type.kind)\(ending)"),
            "parameters": .array(parameters.map(parameter)), "responses": responses, "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": [
                "group": .string(definition.type.group), "version": .string(version), "kind": .string(definition.type.kind),
            ],
        ]
        if isWrite {
            let body: JSONValue =
                action == "delete"
                ? ["schema": ["$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"]] : content
            operation["requestBody"] = ["content": ["application/json": body, "application/yaml": body], "required": true]
        } else if action == "patch" {
            let body: JSONValue = ["schema": ["$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch"]]
            var media = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]
            if !definition.isCustom { media.append("application/strategic-merge-patch+json") }
            operation["requestBody"] = [
                "content": .object(Dictionary(media.map { ($0, body) }, uniquingKeysWith: { first, _ in first })), "required": true,
            ]
        }
        return operation
    }
}
