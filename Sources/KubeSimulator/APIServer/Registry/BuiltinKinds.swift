import KubeCore

/// The kinds that are served without a CustomResourceDefinition.
enum BuiltinKinds {
    static let all: [ResourceDefinition] = core + workloads + policy + access + reviews

    private static func kind(
        _ group: String, _ version: String, _ kind: String, _ plural: String, namespaced: Bool,
        _ change: (inout ResourceDefinition) -> Void = { _ in }
    ) -> ResourceDefinition {
        var definition = ResourceDefinition(
            ResourceType(group: group, version: version, kind: kind, plural: plural, isNamespaced: namespaced))
        definition.fields = BuiltinTypes.type(kind)
        change(&definition)
        return definition
    }

    private static func role(_ definition: inout ResourceDefinition) {
        definition.names = .pathSegment
        definition.createsOnUpdate = true
    }

    private static let core: [ResourceDefinition] = [
        kind("", "v1", "Node", "nodes", namespaced: false) {
            $0.shortNames = ["no"]
            $0.hasStatus = true
            $0.strategy = NodeStrategy()
        },
        kind("", "v1", "Pod", "pods", namespaced: true) {
            $0.shortNames = ["po"]
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.strategy = PodStrategy()
            $0.returnsDeletedObject = true
            $0.subresources = [.init(name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"])]
        },
        kind("", "v1", "Namespace", "namespaces", namespaced: false) {
            $0.shortNames = ["ns"]
            $0.verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
            $0.hasStatus = true
            $0.strategy = NamespaceStrategy()
            $0.names = .label
            $0.subresources = [.init(name: "finalize", kind: "Namespace", group: "", version: "", verbs: ["update"])]
        },
        kind("", "v1", "ConfigMap", "configmaps", namespaced: true) {
            $0.shortNames = ["cm"]
            $0.strategy = ConfigMapStrategy()
        },
        kind("", "v1", "Secret", "secrets", namespaced: true) { $0.strategy = SecretStrategy() },
        kind("", "v1", "ServiceAccount", "serviceaccounts", namespaced: true) {
            $0.shortNames = ["sa"]
            $0.returnsDeletedObject = true
        },
        kind("", "v1", "Service", "services", namespaced: true) {
            $0.shortNames = ["svc"]
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.names = .label
        },
        kind("", "v1", "PersistentVolume", "persistentvolumes", namespaced: false) {
            $0.shortNames = ["pv"]
            $0.hasStatus = true
            $0.strategy = PersistentVolumeStrategy()
            $0.returnsDeletedObject = true
        },
        kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", namespaced: true) {
            $0.shortNames = ["pvc"]
            $0.hasStatus = true
            $0.strategy = PersistentVolumeClaimStrategy()
            $0.returnsDeletedObject = true
        },
        kind("", "v1", "Event", "events", namespaced: true) {
            $0.shortNames = ["ev"]
            $0.storage = GroupResource(group: "events.k8s.io", resource: "events")
            $0.fields = BuiltinTypes.type("CoreEvent")
            $0.createsOnUpdate = true
        },
        kind("events.k8s.io", "v1", "Event", "events", namespaced: true) {
            $0.shortNames = ["ev"]
            $0.strategy = EventStrategy()
            $0.createsOnUpdate = true
        },
    ]

    private static let workloads: [ResourceDefinition] = [
        kind("apps", "v1", "DaemonSet", "daemonsets", namespaced: true) {
            $0.shortNames = ["ds"]
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.strategy = DaemonSetStrategy()
        },
        kind("apps", "v1", "ControllerRevision", "controllerrevisions", namespaced: true),
        kind("apps", "v1", "Deployment", "deployments", namespaced: true) {
            $0.shortNames = ["deploy"]
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.subresources = [Scale.subresource]
            $0.strategy = WorkloadStrategy(kind: "Deployment")
        },
        kind("apps", "v1", "ReplicaSet", "replicasets", namespaced: true) {
            $0.shortNames = ["rs"]
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.subresources = [Scale.subresource]
            $0.strategy = WorkloadStrategy(kind: "ReplicaSet")
        },
        kind("apps", "v1", "StatefulSet", "statefulsets", namespaced: true) {
            $0.shortNames = ["sts"]
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.subresources = [Scale.subresource]
            $0.strategy = WorkloadStrategy(kind: "StatefulSet")
        },
        kind("batch", "v1", "Job", "jobs", namespaced: true) {
            $0.categories = ["all"]
            $0.hasStatus = true
            $0.generation = .spec
        },
    ]

    private static let policy: [ResourceDefinition] = [
        kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", namespaced: true) {
            $0.shortNames = ["pdb"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.strategy = StatusStrategy()
            $0.updatesUnconditionally = false
        },
        kind("coordination.k8s.io", "v1", "Lease", "leases", namespaced: true) {
            $0.strategy = LeaseStrategy()
            $0.createsOnUpdate = true
            $0.updatesUnconditionally = false
        },
        kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", namespaced: false) {
            $0.shortNames = ["pc"]
            $0.generation = .content
            $0.strategy = PriorityClassStrategy()
        },
        kind("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas", namespaced: false) {
            $0.hasStatus = true
            $0.generation = .spec
        },
        kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", namespaced: true) {
            $0.shortNames = ["netpol"]
            $0.generation = .spec
            $0.strategy = NetworkPolicyStrategy()
        },
    ]

    /// Asked, never stored.
    private static let reviews: [ResourceDefinition] = [
        kind("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", namespaced: false) {
            $0.verbs = ["create"]
        },
        kind("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", namespaced: false) { $0.verbs = ["create"] },
    ]

    private static let access: [ResourceDefinition] = [
        kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced: false) {
            $0.shortNames = ["crd", "crds"]
            $0.categories = ["api-extensions"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.strategy = CustomResourceDefinitionStrategy()
            $0.updatesUnconditionally = false
        },
        kind("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", namespaced: false) {
            $0.categories = ["api-extensions"]
            $0.hasStatus = true
            $0.generation = .spec
            $0.updatesUnconditionally = false
        },
        kind(
            "admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", namespaced: false
        ) {
            $0.categories = ["api-extensions"]
            $0.generation = .spec
        },
        kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", namespaced: false) { role(&$0) },
        kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced: false) {
            role(&$0)
            $0.fields = BuiltinTypes.type("RoleBinding")
        },
        kind("rbac.authorization.k8s.io", "v1", "Role", "roles", namespaced: true) { role(&$0) },
        kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", namespaced: true) { role(&$0) },
    ]
}
