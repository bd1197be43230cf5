import KubeCore

/// Groups, versions and resources as the discovery endpoints list them.
enum APIGroup {
    /// One entry of `APIGroupList`.
    static func object(_ group: String, _ versions: [String]) -> JSONValue {
        let entries: [JSONValue] = versions.map { ["groupVersion": .string("\(group)/\($0)"), "version": .string($0)] }
        return ["name": .string(group), "versions": .array(entries), "preferredVersion": entries.first ?? .null]
    }

    /// One entry of the aggregated document.
    static func discovery(_ group: String, _ registry: ResourceRegistry) -> JSONValue {
        let versions: [JSONValue] = registry.versions(of: group).map { version in
            let resources = registry.definitions(group: group, version: version).map { aggregated($0, version: version) }
            return ["version": .string(version), "resources": .array(resources), "freshness": "Current"]
        }
        return ["metadata": group.isEmpty ? [:] : ["name": .string(group)], "versions": .array(versions)]
    }

    private static func aggregated(_ definition: ResourceDefinition, version: String) -> JSONValue {
        // Built-in kinds leave the response kind's group and version to the reader.
        let own: JSONValue = [
            "group": .string(definition.isCustom ? definition.type.group : ""), "version": .string(definition.isCustom ? version : ""),
            "kind": .string(definition.type.kind),
        ]
        var object: JSONValue = [
            "resource": .string(definition.type.plural), "responseKind": own,
            "scope": definition.type.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(definition.singular),
            "verbs": strings(definition.verbs),
        ]
        if !definition.shortNames.isEmpty { object["shortNames"] = strings(definition.shortNames) }
        if !definition.categories.isEmpty { object["categories"] = strings(definition.categories) }
        var subresources: [(String, JSONValue)] = definition.subresources.map { subresource in
            let kind: JSONValue = [
                "group": .string(subresource.group), "version": .string(subresource.version), "kind": .string(subresource.kind),
            ]
            return (
                subresource.name,
                ["subresource": .string(subresource.name), "responseKind": kind, "verbs": strings(subresource.verbs)]
            )
        }
        if definition.hasStatus(in: version) {
            subresources.append(("status", ["subresource": "status", "responseKind": own, "verbs": ["get", "patch", "update"]]))
        }
        if !subresources.isEmpty { object["subresources"] = .array(subresources.sorted { $0.0 < $1.0 }.map(\.1)) }
        return object
    }

    /// The entries of `APIResourceList`.
    static func resources(of definition: ResourceDefinition, version: String) -> [JSONValue] {
        var object: JSONValue = [
            "name": .string(definition.type.plural), "singularName": .string(definition.singular),
            "namespaced": .bool(definition.type.isNamespaced), "kind": .string(definition.type.kind), "verbs": strings(definition.verbs),
            "storageVersionHash": .string(hash(of: definition)),
        ]
        if !definition.shortNames.isEmpty { object["shortNames"] = strings(definition.shortNames) }
        if !definition.categories.isEmpty { object["categories"] = strings(definition.categories) }
        func subresource(_ name: String, kind: String, group: String, version: String, verbs: [String]) -> JSONValue {
            var object: JSONValue = [
                "name": .string("\(definition.type.plural)/\(name)"), "singularName": "",
                "namespaced": .bool(definition.type.isNamespaced), "kind": .string(kind), "verbs": strings(verbs),
            ]
            if !group.isEmpty { object["group"] = .string(group) }
            if !version.isEmpty { object["version"] = .string(version) }
            return object
        }
        var rest = definition.subresources.map {
            ($0.name, subresource($0.name, kind: $0.kind, group: $0.group, version: $0.version, verbs: $0.verbs))
        }
        if definition.hasStatus(in: version) {
            let verbs = ["get", "patch", "update"]
            rest.append(("status", subresource("status", kind: definition.type.kind, group: "", version: "", verbs: verbs)))
        }
        return [object] + rest.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    private static func hash(of definition: ResourceDefinition) -> String {
        var hash = Fingerprint64()
        hash.add("\(definition.type.group)/\(definition.type.version)/\(definition.type.kind)")
        return Base64.encode(withUnsafeBytes(of: hash.value.bigEndian) { Array($0) })
    }
}

/// FNV-1a: a stable mark of content, not a secure one.
struct Fingerprint64: Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) { add(text.utf8) }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    var text: String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension ResourceDefinition {
    func hasStatus(in version: String) -> Bool {
        custom?.versions.first { $0.name == version }?.hasStatus ?? hasStatus
    }

    /// The versions that are served, the preferred one first.
    var servedVersions: [String] {
        guard let custom else { return [type.version] }
        return custom.versions.filter(\.isServed).map(\.name).sorted(by: KubernetesVersion.precedes)
    }
}

/// The order of API versions: `v2`, `v1`, `v1beta2`, `v1alpha1`, then anything else by name.
enum KubernetesVersion {
    static func precedes(_ left: String, _ right: String) -> Bool {
        switch (rank(left), rank(right)) {
        case (let one?, let other?): one == other ? left < right : other.lexicographicallyPrecedes(one)
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left < right
        }
    }

    private static func rank(_ version: String) -> [Int]? {
        guard let match = version.wholeMatch(of: #/v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?/#), let major = Int(match.1) else {
            return nil
        }
        let stability = match.2.map { $0 == "beta" ? 1 : 0 } ?? 2
        return [stability, major, match.3.flatMap { Int($0) } ?? 0]
    }
}

extension ResourceRegistry {
    /// As the server ranks them: its own groups, then custom ones by name.
    private static let order = [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
        "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
        "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io",
    ]

    var groups: [String] {
        func rank(_ group: String) -> Int { Self.order.firstIndex(of: group) ?? Self.order.count }
        return Set(all.map(\.type.group)).sorted { (rank($0), $0) < (rank($1), $1) }
    }

    func versions(of group: String) -> [String] {
        let versions = all.filter { $0.type.group == group }.flatMap(\.servedVersions)
        return Set(versions).sorted(by: KubernetesVersion.precedes)
    }

    func definitions(group: String, version: String) -> [ResourceDefinition] {
        all.filter { $0.type.group == group && $0.servedVersions.contains(version) }
    }
}
