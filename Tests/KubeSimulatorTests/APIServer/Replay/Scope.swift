import KubeCore

/// The part of an answer that concerns what the simulator serves and promises: kinds that it has, and of OpenAPI what kubectl reads.
enum Scope {
    static func of(_ value: JSONValue?, _ path: String) -> JSONValue? {
        guard let value else { return nil }
        let place = path.prefix { $0 != "?" }
        switch place {
        case "/api", "/apis": return discovery(value)
        case "/openapi/v3": return value["paths"]?["apis/example.dev/v1"]
        case _ where place.hasPrefix("/openapi/v3/"): return openAPI(value)
        default: return value
        }
    }

    private static let served: Set<String> = [
        "configmaps", "events", "namespaces", "nodes", "pods", "secrets", "serviceaccounts", "services", "controllerrevisions",
        "daemonsets", "jobs", "networkpolicies", "poddisruptionbudgets", "clusterrolebindings", "clusterroles", "rolebindings", "roles",
        "validatingadmissionpolicies", "validatingadmissionpolicybindings", "customresourcedefinitions", "priorityclasses", "leases",
        "widgets", "deployments", "replicasets", "statefulsets", "selfsubjectaccessreviews", "selfsubjectreviews",
    ]

    /// What a simulator has no use for: consoles, proxies and tokens.
    private static let unserved: Set<String> = [
        "proxy", "attach", "binding", "ephemeralcontainers", "exec", "log", "portforward", "resize", "token", "scale",
    ]

    private static func discovery(_ value: JSONValue) -> JSONValue {
        var groups: JSONValue = [:]
        for group in value["items"]?.array ?? [] {
            for version in group["versions"]?.array ?? [] where version["version"] == "v1" {
                let resources = (version["resources"]?.array ?? []).filter { served.contains($0["resource"]?.string ?? "") }
                if resources.isEmpty { continue }
                let kept = resources.map { resource -> JSONValue in
                    var resource = resource
                    let subresources = (resource["subresources"]?.array ?? []).filter {
                        !unserved.contains($0["subresource"]?.string ?? "")
                    }
                    resource["subresources"] = subresources.isEmpty ? nil : .array(subresources)
                    return resource
                }
                groups[group["metadata"]?["name"]?.string ?? ""] = [
                    "resources": .array(kept), "freshness": version["freshness"] ?? .null,
                ]
            }
        }
        return ["kind": value["kind"] ?? .null, "apiVersion": value["apiVersion"] ?? .null, "groups": groups]
    }

    /// The custom kind's schemas to the letter; of the operations all but the prose of their parameters.
    private static func openAPI(_ value: JSONValue) -> JSONValue {
        var paths: JSONValue = [:]
        for (path, item) in value["paths"]?.object ?? [:] {
            var kept: JSONValue = [:]
            for (method, operation) in item.object ?? [:] {
                guard method != "parameters" else {
                    kept[method] = names(operation)
                    continue
                }
                var operation = operation
                operation["parameters"] = names(operation["parameters"])
                operation["responses"] = .array((operation["responses"]?.object ?? [:]).keys.sorted().map(JSONValue.string))
                operation["requestBody"] = .array(
                    (operation["requestBody"]?["content"]?.object ?? [:]).keys.sorted().map(JSONValue.string))
                kept[method] = operation
            }
            paths[path] = kept
        }
        let schemas = (value["components"]?["schemas"]?.object ?? [:]).filter { $0.key.hasPrefix("dev.example") }
        return ["openapi": value["openapi"] ?? .null, "info": value["info"] ?? .null, "paths": paths, "schemas": .object(schemas)]
    }

    private static func names(_ parameters: JSONValue?) -> JSONValue {
        .array((parameters?.array ?? []).map { $0["name"] ?? .null })
    }
}
