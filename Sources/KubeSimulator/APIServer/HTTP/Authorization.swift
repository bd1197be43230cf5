/// Who may do what: a double of RBAC for tests that prove a role. Users without an entry may do nothing, the superuser everything.
struct Authorization: Sendable {
    var rules: [String: [AccessRule]] = [:]

    func allows(_ attributes: RequestAttributes) -> Bool {
        (rules[attributes.user] ?? []).contains { $0.allows(attributes) }
    }
}

/// One rule of a role, in a namespace or in all. `*` stands for everything.
package struct AccessRule: Sendable, Hashable {
    package var verbs: Set<String>
    package var groups: Set<String>
    /// `pods`, `pods/eviction`, `*/status`.
    package var resources: Set<String>
    package var names: Set<String>
    /// Nil: everywhere and at the cluster's scope.
    package var namespace: String?

    package init(
        verbs: Set<String>, groups: Set<String>, resources: Set<String>, names: Set<String> = [], namespace: String? = nil
    ) {
        self.verbs = verbs
        self.groups = groups
        self.resources = resources
        self.names = names
        self.namespace = namespace
    }

    package func allows(_ attributes: RequestAttributes) -> Bool {
        let subresource = attributes.subresource
        let resource = subresource.isEmpty ? attributes.resource : "\(attributes.resource)/\(subresource)"
        let isResource =
            resources.contains("*") || resources.contains(resource) || (!subresource.isEmpty && resources.contains("*/\(subresource)"))
        return isResource && (verbs.contains("*") || verbs.contains(attributes.verb))
            && (groups.contains("*") || groups.contains(attributes.group))
            && (names.isEmpty || names.contains(attributes.name))
            && (namespace == nil || namespace == attributes.namespace)
    }
}
