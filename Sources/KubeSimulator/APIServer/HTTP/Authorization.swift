import KubeCore

/// Who may do what. The superuser may do everything; a user with rules of its own may do what they say; everybody else what the
/// cluster's roles and bindings say, as with RBAC.
struct Authorization: Sendable {
    var superuser: String
    /// Set by tests; they stand in for roles.
    var rules: [String: [AccessRule]] = [:]
}

extension ClusterState {
    /// Errors: 403 in the server's words.
    func authorize(_ attributes: RequestAttributes) throws(KubeError) {
        if attributes.user == authorization.superuser || !attributes.path.isEmpty { return }
        let rules = authorization.rules[attributes.user] ?? rules(boundTo: attributes.user)
        if rules.contains(where: { $0.allows(attributes) }) { return }
        let resource = attributes.subresource.isEmpty ? attributes.resource : "\(attributes.resource)/\(attributes.subresource)"
        let scope = attributes.namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(attributes.namespace)\""
        throw .forbidden(
            GroupResource(group: attributes.group, resource: attributes.resource), attributes.name,
            "User \"\(attributes.user)\" cannot \(attributes.verb) resource \"\(resource)\" in API group \"\(attributes.group)\" \(scope)")
    }

    /// Apply and PUT that turn out to create need the right to create as well.
    func authorizeCreation(_ definition: ResourceDefinition, _ key: ObjectKey, _ context: WriteContext) throws(KubeError) {
        guard !context.user.isEmpty else { return }
        var attributes = RequestAttributes(user: context.user, verb: "create")
        attributes.group = definition.type.group
        attributes.version = definition.type.version
        attributes.resource = definition.type.plural
        attributes.namespace = key.namespace
        attributes.name = key.name
        try authorize(attributes)
    }

    /// The rules of every role that is bound to the user, or to its groups when it is a service account.
    private func rules(boundTo user: String) -> [AccessRule] {
        let group = "rbac.authorization.k8s.io"
        var rules: [AccessRule] = []
        for resource in ["clusterrolebindings", "rolebindings"] {
            for binding in store.tables[GroupResource(group: group, resource: resource)]?.list() ?? [] {
                guard (binding.value["subjects"]?.array ?? []).contains(where: { Self.names($0, user, in: binding.key.namespace) }) else {
                    continue
                }
                let reference = binding.value["roleRef"]
                let isClusterRole = reference?["kind"] == "ClusterRole"
                let role = store.object(
                    GroupResource(group: group, resource: isClusterRole ? "clusterroles" : "roles"),
                    ObjectKey(namespace: isClusterRole ? "" : binding.key.namespace, name: reference?["name"]?.string ?? ""))
                let namespace = resource == "rolebindings" ? binding.key.namespace : nil
                rules += (role?.value["rules"]?.array ?? []).map { AccessRule($0, namespace: namespace) }
            }
        }
        return rules
    }

    private static func names(_ subject: JSONValue, _ user: String, in namespace: String) -> Bool {
        let name = subject["name"]?.string ?? ""
        let parts = user.split(separator: ":")
        let account = user.hasPrefix("system:serviceaccount:") && parts.count == 4 ? (String(parts[2]), String(parts[3])) : nil
        switch subject["kind"]?.string {
        case "User": return name == user
        case "ServiceAccount":
            return account.map { $0 == (subject["namespace"]?.string ?? namespace, name) } ?? false
        case "Group":
            var groups = ["system:authenticated"]
            if let account { groups += ["system:serviceaccounts", "system:serviceaccounts:\(account.0)"] }
            return groups.contains(name)
        default: return false
        }
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

    /// A rule of a Role or ClusterRole.
    init(_ rule: JSONValue, namespace: String?) {
        func strings(_ member: String) -> Set<String> { Set((rule[member]?.array ?? []).compactMap(\.string)) }
        self.init(
            verbs: strings("verbs"), groups: strings("apiGroups"), resources: strings("resources"), names: strings("resourceNames"),
            namespace: namespace)
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
