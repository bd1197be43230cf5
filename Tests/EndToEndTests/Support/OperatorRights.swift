import FoundationEssentials
import KubeCore
import KubeSimulator
import KubeYAML

/// The rights that `deploy/rbac.yaml` gives the operator, as the API server would work them out from roles and bindings.
enum OperatorRights {
    /// `without`: a role that is left out.
    static func load(without role: String = "") throws -> [AccessRule] {
        let file = Stage.repository.appending(path: "deploy/rbac.yaml")
        let documents = try YAMLDocument.parse(Array(Data(contentsOf: file)), file: "rbac.yaml").map(\.value)
        return try documents.flatMap { binding -> [AccessRule] in
            guard let kind = binding["kind"]?.string, kind.hasSuffix("RoleBinding"), binds(binding),
                binding["roleRef"]?["name"]?.string != role
            else { return [] }
            let namespace = kind == "RoleBinding" ? binding["metadata"]?["namespace"]?.string : nil
            let role = documents.first {
                $0["kind"] == binding["roleRef"]?["kind"] && $0["metadata"]?["name"] == binding["roleRef"]?["name"]
                    && ($0["kind"] == "ClusterRole" || $0["metadata"]?["namespace"]?.string == namespace)
            }
            guard let role else { throw KubeError(.configuration, "a binding names a role that is not in the file") }
            return (role["rules"]?.array ?? []).map { rule in
                func texts(_ key: String) -> Set<String> { Set((rule[key]?.array ?? []).compactMap(\.string)) }
                return AccessRule(
                    verbs: texts("verbs"), groups: texts("apiGroups"), resources: texts("resources"), names: texts("resourceNames"),
                    namespace: namespace)
            }
        }
    }

    private static func binds(_ binding: JSONValue) -> Bool {
        (binding["subjects"]?.array ?? []).contains {
            $0["name"] == "nodeaudit-operator" && $0["namespace"] == "nodeaudit-system" && $0["kind"] == "ServiceAccount"
        }
    }
}
