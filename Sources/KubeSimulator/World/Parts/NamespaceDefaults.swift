import KubeCore

/// What every namespace of a real cluster holds from its start: the service account `default` and the cluster's CA.
struct NamespaceDefaults: WorldPart {
    static let name = "namespace-defaults"
    let habitat: Habitat

    init(_ habitat: Habitat) { self.habitat = habitat }

    var watched: [ResourceType] { [Namespace.type, ServiceAccount.type, ConfigMap.type] }

    mutating func advance(_ changes: WorldChanges, now: Duration) {
        var names: Set<String> = []
        for reference in changes.objects {
            names.insert(reference.resource == .namespaces ? reference.key.name : reference.key.namespace)
        }
        for name in names.sorted() {
            guard let namespace = habitat.server.get(Namespace.type, ObjectKey(name: name)), !namespace.isDeleting else { continue }
            let account: JSONValue = ["metadata": ["name": "default", "namespace": .string(name)]]
            let bundle: JSONValue = [
                "metadata": [
                    "name": "kube-root-ca.crt", "namespace": .string(name),
                    "annotations": [
                        "kubernetes.io/description":
                            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
                    ],
                ],
                "data": ["ca.crt": "the simulated API server speaks plain HTTP\n"],
            ]
            for (type, object) in [(ServiceAccount.type, account), (ConfigMap.type, bundle)] {
                guard habitat.server.get(type, object.namedKey) == nil else { continue }
                _ = habitat.attempt("fill a namespace") { () throws(KubeError) in
                    try habitat.server.create(type, object, manager: habitat.manager("kube-controller-manager"))
                }
            }
        }
    }
}
