/// The protobuf form of the kinds that kubectl creates by name (`kubectl create …`, `kubectl auth can-i`), since it sends those so.
///
/// A line a message: number, name, type. `[]` repeated, `{}` a map from strings, `?` a pointer, whose zero is meant. Fields that are
/// not here are refused unless they are zero, so nothing that was sent is lost in silence.
struct ProtobufSchema: Sendable {
    indirect enum FieldType: Sendable, Equatable {
        case string, int, bool, bytes, time, quantity, intOrString
        case message(String)
        case list(FieldType)
        case map(FieldType)
    }

    struct Field: Sendable {
        var name: String
        var type: FieldType
        var isPointer: Bool
    }

    static let shared = ProtobufSchema(parsing: text)

    private let messages: [String: [Int: Field]]

    func fields(of message: String) -> [Int: Field]? { messages[message] }

    /// The message of a kind; nil for kinds that are not served in this form.
    func message(apiVersion: String, kind: String) -> String? {
        let name = Self.kinds.contains("\(apiVersion) \(kind)") ? kind : nil
        return name.flatMap { messages[$0] == nil ? nil : $0 }
    }

    private static let kinds: Set = [
        "v1 Namespace", "v1 ConfigMap", "v1 Secret", "v1 ServiceAccount", "v1 Service", "v1 Pod", "apps/v1 Deployment", "batch/v1 Job",
        "policy/v1 PodDisruptionBudget", "policy/v1 Eviction", "rbac.authorization.k8s.io/v1 Role",
        "rbac.authorization.k8s.io/v1 ClusterRole", "rbac.authorization.k8s.io/v1 RoleBinding",
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding", "scheduling.k8s.io/v1 PriorityClass",
        "authorization.k8s.io/v1 SelfSubjectAccessReview", "authorization.k8s.io/v1 SelfSubjectRulesReview",
    ]

    private init(parsing text: String) {
        var messages: [String: [Int: Field]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            var fields: [Int: Field] = [:]
            for item in parts[1].split(separator: ",") {
                let words = item.split(separator: " ")
                guard words.count == 3, let number = Int(words[0]) else { continue }
                let isPointer = words[2].hasSuffix("?")
                fields[number] = Field(name: String(words[1]), type: Self.type(words[2].prefix { $0 != "?" }), isPointer: isPointer)
            }
            messages[String(parts[0])] = fields
        }
        self.messages = messages
    }

    private static func type(_ text: Substring) -> FieldType {
        if text.hasPrefix("[]") { return .list(type(text.dropFirst(2))) }
        if text.hasPrefix("{}") { return .map(type(text.dropFirst(2))) }
        switch text {
        case "string": return .string
        case "int": return .int
        case "bool": return .bool
        case "bytes": return .bytes
        case "time": return .time
        case "quantity": return .quantity
        case "intOrString": return .intOrString
        default: return .message(String(text))
        }
    }

    private static let text = """
        ObjectMeta:1 name string,2 generateName string,3 namespace string,5 uid string,6 resourceVersion string,11 labels {}string,12 annotations {}string,13 ownerReferences []OwnerReference,14 finalizers []string
        OwnerReference:1 kind string,3 name string,4 uid string,5 apiVersion string,6 controller bool?,7 blockOwnerDeletion bool?
        LabelSelector:1 matchLabels {}string,2 matchExpressions []LabelSelectorRequirement
        LabelSelectorRequirement:1 key string,2 operator string,3 values []string
        Namespace:1 metadata ObjectMeta,2 spec NamespaceSpec
        NamespaceSpec:1 finalizers []string
        ConfigMap:1 metadata ObjectMeta,2 data {}string,3 binaryData {}bytes,4 immutable bool?
        Secret:1 metadata ObjectMeta,2 data {}bytes,3 type string,4 stringData {}string,5 immutable bool?
        ServiceAccount:1 metadata ObjectMeta,3 imagePullSecrets []LocalObjectReference,4 automountServiceAccountToken bool?
        LocalObjectReference:1 name string
        Service:1 metadata ObjectMeta,2 spec ServiceSpec
        ServiceSpec:1 ports []ServicePort,2 selector {}string,3 clusterIP string,4 type string,10 externalName string
        ServicePort:1 name string,2 protocol string,3 port int,4 targetPort intOrString,5 nodePort int
        Pod:1 metadata ObjectMeta,2 spec PodSpec
        PodTemplateSpec:1 metadata ObjectMeta,2 spec PodSpec
        PodSpec:2 containers []Container,3 restartPolicy string,4 terminationGracePeriodSeconds int?,6 dnsPolicy string,7 nodeSelector {}string,8 serviceAccountName string,10 nodeName string,11 hostNetwork bool,12 hostPID bool,14 securityContext Empty?,20 initContainers []Container,21 automountServiceAccountToken bool?,24 priorityClassName string
        Empty:
        Container:1 name string,2 image string,3 command []string,4 args []string,5 workingDir string,6 ports []ContainerPort,7 env []EnvVar,8 resources ResourceRequirements,14 imagePullPolicy string,16 stdin bool,17 stdinOnce bool,18 tty bool
        ContainerPort:1 name string,2 hostPort int,3 containerPort int,4 protocol string,5 hostIP string
        EnvVar:1 name string,2 value string
        ResourceRequirements:1 limits {}quantity,2 requests {}quantity
        Deployment:1 metadata ObjectMeta,2 spec DeploymentSpec
        DeploymentSpec:1 replicas int?,2 selector LabelSelector?,3 template PodTemplateSpec,4 strategy Empty,5 minReadySeconds int,6 revisionHistoryLimit int?,7 paused bool,9 progressDeadlineSeconds int?
        Job:1 metadata ObjectMeta,2 spec JobSpec
        JobSpec:1 parallelism int?,2 completions int?,3 activeDeadlineSeconds int?,4 selector LabelSelector?,6 template PodTemplateSpec,7 backoffLimit int?,8 ttlSecondsAfterFinished int?,10 suspend bool?
        PodDisruptionBudget:1 metadata ObjectMeta,2 spec PodDisruptionBudgetSpec
        PodDisruptionBudgetSpec:1 minAvailable intOrString?,2 selector LabelSelector?,3 maxUnavailable intOrString?,4 unhealthyPodEvictionPolicy string?
        Eviction:1 metadata ObjectMeta,2 deleteOptions DeleteOptions?
        DeleteOptions:1 gracePeriodSeconds int?,2 preconditions Preconditions?,4 propagationPolicy string?,5 dryRun []string
        Preconditions:1 uid string?,2 resourceVersion string?
        Role:1 metadata ObjectMeta,2 rules []PolicyRule
        ClusterRole:1 metadata ObjectMeta,2 rules []PolicyRule,3 aggregationRule AggregationRule?
        AggregationRule:1 clusterRoleSelectors []LabelSelector
        PolicyRule:1 verbs []string,2 apiGroups []string,3 resources []string,4 resourceNames []string,5 nonResourceURLs []string
        RoleBinding:1 metadata ObjectMeta,2 subjects []Subject,3 roleRef RoleRef
        ClusterRoleBinding:1 metadata ObjectMeta,2 subjects []Subject,3 roleRef RoleRef
        Subject:1 kind string,2 apiGroup string,3 name string,4 namespace string
        RoleRef:1 apiGroup string,2 kind string,3 name string
        PriorityClass:1 metadata ObjectMeta,2 value int?,3 globalDefault bool,4 description string,5 preemptionPolicy string?
        SelfSubjectAccessReview:1 metadata ObjectMeta,2 spec SelfSubjectAccessReviewSpec
        SelfSubjectAccessReviewSpec:1 resourceAttributes ResourceAttributes?,2 nonResourceAttributes NonResourceAttributes?
        ResourceAttributes:1 namespace string,2 verb string,3 group string,4 version string,5 resource string,6 subresource string,7 name string
        NonResourceAttributes:1 path string,2 verb string
        SelfSubjectRulesReview:1 metadata ObjectMeta,2 spec SelfSubjectRulesReviewSpec
        SelfSubjectRulesReviewSpec:1 namespace string
        """
}
